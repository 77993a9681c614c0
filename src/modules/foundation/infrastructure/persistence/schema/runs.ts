/** The runs' tables: the execution log, the runs that wait, and what a run wrote. */
import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { Json, JsonObject } from '../../../domain/json.ts';
import { FAILURE_REASONS, type Progress, RUN_LOG_LEVELS, RUN_STATUSES, RUN_TRIGGERS } from '../../../domain/run.ts';
import { instant, isOneOf, oneOf } from './columns.ts';
import { schedulerJobConfig } from './jobs.ts';

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
    /** When an instance took it; before `started_at` where it was taken ahead of its due time. Null: not known. */
    claimedAt: instant('claimed_at'),
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
    // What is rare, and asked for among what is not: neither is written by a scheduled run that succeeds.
    index('scheduler_execution_log_failed')
      .on(run.startedAt, run.id)
      .where(sql`${run.status} = 'FAILED'`),
    index('scheduler_execution_log_unscheduled')
      .on(run.trigger, run.startedAt, run.id)
      .where(sql`${run.trigger} <> 'schedule'`),
    uniqueIndex('scheduler_execution_log_occurrence').on(run.jobId, run.scheduledAt, run.attempt),
    // The last guard of "no overlap", whatever went wrong before it.
    uniqueIndex('scheduler_execution_log_exclusive')
      .on(run.jobId)
      .where(sql`${run.status} = 'RUNNING' and ${run.isExclusive}`),
    index('scheduler_execution_log_shared')
      .on(run.jobId)
      .where(sql`${run.status} = 'RUNNING' and not ${run.isExclusive}`),
    index('scheduler_execution_log_running')
      .on(run.instanceId)
      .where(sql`${run.status} = 'RUNNING'`),
    check('scheduler_execution_log_status', isOneOf(run.status, RUN_STATUSES)),
    check('scheduler_execution_log_trigger', isOneOf(run.trigger, RUN_TRIGGERS)),
    check('scheduler_execution_log_failure_reason', isOneOf(run.failureReason, FAILURE_REASONS)),
  ],
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

/** What a run wrote while it ran, bounded a run. The lines go with their run. */
export const schedulerRunLog = pgTable(
  'scheduler_run_log',
  {
    executionId: uuid('execution_id')
      .notNull()
      .references(() => schedulerExecutionLog.id, { onDelete: 'cascade' }),
    /** Counts from 1 in each run. */
    line: integer('line').notNull(),
    at: instant('at').notNull(),
    level: oneOf('level', RUN_LOG_LEVELS).notNull(),
    message: text('message').notNull(),
    properties: jsonb('properties').$type<JsonObject>().notNull().default({}),
  },
  (line) => [
    primaryKey({ columns: [line.executionId, line.line] }),
    check('scheduler_run_log_level', isOneOf(line.level, RUN_LOG_LEVELS)),
  ],
);
