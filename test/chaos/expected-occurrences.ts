/**
 * Which occurrences a run must have dealt with. Pure. Invariant: the old schedule's until its edit was asked for, the new
 * one's as soon as it was answered; only in between it is open which of the two holds.
 */
import type { JobConfig } from '../../src/modules/foundation/domain/job-config.ts';
import { nextFire, scheduleOf } from '../../src/modules/foundation/domain/next-fire.ts';
import type { Rescheduling } from './traffic.ts';

export interface Watch {
  readonly fromMs: number;
  readonly toMs: number;
}

export function expectedOccurrences(config: JobConfig, watch: Watch, edits: readonly Rescheduling[]): number[] {
  const spans = [{ fromMs: watch.fromMs, cronExpression: config.cronExpression }].concat(
    edits.map((edit) => ({
      fromMs: edit.answeredAtMs + 1,
      cronExpression: edit.cronExpression,
    })),
  );
  return spans.flatMap((span, at) => {
    const toMs = Math.min(watch.toMs, (edits[at]?.askedAtMs ?? Number.POSITIVE_INFINITY) - 1);
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
