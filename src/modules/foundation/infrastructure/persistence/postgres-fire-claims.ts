/**
 * Who starts which occurrence: the claiming statement, and the cursors it moves.
 *
 * States of a cursor. Unarmed (null): the configuration is new or its schedule changed, a trigger has set it so; `arm` sets
 * it for that revision. Armed (an instant): claimed when due, and moved on by the claim alone. Exhausted ('infinity').
 *
 * A claim is ONE statement, hence one transaction that cannot stop halfway:
 *   input    what the caller saw: job, revision, due instant
 *   mine     of these, the cursors that still say so and are due by the database's clock; locked, and those that somebody
 *            else has locked are skipped rather than waited for
 *   started  a RUNNING record each; none where the occurrence has one already (unique job, scheduled_at, attempt) or an
 *            exclusive run of the job is RUNNING (partial unique index)
 *   judged   whether it was an overlap that kept a run from starting
 *   moved    the cursors move on, except where such a run waits
 *   told     the caller's events, and `occurrence.skipped` for each run that an overlap kept from starting
 *
 * Invariants. A cursor never moves without its record or its event: they commit together. Two claimers never have the same
 * cursor: it is locked, and afterwards it says something else. If a cursor is ever wrong (restored, edited by hand), the
 * unique key still allows one record an occurrence. A claimer with an outdated configuration has an outdated revision and
 * gets nothing, because every edit changes the cursor's revision in its own transaction. Locks are taken in the order of
 * job ids, so that claimers cannot block each other in a circle. What one step tells the next is asked by `in (select …)`
 * in a select list: PostgreSQL hashes that, whereas it would join these steps, of unknown size to it, row by row.
 *
 * Failure modes. The answer is lost: the records stand, `getClaimed` finds them by their ids. The process dies after the
 * commit: the records are RUNNING without a lease, and are rescued. It dies before: nothing happened.
 */
import { type SQL, sql } from 'drizzle-orm';
import { and, eq, inArray } from 'drizzle-orm';
import type { ClaimResult, DueFire, FireClaims, FireCursor } from '../../application/ports/fire-claims.ts';
import type { Run } from '../../domain/run.ts';
import type { Database } from './database.ts';
import { isExclusive, toExecution } from './execution-row.ts';
import { EVENT_COLUMNS, toEventRow } from './postgres-event-ledger.ts';
import { schedulerExecutionLog } from './schema.ts';
import { inputList, inputRows, readInstant } from './statement-input.ts';
import { toWritableJson } from './writable-text.ts';

export class PostgresFireClaims implements FireClaims {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async claim(instanceId: string, fires: readonly DueFire[]): Promise<ClaimResult> {
    if (fires.length === 0) return { runs: [], moved: new Set() };
    const rows = await this.#database.rows<ClaimedRow>(renderClaim(instanceId, fires));
    const fireOf = new Map(fires.map((fire) => [fire.config.jobId, fire]));
    const runs = rows.map((row) => toRun(instanceId, row, fireOf.get(row.job_id))).filter((run) => run !== null);
    return { runs, moved: new Set(rows.filter((row) => row.is_moved).map((row) => row.job_id)) };
  }

  async getClaimed(instanceId: string, runIds: readonly string[]): Promise<Run[]> {
    if (runIds.length === 0) return [];
    const { id, instanceId: holder, status } = schedulerExecutionLog;
    const rows = await this.#database.query((orm) =>
      orm
        .select()
        .from(schedulerExecutionLog)
        .where(and(inArray(id, [...runIds]), eq(holder, instanceId), eq(status, 'RUNNING'))),
    );
    return rows.map(toExecution);
  }

  async arm(cursors: readonly { jobId: string; revision: number; nextFireAt: Date | null }[]): Promise<void> {
    if (cursors.length === 0) return;
    const rows = cursors.map(({ jobId, revision, nextFireAt }) => ({
      jobId,
      revision,
      nextFireAt: orNever(nextFireAt),
    }));
    const columns = { jobId: 'text', revision: 'bigint', nextFireAt: 'timestamptz' };
    await this.#database.rows(sql`
      with unarmed as materialized (
        select c.job_id, input."nextFireAt" as next_fire_at
        from scheduler_job_cursor c join ${inputRows('input', columns, rows)} on c.job_id = input."jobId"
        where c.next_fire_at is null and c.revision = input.revision
        order by c.job_id
        for update of c skip locked
      )
      update scheduler_job_cursor c set next_fire_at = unarmed.next_fire_at from unarmed where c.job_id = unarmed.job_id`);
  }

  async getCursors(jobIds?: readonly string[]): Promise<FireCursor[]> {
    if (jobIds?.length === 0) return [];
    const which = jobIds === undefined ? sql`` : sql`where job_id in ${inputList('text', jobIds)}`;
    return this.#readCursors(sql`select job_id, revision, next_fire_at from scheduler_job_cursor ${which}`);
  }

  async getOverdue(olderThanMs: number, limit: number): Promise<FireCursor[]> {
    return this.#readCursors(sql`
      select job_id, revision, next_fire_at from scheduler_job_cursor
      where next_fire_at <= clock_timestamp() - ${olderThanMs}::float8 * interval '1 millisecond'
      order by next_fire_at limit ${limit}`);
  }

  async #readCursors(statement: SQL): Promise<FireCursor[]> {
    const rows = await this.#database.rows<{ job_id: string; revision: number; next_fire_at: string | null }>(
      statement,
    );
    return rows.map((row) => ({
      jobId: row.job_id,
      revision: row.revision,
      nextFireAt: readNextFireAt(row.next_fire_at),
    }));
  }
}

type ClaimedRow = { job_id: string; run_id: string | null; started_at: string; is_moved: boolean };

const FIRE_COLUMNS = {
  job_id: 'text',
  revision: 'bigint',
  due_at: 'timestamptz',
  next_fire_at: 'timestamptz',
  run_id: 'uuid',
  scheduled_at: 'timestamptz',
  trigger: 'text',
  max_attempts: 'int',
  is_exclusive: 'boolean',
  waits: 'boolean',
  job_kwargs: 'jsonb',
  event: 'json',
} as const;

function toFireRow(fire: DueFire): Record<keyof typeof FIRE_COLUMNS, unknown> {
  return {
    job_id: fire.config.jobId,
    revision: fire.config.revision,
    due_at: fire.dueAt,
    next_fire_at: orNever(fire.nextFireAt),
    run_id: fire.run?.id ?? null,
    scheduled_at: fire.run?.scheduledAt ?? null,
    trigger: fire.run?.trigger ?? null,
    max_attempts: fire.config.maxAttempts,
    is_exclusive: isExclusive(fire.config),
    waits: fire.whenOverlapping === 'wait',
    job_kwargs: toWritableJson(fire.config.jobKwargs),
    event: fire.event === null ? null : toEventRow(fire.event),
  };
}

function renderClaim(instanceId: string, fires: readonly DueFire[]): SQL {
  const eventColumns = sql.raw(
    Object.entries(EVENT_COLUMNS)
      .map(([name, type]) => `${name} ${type}`)
      .join(', '),
  );
  const eventNames = sql.raw(
    Object.keys(EVENT_COLUMNS)
      .map((name) => `told.${name}`)
      .join(', '),
  );
  return sql`
    with input as materialized (select * from ${inputRows('input', FIRE_COLUMNS, fires.map(toFireRow))}),
    mine as materialized (
      select input.*, clock_timestamp()::timestamptz(3) as started_at
      from scheduler_job_cursor c join input on c.job_id = input.job_id
      where c.next_fire_at = input.due_at and c.revision = input.revision and c.next_fire_at <= clock_timestamp()
      order by c.job_id
      for update of c skip locked
    ),
    started as (
      insert into scheduler_execution_log
        (id, job_id, started_at, status, scheduled_at, max_attempts, trigger, instance_id, job_kwargs, is_exclusive)
      select run_id, job_id, started_at, 'RUNNING', scheduled_at, max_attempts, trigger, ${instanceId}, job_kwargs,
        is_exclusive
      from mine where run_id is not null
      order by job_id
      on conflict do nothing
      returning id
    ),
    judged as materialized (
      select *, run_id is not null and not is_started and not exists (
        select from scheduler_execution_log done
        where done.job_id = answered.job_id and done.scheduled_at = answered.scheduled_at and done.attempt = 1
      ) as is_overlapping
      from (select mine.*, coalesce(run_id in (select id from started), false) as is_started from mine) answered
    ),
    moved as (
      update scheduler_job_cursor c set next_fire_at = judged.next_fire_at
      from judged where c.job_id = judged.job_id and not (judged.is_overlapping and judged.waits)
      returning c.job_id
    ),
    settled as materialized (select *, job_id in (select job_id from moved) as is_moved from judged),
    told as (
      insert into scheduler_event (${sql.raw(Object.keys(EVENT_COLUMNS).join(', '))})
      select ${eventNames}
      from settled, json_to_record(settled.event) as told(${eventColumns})
      where settled.is_moved and settled.event is not null
      union all
      select 'occurrence.skipped', job_id, null, scheduled_at, 'overlap: the run before it was still running',
        ${instanceId}, jsonb_build_object('cause', 'overlap')
      from settled where is_moved and is_overlapping
    )
    select job_id, case when is_started then run_id end as run_id, started_at, is_moved from settled`;
}

function toRun(instanceId: string, row: ClaimedRow, fire: DueFire | undefined): Run | null {
  if (row.run_id === null || !fire?.run) return null;
  return {
    ...fire.run,
    jobId: row.job_id,
    startedAt: readInstant(row.started_at),
    attempt: 1,
    maxAttempts: fire.config.maxAttempts,
    instanceId,
    jobKwargs: fire.config.jobKwargs,
  };
}

function orNever(instant: Date | null): Date | 'infinity' {
  return instant ?? 'infinity';
}

function readNextFireAt(text: string | null): FireCursor['nextFireAt'] {
  if (text === null) return 'unarmed';
  return text === 'infinity' ? 'exhausted' : readInstant(text);
}
