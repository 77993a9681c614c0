/**
 * Runs that wait for an instance, in `scheduler_pending_run`.
 *
 * Invariants: a run leaves this table in the statement that writes its RUNNING record; its instant is no whole second, so
 * that it can never take the key of an occurrence of the schedule; of a job whose runs exclude each other at most one is
 * started, oldest first, and only while none is RUNNING.
 */
import { eq, sql } from 'drizzle-orm';
import type { NewPendingRun, PendingRun, PendingRuns } from '../../application/ports/pending-runs.ts';
import { DatabaseUnavailableError, JobNotFoundError } from '../../domain/errors.ts';
import type { Run } from '../../domain/run.ts';
import type { Database } from './database.ts';
import { classifyDatabaseError } from './database-errors.ts';
import { toExecution } from './execution-row.ts';
import { isUuid } from './page-cursor.ts';
import { schedulerExecutionLog, schedulerPendingRun } from './schema.ts';
import { decodeRow, inputList } from './statement-input.ts';
import { toWritableJson } from './writable-text.ts';

/** Tries to find a free instant, should others take the same one at the same time. */
const MAX_TRIES = 20;

export class PostgresPendingRuns implements PendingRuns {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws JobNotFoundError when the job is deleted meanwhile */
  async add(run: NewPendingRun): Promise<PendingRun> {
    for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
      try {
        const [row] = await this.#database.rows(renderAdd(run));
        if (row !== undefined) return decodeRow(schedulerPendingRun, row);
      } catch (error) {
        const { fault, constraint } = classifyDatabaseError(error);
        if (fault === 'foreignKeyViolation') throw new JobNotFoundError(run.jobId);
        if (constraint !== 'scheduler_pending_run_occurrence') throw error;
      }
    }
    throw new DatabaseUnavailableError(`Too many runs of job '${run.jobId}' are triggered at once. Try again.`);
  }

  async getById(id: string): Promise<PendingRun | null> {
    if (!isUuid(id)) return null;
    const [row] = await this.#database.query((orm) =>
      orm.select().from(schedulerPendingRun).where(eq(schedulerPendingRun.id, id)),
    );
    return row ?? null;
  }

  async claim(instanceId: string, options: { handlers: readonly string[]; limit: number }): Promise<Run[]> {
    if (options.handlers.length === 0 || options.limit <= 0) return [];
    const rows = await this.#database.rows(sql`
      with open as materialized (
        select run.*, job.max_attempts, job.overlap_policy <> 'allow' as is_exclusive
        from scheduler_pending_run run join scheduler_job_config job using (job_id)
        where coalesce(job.handler, job.job_id) in ${inputList('text', options.handlers)}
          and (job.overlap_policy = 'allow' or (
            not exists (
              select from scheduler_execution_log other
              where other.job_id = run.job_id and other.status = 'RUNNING' and other.is_exclusive
            )
            and not exists (
              select from scheduler_pending_run older
              where older.job_id = run.job_id and (older.scheduled_at, older.id) < (run.scheduled_at, run.id)
            )
          ))
        order by run.scheduled_at, run.id
        limit ${options.limit}
        for update of run skip locked
      ),
      started as (
        insert into scheduler_execution_log
          (id, job_id, started_at, status, scheduled_at, attempt, max_attempts, trigger, instance_id, job_kwargs, is_exclusive)
        select id, job_id, clock_timestamp(), 'RUNNING', scheduled_at, attempt, max_attempts, trigger, ${instanceId},
          job_kwargs, is_exclusive
        from open order by job_id, scheduled_at
        on conflict do nothing
        returning *
      ),
      gone as (delete from scheduler_pending_run run using started where run.id = started.id)
      select * from started order by scheduled_at, id`);
    return rows.map((row) => toExecution(decodeRow(schedulerExecutionLog, row)));
  }
}

function renderAdd(run: NewPendingRun) {
  const kwargs = JSON.stringify(toWritableJson(run.jobKwargs));
  return sql`
    with slot as (
      select at from generate_series(
        date_trunc('milliseconds', clock_timestamp()),
        date_trunc('milliseconds', clock_timestamp()) + interval '3 seconds',
        interval '1 millisecond'
      ) as at
      where at <> date_trunc('second', at)
        and not exists (select from scheduler_pending_run other where other.job_id = ${run.jobId} and other.scheduled_at = at)
        and not exists (select from scheduler_execution_log other where other.job_id = ${run.jobId} and other.scheduled_at = at)
      limit 1
    ),
    added as (
      insert into scheduler_pending_run (id, job_id, scheduled_at, trigger, job_kwargs, reason, actor)
      select ${run.id}::uuid, ${run.jobId}, slot.at, ${run.trigger}, ${kwargs}::jsonb, ${run.reason}, ${run.actor} from slot
      returning *
    ),
    told as (
      insert into scheduler_event (type, job_id, execution_id, scheduled_at, reason, actor, detail)
      select 'job.triggered', job_id, id, scheduled_at, reason, actor,
        jsonb_build_object('trigger', trigger, 'jobKwargs', scheduler_mask_secrets(job_kwargs))
      from added
    )
    select * from added`;
}
