/** When a schedule text would fire, before any job has it. Owns the limits of a preview; saves nothing. */
import { DEFAULT_POLICIES } from '../domain/job-config.ts';
import type { Dialect, DstGap, DstNote, DstOverlap } from '../domain/schedule.ts';
import { InvalidJobError } from './job-spec-fault.ts';
import { settleSchedule } from './job-spec-schedule.ts';
import type { DescribeSchedule, ScheduleWords } from './job-view.ts';
import { noteWarnings, sweepWarnings } from './job-warnings.ts';

export const MAX_PREVIEWED = 1_000;
export const DEFAULT_PREVIEWED = 10;

export interface PreviewRequest {
  readonly cronExpression: string;
  readonly timezone?: string;
  readonly dialect?: Dialect;
  readonly dstGap?: DstGap;
  readonly dstOverlap?: DstOverlap;
  /** Exclusive; now where it is left out. */
  readonly from?: Date;
  readonly count?: number;
  /** Salt of `H`; of a job that exists, `@every` counts from its creation. */
  readonly jobId?: string;
}

export interface PreviewSetting {
  readonly nowMs: number;
  readonly timezone: string;
  readonly dialect?: Dialect;
  readonly sweepIntervalMs?: number;
  /** When the job was created that the preview is for. */
  readonly createdAt: Date | null;
  readonly describe: DescribeSchedule;
}

export interface SchedulePreview extends ScheduleWords {
  readonly occurrences: readonly Date[];
  readonly details: readonly { readonly at: Date; readonly note: DstNote | null }[];
  readonly warnings: readonly string[];
  readonly dialect: Dialect;
  readonly timezone: string;
}

/** @throws InvalidJobError where the text or the zone cannot be read */
export function previewSchedule(request: PreviewRequest, setting: PreviewSetting): SchedulePreview {
  const fromMs = request.from?.getTime() ?? setting.nowMs;
  const timezone = request.timezone ?? setting.timezone;
  const settled = settleSchedule(
    {
      cronExpression: request.cronExpression,
      dialect: request.dialect ?? null,
      timezone,
      dstGap: request.dstGap ?? DEFAULT_POLICIES.dstGap,
      dstOverlap: request.dstOverlap ?? DEFAULT_POLICIES.dstOverlap,
      ...(request.jobId === undefined ? {} : { jobId: request.jobId }),
    },
    {
      nowMs: fromMs,
      anchorAt: setting.createdAt?.getTime() ?? fromMs,
      ...(setting.dialect === undefined ? {} : { dialect: setting.dialect }),
    },
  );
  if (settled.faults !== undefined) throw new InvalidJobError(settled.faults);
  const { schedule, dialect } = settled;
  const occurrences = schedule.many(fromMs, request.count ?? DEFAULT_PREVIEWED).map((ms) => new Date(ms));
  return {
    occurrences,
    details: occurrences.map((at) => ({ at, note: schedule.note(at.getTime()) })),
    ...setting.describe(schedule),
    warnings: [
      ...(occurrences.length === 0 ? ['No occurrence is left.'] : []),
      ...noteWarnings(schedule, occurrences),
      ...sweepWarnings(occurrences, setting.sweepIntervalMs),
    ],
    dialect,
    timezone,
  };
}
