/**
 * Backfills, as runs that wait.
 *
 * Invariants: what is decided of each occurrence and the run that is added for it are one statement, and keys keep the rest:
 * an attempt at an occurrence waits or is recorded at most once, and so is an id. The job is held against deletion meanwhile.
 */
import { type SQL, sql } from 'drizzle-orm';
import type {
  BackfillFate,
  BackfilledOccurrence,
  BackfillOrder,
  Backfills,
} from '../../application/ports/backfills.ts';
import type { Database } from './database.ts';
import { ENDS_IN_TIME, inputRows, readInstant } from './statement-input.ts';

type FateRow = { scheduled_at: string; fate: BackfillFate; execution_id: string | null };

export class PostgresBackfills implements Backfills {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async look(jobId: string, occurrences: BackfillOrder['occurrences']): Promise<BackfilledOccurrence[]> {
    const rows = await this.#database.rows<FateRow>(sql`
      with ${renderKnown(jobId, occurrences)}
      select scheduled_at, fate, execution_id from known order by scheduled_at`);
    return rows.map(toOccurrence);
  }

  async add(order: BackfillOrder): Promise<BackfilledOccurrence[] | null> {
    const rows = await this.#database.rows<FateRow & { is_known: boolean }>(renderAdd(order));
    return rows.some((row) => !row.is_known) ? null : rows.map(toOccurrence);
  }
}

function toOccurrence({ scheduled_at, fate, execution_id }: FateRow): BackfilledOccurrence {
  return { scheduledAt: readInstant(scheduled_at), fate, executionId: execution_id };
}

function renderKnown(jobId: string, occurrences: BackfillOrder['occurrences']): SQL {
  const rows = occurrences.map(({ id, scheduledAt }) => ({ id, scheduled_at: scheduledAt }));
  return sql`known as materialized (
      select input.id, input.scheduled_at, ran.attempt, coalesce(waiting.id, ran.id) as execution_id,
        case when waiting.id is not null then 'waiting' when ran.id is not null then 'completed' else 'open' end as fate
      from ${inputRows('input', { id: 'uuid', scheduled_at: 'timestamptz' }, rows)}
      left join lateral (
        select run.id, run.attempt from scheduler_execution_log run
        where run.job_id = ${jobId} and run.scheduled_at = input.scheduled_at
        order by run.attempt desc limit 1
      ) ran on true
      left join lateral (
        select run.id from scheduler_pending_run run
        where run.job_id = ${jobId} and run.scheduled_at = input.scheduled_at
        order by run.attempt desc limit 1
      ) waiting on true
    )`;
}

/** An id that has a record is that of an order which is repeated: what it asks for has happened. */
function renderAdd({ jobId, actor, reason, occurrences, includeCompleted, range }: BackfillOrder): SQL {
  const detail = JSON.stringify({ from: range.from, to: range.to, includeCompleted });
  return sql`
    with job as materialized (
      select * from scheduler_job_config where job_id = ${jobId} and ${ENDS_IN_TIME} for key share
    ),
    ${renderKnown(jobId, occurrences)},
    added as (
      insert into scheduler_pending_run
        (id, job_id, scheduled_at, attempt, max_attempts, trigger, job_kwargs, reason, actor)
      select known.id, job.job_id, known.scheduled_at, coalesce(known.attempt, 0) + 1,
        greatest(job.max_attempts, known.attempt + 1), 'backfill', job.job_kwargs, ${reason}::text, ${actor}
      from known, job
      where (known.fate = 'open' or (known.fate = 'completed' and ${includeCompleted}::boolean))
        and not exists (select from scheduler_execution_log run where run.id = known.id)
      order by known.scheduled_at
      on conflict do nothing
      returning id, scheduled_at
    ),
    told as (
      insert into scheduler_event (type, job_id, reason, actor, detail)
      select 'job.backfilled', job_id, ${reason}::text, ${actor},
        ${detail}::jsonb || jsonb_build_object('count', (select count(*) from added))
      from job
    )
    select known.scheduled_at, case when added.id is null then known.fate else 'added' end as fate,
      coalesce(added.id, known.execution_id) as execution_id, exists (select from job) as is_known
    from known left join added on added.id = known.id
    order by known.scheduled_at`;
}
