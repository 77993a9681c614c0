/**
 * The jobs' tables: configuration and cursor. The migrations under `drizzle/` are generated from this folder; sequence
 * use, triggers and the change channel are SQL of their own there.
 *
 * Invariant: a column default equals the domain's `DEFAULT_POLICIES`, so that a row inserted by plain SQL with its
 * `job_id`, `job_name` and `cron_expression` alone is the same job as one saved through the API.
 */
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgSequence,
  pgTable,
  text,
  timestamp,
  uuid,
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
} from '../../../domain/job-config.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { duration, instant, isOneOf, oneOf } from './columns.ts';

export const DEFAULT_TIMEZONE = 'Asia/Shanghai';

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
    maxConcurrentRuns: integer('max_concurrent_runs'),
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
    /** When its newest run that succeeded ended, though its record may be pruned. */
    lastSuccessAt: instant('last_success_at'),
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
    check('scheduler_job_config_max_concurrent_runs', sql`${job.maxConcurrentRuns} >= 1`),
    check('scheduler_job_config_max_attempts', sql`${job.maxAttempts} >= 1`),
    check('scheduler_job_config_retry_backoff', sql`${job.retryBackoffMs} >= 0 and ${job.retryBackoffMax} >= 0`),
    check('scheduler_job_config_on_lost', isOneOf(job.onLost, ON_LOST)),
    check('scheduler_job_config_timeout', sql`${job.timeoutMs} > 0`),
    check('scheduler_job_config_jitter', sql`${job.jitterMs} >= 0`),
    check('scheduler_job_config_outage_policy', isOneOf(job.outagePolicy, OUTAGE_POLICIES)),
    check('scheduler_job_config_dst_gap', isOneOf(job.dstGap, DST_GAPS)),
    check('scheduler_job_config_dst_overlap', isOneOf(job.dstOverlap, DST_OVERLAPS)),
    index('scheduler_job_config_updated_at').on(job.updatedAt, job.jobId),
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
