/** What the log says of the runs that a stop waits for. */
import { sayCount } from '../modules/foundation/domain/words/say-count.ts';

/** @param graceMs how long it waits, in milliseconds */
export function sayUnderWay(count: number, graceMs: number): string {
  const runs = sayCount(count, 'run is under way; it', 'runs are under way; they');
  return `${runs} may take ${graceMs / 1_000} s to end.`;
}
