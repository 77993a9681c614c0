/**
 * Runs that wait for an instance, in `scheduler_pending_run`.
 *
 * Invariants: a run leaves this table in the statement that writes its RUNNING record, or that tells why there is none
 * (`pending-claim-statement.ts`); the instant of a manual one can never take the key of an occurrence of the schedule: it is no
 * whole second, nor at the millisecond of one that `@every` counts from the job's creation, or that its cursor waits for. Who
 * adds one waits for whoever edits or holds its job, and not for long.
 */
import { and, eq, type SQL, sql } from 'drizzle-orm';
import type {
  NewPendingRun,
  PendingClaim,
  PendingClaimOptions,
  PendingRun,
  PendingRuns,
  RetryOrder,
} from '../../application/ports/pending-runs.ts';
import { DatabaseUnavailableError, JobNotFoundError } from '../../domain/errors.ts';
import type { Run } from '../../domain/run.ts';
import type { Database } from './database.ts';
import { classifyDatabaseError } from './database-errors.ts';
import { toExecution } from './execution-row.ts';
import { isUuid } from './page-cursor.ts';
import { renderPendingClaim, renderReady } from './pending-claim-statement.ts';
import { schedulerExecutionLog, schedulerPendingRun } from './schema/runs.ts';
import { decodeRow, ENDS_IN_TIME, readInstantOrNull } from './statement-input.ts';
import { toWritableJson } from '../../domain/writable-text.ts';

type ClaimedPendingRow = {
  id: string | null;
  last_success_at: string | null;
  next_in_ms: number | null;
  is_any_left: boolean;
};

/** Tries to find a free instant, should others take the same one at the same time. */
const MAX_TRIES = 20;

export class PostgresPendingRuns implements PendingRuns {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws JobNotFoundError when the job is deleted meanwhile, DatabaseBusyError where somebody holds it */
  async add(run: NewPendingRun): Promise<PendingRun> {
    const added = await this.#insert(renderAdd(run), run.jobId);
    if (added === null) throw tooMany(run.jobId);
    return added;
  }

  /** The same. */
  async addRetry(order: RetryOrder): Promise<PendingRun | null> {
    return isUuid(order.executionId) ? this.#insert(renderAddRetry(order), order.jobId) : null;
  }

  /** Again where somebody else has just taken the same key. */
  async #insert(statement: SQL, jobId: string): Promise<PendingRun | null> {
    for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
      try {
        const [row] = await this.#database.rows(statement);
        return row === undefined ? null : decodeRow(schedulerPendingRun, row);
      } catch (error) {
        const { fault, constraint } = classifyDatabaseError(error);
        if (fault === 'foreignKeyViolation') throw new JobNotFoundError(jobId);
        if (constraint !== 'scheduler_pending_run_occurrence') throw error;
      }
    }
    throw tooMany(jobId);
  }

  async getById(id: string): Promise<PendingRun | null> {
    if (!isUuid(id)) return null;
    const [row] = await this.#database.query((orm) =>
      orm.select().from(schedulerPendingRun).where(eq(schedulerPendingRun.id, id)),
    );
    return row ?? null;
  }

  async claim(instanceId: string, options: PendingClaimOptions): Promise<PendingClaim> {
    if (options.handlers.length === 0 || options.limit <= 0) return { runs: [], nextInMs: null, isAnyLeft: true };
    const rows = await this.#database.rows<ClaimedPendingRow>(renderPendingClaim(instanceId, options));
    const started = rows.filter((row) => row.id !== null);
    const runs = started.map((row) => ({
      ...toExecution(decodeRow(schedulerExecutionLog, row)),
      lastSuccessAt: readInstantOrNull(row.last_success_at),
    }));
    return { runs, nextInMs: rows[0]?.next_in_ms ?? null, isAnyLeft: rows[0]?.is_any_left !== false };
  }

  async getReady(options: PendingClaimOptions): Promise<string[]> {
    const rows = await this.#database.rows<{ id: string }>(renderReady(options));
    return rows.map(({ id }) => id);
  }

  async getClaimed(instanceId: string): Promise<Run[]> {
    const { instanceId: holder, status, wasPending } = schedulerExecutionLog;
    const rows = await this.#database.query((orm) =>
      orm
        .select()
        .from(schedulerExecutionLog)
        .where(and(eq(holder, instanceId), eq(status, 'RUNNING'), eq(wasPending, true))),
    );
    return rows.map(toExecution);
  }
}

function tooMany(jobId: string): DatabaseUnavailableError {
  return new DatabaseUnavailableError(`Too many runs of job '${jobId}' are asked for at once. Try again.`);
}

/** Within its second; null of an infinite one. */
function millisecondOf(instant: string): SQL {
  return sql`extract(milliseconds from ${sql.raw(instant)})::int % 1000`;
}

function renderAdd(run: NewPendingRun): SQL {
  const kwargs = JSON.stringify(toWritableJson(run.jobKwargs));
  return sql`
    with slot as (
      select at from generate_series(
        date_trunc('milliseconds', clock_timestamp()),
        date_trunc('milliseconds', clock_timestamp()) + interval '3 seconds',
        interval '1 millisecond'
      ) as at
      where at <> date_trunc('second', at) and ${ENDS_IN_TIME}
        and not exists (select from scheduler_execution_log other where other.id = ${run.id}::uuid)
        and not exists (select from scheduler_pending_run other where other.job_id = ${run.jobId} and other.scheduled_at = at)
        and not exists (select from scheduler_execution_log other where other.job_id = ${run.jobId} and other.scheduled_at = at)
        and not exists (
          select from scheduler_job_config job left join scheduler_job_cursor c using (job_id)
          where job.job_id = ${run.jobId} and ${millisecondOf('at')} in (${millisecondOf('job.created_at')}, ${millisecondOf('c.next_fire_at')})
        )
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

function renderAddRetry({ id, executionId, reason, actor }: RetryOrder): SQL {
  return sql`
    with source as materialized (
      select *, coalesce(scheduled_at, started_at) as occurrence from scheduler_execution_log
      where id = ${executionId}::uuid and status <> 'RUNNING' and ${ENDS_IN_TIME}
    ),
    next as materialized (
      select 1 + max(known.attempt) as attempt from (
        select attempt from source
        union all
        select other.attempt from scheduler_execution_log other, source
        where other.job_id = source.job_id and other.scheduled_at = source.occurrence
        union all
        select other.attempt from scheduler_pending_run other, source
        where other.job_id = source.job_id and other.scheduled_at = source.occurrence
      ) known
    ),
    added as (
      insert into scheduler_pending_run
        (id, job_id, scheduled_at, attempt, max_attempts, trigger, job_kwargs, reason, actor)
      select ${id}::uuid, job_id, occurrence, next.attempt, greatest(max_attempts, next.attempt), 'retry', job_kwargs,
        ${reason}, ${actor}
      from source, next
      returning *
    ),
    told as (
      insert into scheduler_event (type, job_id, execution_id, scheduled_at, reason, actor, detail)
      select 'job.triggered', job_id, id, scheduled_at, reason, actor,
        jsonb_build_object('trigger', trigger, 'attempt', attempt, 'retryOf', ${executionId}::text)
      from added
    )
    select * from added`;
}
