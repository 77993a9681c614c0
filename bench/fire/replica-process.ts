/**
 * One more replica of Carillon: says by its channel that it is armed, when runs start, and what it has claimed.
 *
 *   node bench/fire/replica-process.ts <url> <enabled>   (as a child, with a channel)
 */
import { carillonApplication, startArmed } from './carillon-application.ts';
import { countClaims } from './counted-claims.ts';

export interface ReplicaNews {
  readonly isArmed: boolean;
  /** Since the news before; milliseconds since 1970. */
  readonly startedAt: readonly number[];
  readonly asked: number;
  readonly moved: number;
}

const TELL_EVERY_MS = 50;

const [url = '', enabled] = process.argv.slice(2);
const count = countClaims();
let isArmed = false;
let startedAt: number[] = [];
const bench = await carillonApplication(
  { DATABASE_URL: url },
  () => void startedAt.push(performance.timeOrigin + performance.now()),
  `bench-${process.pid}`,
);
await startArmed(bench, Number(enabled));
isArmed = true;

function tell(): void {
  const news: ReplicaNews = { isArmed, startedAt, ...count };
  startedAt = [];
  process.send?.(news);
}

const telling = setInterval(tell, TELL_EVERY_MS);
process.on('message', () => {
  clearInterval(telling);
  void bench.application.stop().then(() => process.exit(0));
});
