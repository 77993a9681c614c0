/**
 * Which occurrences a run must have dealt with. Pure. Invariant: the old schedule's until its edit was asked for, the new
 * one's as soon as it was answered; only in between it is open which of the two holds. A disabled job has none.
 */
import type { JobConfig } from '../../src/modules/foundation/domain/job-config.ts';
import { nextFire, scheduleOf } from '../../src/modules/foundation/domain/next-fire.ts';
import type { JobVersion } from './job-version.ts';

export interface Watch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What is edited of a schedule. */
export interface ScheduleEdit extends Pick<JobVersion, 'cronExpression' | 'askedAtMs' | 'answeredAtMs'> {
  /** Left out: it is. */
  readonly enabled?: boolean;
}

export function expectedOccurrences(config: JobConfig, watch: Watch, edits: readonly ScheduleEdit[]): number[] {
  const { cronExpression, enabled } = config;
  const spans = [
    { fromMs: watch.fromMs, cronExpression, enabled },
    ...edits.map((edit) => ({ enabled: true, ...edit, fromMs: Math.max(watch.fromMs, edit.answeredAtMs + 1) })),
  ];
  return spans.flatMap((span, at) => {
    const toMs = Math.min(watch.toMs, (edits[at]?.askedAtMs ?? Number.POSITIVE_INFINITY) - 1);
    return span.enabled ? occurrencesOf({ ...config, cronExpression: span.cronExpression }, span.fromMs, toMs) : [];
  });
}

/** Both ends included. */
export function occurrencesOf(config: JobConfig, fromMs: number, toMs: number): number[] {
  const schedule = scheduleOf(config);
  const found: number[] = [];
  let next = nextFire(config, schedule, fromMs - 1);
  while (next !== null && next <= toMs) {
    found.push(next);
    next = nextFire(config, schedule, next);
  }
  return found;
}

/** The configuration that a row of it has, as far as a schedule goes by it. */
export function configOf(
  spec: Omit<JobConfig, keyof typeof UNSET | 'id' | 'createdAt' | 'updatedAt'>,
  createdAt: Date,
): JobConfig {
  return { ...UNSET, ...spec, id: spec.jobId, createdAt, updatedAt: createdAt };
}

const UNSET = {
  lastRunAt: null,
  lastSuccessAt: null,
  pausedAt: null,
  pausedUntil: null,
  pauseReason: null,
  revision: 0,
} as const;
