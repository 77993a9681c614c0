/**
 * From `POST …/trigger` to the function's start: asked of the replica that runs it, and of another, which runs nothing.
 *
 *   node bench/fire/manual-process.ts <url>
 */
import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Application } from '../../src/main/bootstrap.ts';
import { toRegisteredJob } from '../../src/modules/foundation/domain/job-definition.ts';
import { carillonApplication, jobRows, startArmed } from './carillon-application.ts';
import { spread, type Spread } from './spread.ts';

export interface ManualReport {
  readonly sameReplica: Spread;
  readonly otherReplica: Spread;
}

/** Enough that p99 is not the slowest one. */
const TIMES = 500;
const PAUSE_MS = 20;
const TOKEN = 'bench-token-of-thirty-two-characters';

const environment = { DATABASE_URL: process.argv[2]!, ADMIN_TOKEN: TOKEN };
const starts = new EventEmitter();
const runner = await carillonApplication(environment, () => starts.emit('start', performance.now()));
const other = await carillonApplication(environment, () => undefined, 'bench-other');
await other.database.open();
await other.database.rows(sql.raw(jobRows({ due: 0, enabled: TIMES }, new Date())));
await startArmed(runner, TIMES);
// It serves the routes, as a replica without timers does, and nothing turns its loop.
await other.application.scheduler.loadPersistedJobs(
  new Map([['bench.nothing', toRegisteredJob('bench.nothing', 'bench', () => undefined)]]),
);

async function triggerOne(application: Application, jobId: string): Promise<number> {
  const started = once(starts, 'start');
  const askedAt = performance.now();
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const request = new Request(`http://127.0.0.1/admin/jobs/${jobId}/trigger`, { method: 'POST', headers, body: '{}' });
  const response = await application.fetch(request, '127.0.0.1');
  if (response.status !== 202) throw new Error(`The trigger was answered ${response.status}: ${await response.text()}`);
  const [startedAt] = (await started) as [number];
  return startedAt - askedAt;
}

async function measure(application: Application): Promise<Spread> {
  const latencies: number[] = [];
  for (let time = 1; time <= TIMES; time += 1) {
    latencies.push(await triggerOne(application, `bench-${time}`));
    await delay(PAUSE_MS);
  }
  return spread(latencies);
}

await delay(1_000);
const report: ManualReport = {
  sameReplica: await measure(runner.application),
  otherReplica: await measure(other.application),
};
await runner.application.stop();
await other.database.close();
process.stdout.write(`\nREPORT ${JSON.stringify(report)}\n`, () => process.exit(0));
