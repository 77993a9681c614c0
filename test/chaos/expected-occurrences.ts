/**
 * Which occurrences a run must have dealt with. Pure. Invariant: where a schedule was just edited, nothing is expected
 * until every replica must have heard of it; everywhere else every occurrence is.
 */
import type { JobConfig } from '../../src/modules/foundation/domain/job-config.ts';
import { nextFire, scheduleOf } from '../../src/modules/foundation/domain/next-fire.ts';
import type { Rescheduling } from './traffic.ts';

/** An edit is heard of at once or, where the feed is silent, found by the poll. */
const HEARD_WITHIN_MS = 35_000;
/** What was due so shortly before an edit was perhaps not claimed yet. */
const CLAIMED_WITHIN_MS = 1_500;

export interface Watch {
  readonly fromMs: number;
  readonly toMs: number;
}

export function expectedOccurrences(config: JobConfig, watch: Watch, edits: readonly Rescheduling[]): number[] {
  const spans = [{ fromMs: watch.fromMs, cronExpression: config.cronExpression }].concat(
    edits.map((edit) => ({
      fromMs: edit.answeredAtMs + HEARD_WITHIN_MS,
      cronExpression: edit.cronExpression,
    })),
  );
  return spans.flatMap((span, at) => {
    const toMs = Math.min(watch.toMs, (edits[at]?.askedAtMs ?? Number.POSITIVE_INFINITY) - CLAIMED_WITHIN_MS);
    return occurrences({ ...config, cronExpression: span.cronExpression }, span.fromMs, toMs);
  });
}

function occurrences(config: JobConfig, fromMs: number, toMs: number): number[] {
  const schedule = scheduleOf(config);
  const found: number[] = [];
  let next = nextFire(config, schedule, fromMs - 1);
  while (next !== null && next <= toMs) {
    found.push(next);
    next = nextFire(config, schedule, next);
  }
  return found;
}
