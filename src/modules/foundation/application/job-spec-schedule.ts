/**
 * A schedule as somebody types it, who may have left out the dialect. Owns the rule "never guess": a text that means two
 * things is refused with both readings.
 */
import type { Dialect, DstGap, DstOverlap, Schedule } from '../domain/schedule.ts';
import { parseSchedule, resolveDialect, ScheduleError } from '../domain/schedule.ts';
import { type JobFault, scheduleFault } from './job-spec-fault.ts';

export interface ScheduleDraft {
  readonly cronExpression: string;
  /** null: to be settled, where that needs no guess. */
  readonly dialect: Dialect | null;
  readonly timezone: string;
  readonly dstGap: DstGap;
  readonly dstOverlap: DstOverlap;
  readonly jobId?: string;
}

export interface ScheduleSetting {
  /** Settles doubt for a whole deployment (`CRON_DIALECT`). */
  readonly dialect?: Dialect;
  /** Milliseconds since 1970, from which the readings' next occurrences are shown. */
  readonly nowMs: number;
  /** Where `@every` counts from. */
  readonly anchorAt: number;
}

export type SettledSchedule =
  | { readonly schedule: Schedule; readonly dialect: Dialect; readonly faults?: never }
  | { readonly faults: readonly JobFault[] };

/** Never throws for what somebody typed: every fault is in the answer. */
export function settleSchedule(draft: ScheduleDraft, setting: ScheduleSetting): SettledSchedule {
  try {
    const dialect = draft.dialect ?? resolveDialect(draft.cronExpression, questionOf(draft, setting));
    const schedule = parseSchedule({
      text: draft.cronExpression,
      dialect,
      timezone: draft.timezone,
      anchorAt: setting.anchorAt,
      dstGap: draft.dstGap,
      dstOverlap: draft.dstOverlap,
      ...(draft.jobId === undefined ? {} : { jobId: draft.jobId }),
    });
    return { schedule, dialect };
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    return { faults: [scheduleFault(error), ...(error.code === 'TIMEZONE_UNKNOWN' ? [] : zoneFaults(draft.timezone))] };
  }
}

function questionOf(draft: ScheduleDraft, setting: ScheduleSetting) {
  return {
    timezone: draft.timezone,
    at: setting.nowMs,
    ...(draft.jobId === undefined ? {} : { jobId: draft.jobId }),
    ...(setting.dialect === undefined ? {} : { deploymentDialect: setting.dialect }),
  };
}

/** An unreadable text must not hide an unknown zone. */
function zoneFaults(timezone: string): JobFault[] {
  try {
    parseSchedule({ text: '* * * * *', dialect: 'unix', timezone });
    return [];
  } catch (error) {
    if (error instanceof ScheduleError) return [scheduleFault(error)];
    throw error;
  }
}
