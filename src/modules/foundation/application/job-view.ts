/**
 * A job as it is shown: its configuration with the secrets masked, its state, and when it runs next.
 *
 * Invariant: never throws, whatever SQL wrote into the row; what cannot be read is state `invalid`, with the reason.
 */
import { handlerOf, type JobConfig } from '../domain/job-config.ts';
import type { MergedJobRegistry } from '../domain/job-definition.ts';
import { type JobState, judgeJobState } from '../domain/job-state.ts';
import { maskSecrets } from '../domain/mask-secrets.ts';
import { isPaused, nextFire } from '../domain/next-fire.ts';
import { isJsonObject, readJobRow } from '../domain/read-job-row.ts';
import type { Schedule } from '../domain/schedule.ts';
import type { JobOverview } from './ports/job-config-repository.ts';

export interface JobView extends ScheduleWords {
  /** Secrets among its arguments are masked. */
  readonly config: JobConfig;
  readonly state: JobState;
  readonly stateReason: string | null;
  readonly nextRunAt: Date | null;
}

/** A schedule in words, in English and in Chinese; null where it has none. */
export interface ScheduleWords {
  readonly description: string | null;
  readonly descriptionZh: string | null;
}

export type DescribeSchedule = (schedule: Schedule) => ScheduleWords;

export const NO_WORDS: ScheduleWords = { description: null, descriptionZh: null };

export interface ViewSetting {
  readonly registry: MergedJobRegistry;
  readonly nowMs: number;
  readonly describe: DescribeSchedule;
}

export function viewJob(overview: JobOverview, setting: ViewSetting): JobView {
  const isStopped = isPaused(overview.config, setting.nowMs);
  const config = isStopped
    ? overview.config
    : { ...overview.config, pausedAt: null, pausedUntil: null, pauseReason: null };
  const nextFireAt = isStopped ? null : overview.nextFireAt;
  const reading = readJobRow(overview.config);
  const { state, reason } = judgeJobState(
    {
      invalidReason: reading.reason,
      isEnabled: config.enabled,
      isPaused: isStopped,
      pauseReason: config.pauseReason,
      missingHandler: setting.registry.has(handlerOf(config)) ? null : handlerOf(config),
      nextFireAt,
      hasFailed: overview.lastStatus === 'FAILED',
      hasRun: config.lastRunAt !== null || overview.lastStatus !== null,
    },
    setting.nowMs,
  );
  return {
    config: isJsonObject(config.jobKwargs)
      ? { ...config, jobKwargs: maskSecrets(config.jobKwargs) }
      : { ...config, jobKwargs: {} },
    state,
    stateReason: reason,
    ...(reading.schedule === null ? NO_WORDS : setting.describe(reading.schedule)),
    nextRunAt: nextFireAt ?? upcoming(config, reading.schedule, { nowMs: setting.nowMs, limit: 1 })[0] ?? null,
  };
}

/** What the schedule brings while the job is enabled, from now or from the end of its pause. */
export function upcoming(
  config: JobConfig,
  schedule: Schedule | null,
  range: { nowMs: number; limit: number },
): Date[] {
  const isStopped = !config.enabled || (isPaused(config, range.nowMs) && config.pausedUntil === null);
  if (schedule === null || isStopped) return [];
  const occurrences: Date[] = [];
  let after: number | null = Math.max(range.nowMs, config.pausedUntil === null ? 0 : config.pausedUntil.getTime() - 1);
  while (occurrences.length < range.limit) {
    after = nextFire(config, schedule, after);
    if (after === null) break;
    occurrences.push(new Date(after));
  }
  return occurrences;
}
