/**
 * Lists of occurrences, taken one by one from any schedule.
 *
 * Invariant: lists are oldest first; a limit that is not a positive number takes nothing.
 */
import type { Schedule } from './schedule-source.ts';

/** The first `limit` occurrences after an instant, epoch ms. */
export function takeNext(schedule: Pick<Schedule, 'next'>, afterMs: number, limit: number): number[] {
  const taken: number[] = [];
  let at = taken.length < limit ? schedule.next(afterMs) : null;
  while (at !== null && taken.length < limit) {
    taken.push(at);
    at = schedule.next(at);
  }
  return taken;
}

/** The last `limit` occurrences in (from, to], epoch ms. */
export function takeLast(
  schedule: Pick<Schedule, 'previous'>,
  limit: number,
  fromExclusiveMs: number,
  toInclusiveMs: number,
): number[] {
  const taken: number[] = [];
  let at = taken.length < limit ? schedule.previous(Math.floor(toInclusiveMs) + 1) : null;
  while (at !== null && at > fromExclusiveMs && taken.length < limit) {
    taken.push(at);
    at = schedule.previous(at);
  }
  return taken.toReversed();
}
