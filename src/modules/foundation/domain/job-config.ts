/**
 * A job's configuration, one row of `scheduler_job_config`, and the policies it chooses between. Owns the policies'
 * names and defaults; the database's column defaults repeat them, and a test holds the two together.
 */
import type { JsonObject } from './job-definition.ts';
import type { Dialect, DstGap, DstOverlap } from './schedule.ts';

export const DIALECTS = ['apscheduler', 'unix', 'quartz'] as const;
export const MISFIRE_POLICIES = ['once', 'skip', 'all'] as const;
export const OVERLAP_POLICIES = ['skip', 'queueOne', 'queueAll', 'allow', 'cancelPrevious'] as const;
export const ON_LOST = ['fail', 'retry'] as const;
export const OUTAGE_POLICIES = ['auto', 'run', 'hold'] as const;
export const DST_GAPS = ['shift', 'gapEnd', 'skip'] as const;
export const DST_OVERLAPS = ['first', 'both'] as const;

export type MisfirePolicy = (typeof MISFIRE_POLICIES)[number];
export type OverlapPolicy = (typeof OVERLAP_POLICIES)[number];
export type OnLost = (typeof ON_LOST)[number];
export type OutagePolicy = (typeof OUTAGE_POLICIES)[number];

/** What somebody may set on a job. Durations are in milliseconds. */
export interface JobSpec {
  readonly jobId: string;
  readonly jobName: string;
  readonly cronExpression: string;
  readonly dialect: Dialect;
  readonly timezone: string;
  readonly enabled: boolean;
  readonly jobKwargs: JsonObject;
  /** The registry key of the function; null: the job id itself. */
  readonly handler: string | null;
  readonly misfirePolicy: MisfirePolicy;
  /** null: 1 day for `once` and `all`, the misfire threshold for `skip`. */
  readonly misfireGraceMs: number | null;
  readonly catchUpLimit: number;
  readonly overlapPolicy: OverlapPolicy;
  /** How many runs of the job may be under way at once, on all instances together; null: as many as `overlapPolicy` lets start. */
  readonly maxConcurrentRuns: number | null;
  readonly maxAttempts: number;
  readonly retryBackoffMs: number;
  readonly retryBackoffMax: number;
  readonly onLost: OnLost;
  readonly timeoutMs: number | null;
  readonly jitterMs: number;
  readonly outagePolicy: OutagePolicy;
  readonly startAt: Date | null;
  readonly endAt: Date | null;
  readonly dstGap: DstGap;
  readonly dstOverlap: DstOverlap;
  readonly tags: readonly string[];
  readonly notes: string | null;
}

export interface JobConfig extends JobSpec {
  readonly id: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly lastRunAt: Date | null;
  readonly lastSuccessAt: Date | null;
  readonly pausedAt: Date | null;
  readonly pausedUntil: Date | null;
  readonly pauseReason: string | null;
  /** Counts the edits; what `ETag` and `If-Match` compare. */
  readonly revision: number;
}

/** What it takes to fire a job and to run it: all that a process keeps of the jobs that it has armed. */
export type RunnableConfig = Omit<
  JobConfig,
  'id' | 'updatedAt' | 'lastRunAt' | 'lastSuccessAt' | 'tags' | 'notes' | 'pauseReason'
>;

/** What it takes to arm a job: when it was edited last, too. */
export type ArmableConfig = RunnableConfig & Pick<JobConfig, 'updatedAt'>;

export const DEFAULT_POLICIES = {
  enabled: true,
  jobKwargs: {} as JsonObject,
  handler: null,
  misfirePolicy: 'once',
  misfireGraceMs: null,
  catchUpLimit: 100,
  overlapPolicy: 'skip',
  maxConcurrentRuns: null,
  maxAttempts: 1,
  retryBackoffMs: 1_000,
  retryBackoffMax: 3_600_000,
  onLost: 'fail',
  timeoutMs: null,
  jitterMs: 0,
  outagePolicy: 'auto',
  startAt: null,
  endAt: null,
  dstGap: 'shift',
  dstOverlap: 'first',
  tags: [] as readonly string[],
  notes: null,
} as const satisfies Partial<JobSpec>;

/** The registry key of the function that a job runs. */
export function handlerOf(job: { jobId: string; handler: string | null }): string {
  return job.handler ?? job.jobId;
}
