/**
 * The tables, as drizzle-kit and the queries see them. The migrations under `drizzle/` are generated from this file;
 * sequence use, triggers and the change channel are SQL of their own there.
 *
 * Invariant: a column default equals the domain's `DEFAULT_POLICIES`, so that a row inserted by plain SQL with its
 * `job_id`, `job_name` and `cron_expression` alone is the same job as one saved through the API.
 */
import { type SQL, sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  boolean,
  check,
  index,
  integer,
  jsonb,
  type PgColumn,
  pgSequence,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core';
import {
  DEFAULT_POLICIES,
  DIALECTS,
  DST_GAPS,
  DST_OVERLAPS,
  MISFIRE_POLICIES,
  ON_LOST,
  OUTAGE_POLICIES,
  OVERLAP_POLICIES,
} from '../../domain/job-config.ts';
import type { Json, JsonObject } from '../../domain/job-definition.ts';
import { FAILURE_REASONS, type Progress, RUN_STATUSES, RUN_TRIGGERS } from '../../domain/run.ts';

export const DEFAULT_TIMEZONE = 'Asia/Shanghai';

/** `timestamptz(3)`: what a JavaScript `Date` can hold, neither more nor less. */
const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
const duration = (name: string) => bigint(name, { mode: 'number' });
const oneOf = <Value extends string>(name: string, _values: readonly Value[]) =>
  varchar(name, { length: 16 }).$type<Value>();

/** CHECK (column in (…)); a null passes. */
function isOneOf(column: PgColumn, values: readonly string[]): SQL {
  return sql`${column} in (${sql.raw(values.map((value) => `'${value}'`).join(', '))})`;
}

/** Numbers the revisions of every job: never the same twice, not even when a job is deleted and created again. */
export const revisionSequence = pgSequence('scheduler_revision_seq');

export const schedulerJobConfig = pgTable(
  'scheduler_job_config',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    jobId: text('job_id').notNull().unique(),
    jobName: text('job_name').notNull(),
    cronExpression: text('cron_expression').notNull(),
    dialect: oneOf('dialect', DIALECTS).notNull().default('apscheduler'),
    timezone: text('timezone').notNull().default(DEFAULT_TIMEZONE),
    enabled: boolean('enabled').notNull().default(DEFAULT_POLICIES.enabled),
    jobKwargs: jsonb('job_kwargs').$type<JsonObject>().notNull().default(DEFAULT_POLICIES.jobKwargs),
    handler: text('handler'),
    misfirePolicy: oneOf('misfire_policy', MISFIRE_POLICIES).notNull().default(DEFAULT_POLICIES.misfirePolicy),
    misfireGraceMs: duration('misfire_grace_ms'),
    catchUpLimit: integer('catch_up_limit').notNull().default(DEFAULT_POLICIES.catchUpLimit),
    overlapPolicy: oneOf('overlap_policy', OVERLAP_POLICIES).notNull().default(DEFAULT_POLICIES.overlapPolicy),
    maxAttempts: integer('max_attempts').notNull().default(DEFAULT_POLICIES.maxAttempts),
    retryBackoffMs: duration('retry_backoff_ms').notNull().default(DEFAULT_POLICIES.retryBackoffMs),
    retryBackoffMax: duration('retry_backoff_max_ms').notNull().default(DEFAULT_POLICIES.retryBackoffMax),
    onLost: oneOf('on_lost', ON_LOST).notNull().default(DEFAULT_POLICIES.onLost),
    timeoutMs: duration('timeout_ms'),
    jitterMs: duration('jitter_ms').notNull().default(DEFAULT_POLICIES.jitterMs),
    outagePolicy: oneOf('outage_policy', OUTAGE_POLICIES).notNull().default(DEFAULT_POLICIES.outagePolicy),
    startAt: instant('start_at'),
    endAt: instant('end_at'),
    dstGap: oneOf('dst_gap', DST_GAPS).notNull().default(DEFAULT_POLICIES.dstGap),
    dstOverlap: oneOf('dst_overlap', DST_OVERLAPS).notNull().default(DEFAULT_POLICIES.dstOverlap),
    tags: text('tags').array().notNull().default([]),
    notes: text('notes'),
    pausedAt: instant('paused_at'),
    pausedUntil: instant('paused_until'),
    pauseReason: text('pause_reason'),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
    lastRunAt: instant('last_run_at'),
    /** Set by a trigger alone. */
    revision: bigint('revision', { mode: 'number' }).notNull().default(0),
  },
  (job) => [
    check('scheduler_job_config_job_id', sql`length(${job.jobId}) between 1 and 255`),
    check('scheduler_job_config_job_kwargs', sql`jsonb_typeof(${job.jobKwargs}) = 'object'`),
    check('scheduler_job_config_dialect', isOneOf(job.dialect, DIALECTS)),
    check('scheduler_job_config_misfire_policy', isOneOf(job.misfirePolicy, MISFIRE_POLICIES)),
    check('scheduler_job_config_misfire_grace', sql`${job.misfireGraceMs} >= 0`),
    check('scheduler_job_config_catch_up_limit', sql`${job.catchUpLimit} >= 0`),
    check('scheduler_job_config_overlap_policy', isOneOf(job.overlapPolicy, OVERLAP_POLICIES)),
    check('scheduler_job_config_max_attempts', sql`${job.maxAttempts} >= 1`),
    check('scheduler_job_config_retry_backoff', sql`${job.retryBackoffMs} >= 0 and ${job.retryBackoffMax} >= 0`),
    check('scheduler_job_config_on_lost', isOneOf(job.onLost, ON_LOST)),
    check('scheduler_job_config_timeout', sql`${job.timeoutMs} > 0`),
    check('scheduler_job_config_jitter', sql`${job.jitterMs} >= 0`),
    check('scheduler_job_config_outage_policy', isOneOf(job.outagePolicy, OUTAGE_POLICIES)),
    check('scheduler_job_config_dst_gap', isOneOf(job.dstGap, DST_GAPS)),
    check('scheduler_job_config_dst_overlap', isOneOf(job.dstOverlap, DST_OVERLAPS)),
  ],
);

/** History stays when its job is deleted: no foreign key. */
export const schedulerExecutionLog = pgTable(
  'scheduler_execution_log',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    jobId: text('job_id').notNull(),
    startedAt: instant('started_at').notNull(),
    finishedAt: instant('finished_at'),
    status: oneOf('status', RUN_STATUSES).notNull(),
    errorMessage: text('error_message'),
    durationMs: integer('duration_ms'),
    /** Null on a row written by hand: `started_at` stands in for it. */
    scheduledAt: instant('scheduled_at'),
    attempt: integer('attempt').notNull().default(1),
    maxAttempts: integer('max_attempts').notNull().default(1),
    trigger: oneOf('trigger', RUN_TRIGGERS).notNull().default('schedule'),
    instanceId: text('instance_id'),
    failureReason: oneOf('failure_reason', FAILURE_REASONS),
    errorStack: text('error_stack'),
    result: jsonb('result').$type<Json>(),
    progress: jsonb('progress').$type<Progress>(),
    jobKwargs: jsonb('job_kwargs').$type<JsonObject>().notNull().default({}),
    /** Whether this run keeps others of its job from running beside it. */
    isExclusive: boolean('is_exclusive').notNull().default(false),
    /** It waited in `scheduler_pending_run` before. */
    wasPending: boolean('was_pending').notNull().default(false),
    /** Set while it is RUNNING, by whoever wants it to stop; its instance is told by a trigger. */
    cancelRequestedAt: instant('cancel_requested_at'),
    cancelReason: text('cancel_reason'),
  },
  (run) => [
    index('scheduler_execution_log_job_id_started_at').on(run.jobId, run.startedAt),
    index('scheduler_execution_log_started_at_id').on(run.startedAt, run.id),
    uniqueIndex('scheduler_execution_log_occurrence').on(run.jobId, run.scheduledAt, run.attempt),
    // The last guard of "no overlap", whatever went wrong before it.
    uniqueIndex('scheduler_execution_log_exclusive')
      .on(run.jobId)
      .where(sql`${run.status} = 'RUNNING' and ${run.isExclusive}`),
    index('scheduler_execution_log_running')
      .on(run.instanceId)
      .where(sql`${run.status} = 'RUNNING'`),
    check('scheduler_execution_log_status', isOneOf(run.status, RUN_STATUSES)),
    check('scheduler_execution_log_trigger', isOneOf(run.trigger, RUN_TRIGGERS)),
    check('scheduler_execution_log_failure_reason', isOneOf(run.failureReason, FAILURE_REASONS)),
  ],
);

/** Where each job's schedule stands. Narrow, because every fire writes it; kept by triggers on the configuration. */
export const schedulerJobCursor = pgTable(
  'scheduler_job_cursor',
  {
    jobId: text('job_id')
      .primaryKey()
      .references(() => schedulerJobConfig.jobId, { onDelete: 'cascade', onUpdate: 'cascade' }),
    /** Null: unarmed, to be computed for this revision. 'infinity': exhausted. */
    nextFireAt: timestamp('next_fire_at', { withTimezone: true, precision: 3, mode: 'string' }),
    revision: bigint('revision', { mode: 'number' }).notNull(),
  },
  (cursor) => [index('scheduler_job_cursor_next_fire_at').on(cursor.nextFireAt)],
);

/** Runs that wait for an instance. They go with their job. */
export const schedulerPendingRun = pgTable(
  'scheduler_pending_run',
  {
    id: uuid('id').primaryKey(),
    jobId: text('job_id')
      .notNull()
      .references(() => schedulerJobConfig.jobId, { onDelete: 'cascade', onUpdate: 'cascade' }),
    scheduledAt: instant('scheduled_at').notNull(),
    attempt: integer('attempt').notNull().default(1),
    /** Null: the job's own, when it is started. */
    maxAttempts: integer('max_attempts'),
    trigger: oneOf('trigger', RUN_TRIGGERS).notNull(),
    jobKwargs: jsonb('job_kwargs').$type<JsonObject>().notNull().default({}),
    reason: text('reason'),
    actor: text('actor').notNull(),
    /** Truncated, since rounding would put it into the future. */
    availableAt: instant('available_at')
      .notNull()
      .default(sql`date_trunc('milliseconds', now())`),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (run) => [
    uniqueIndex('scheduler_pending_run_occurrence').on(run.jobId, run.scheduledAt, run.attempt),
    index('scheduler_pending_run_scheduled_at_id').on(run.scheduledAt, run.id),
    index('scheduler_pending_run_available_at').on(run.availableAt),
    check('scheduler_pending_run_trigger', isOneOf(run.trigger, RUN_TRIGGERS)),
  ],
);

/** The ledger: audit, and why something did not run. Append-only. */
export const schedulerEvent = pgTable(
  'scheduler_event',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    at: instant('at')
      .notNull()
      .default(sql`clock_timestamp()`),
    type: varchar('type', { length: 64 }).notNull(),
    jobId: text('job_id'),
    executionId: uuid('execution_id'),
    scheduledAt: instant('scheduled_at'),
    reason: text('reason'),
    actor: text('actor'),
    detail: jsonb('detail').$type<JsonObject>(),
  },
  (event) => [
    index('scheduler_event_job_id_id').on(event.jobId, event.id),
    index('scheduler_event_at_id').on(event.at, event.id),
  ],
);

/** The processes that run jobs, with their leases. */
export const schedulerInstance = pgTable('scheduler_instance', {
  id: text('id').primaryKey(),
  hostname: text('hostname').notNull(),
  runtime: text('runtime').notNull(),
  version: text('version').notNull(),
  startedAt: instant('started_at').notNull(),
  renewedAt: instant('renewed_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
});
