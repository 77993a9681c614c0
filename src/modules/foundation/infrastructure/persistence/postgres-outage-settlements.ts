/**
 * What went on without the database, written when it is back.
 *
 * Invariants: one statement; a record is written whether or not its cursor can be moved, so that the unique key (job,
 * scheduled_at, attempt) keeps the occurrence from being started again either way; of an occurrence that another instance
 * has recorded that record stands, and the other is told; what was claimed ahead and started here is told from what was not:
 * nobody puts it back; what waits and has an execution already, as where it is told again, waits no more; no lock is waited for, so that a session that holds a row keeps nobody from coming back: its job's cursor stays, and it is told again.
 */
import { type SQL, sql } from 'drizzle-orm';
import {
  type OutageSettlement,
  type OutageSettlements,
  RECORDED_ELSEWHERE,
} from '../../application/ports/outage-settlements.ts';
import { SCHEDULER_ACTOR } from '../../application/ports/pending-runs.ts';
import type { Database } from './database.ts';
import { renderExpired } from './expired-event.ts';
import { renderCreate } from './execution-log-statements.ts';
import {
  AS_KEYED_EVENT,
  hashedKey,
  INTO_KEYED_EVENTS,
  KEYED_EVENT_COLUMNS,
  TOLD_AGAIN,
  toKeyedEventRow,
} from './postgres-event-ledger.ts';
import { isSameSchedule, SCHEDULE_COLUMNS, toScheduleRow } from './schedule-columns.ts';
import { ENDS_IN_TIME, inputRows } from './statement-input.ts';
import { toWritableJson } from '../../domain/writable-text.ts';

const JOB_COLUMNS = {
  job_id: 'text',
  revision: 'bigint',
  first_due_at: 'timestamptz',
  next_fire_at: 'timestamptz',
  is_run: 'boolean',
  ...SCHEDULE_COLUMNS,
} as const;
const WAITING_COLUMNS = {
  id: 'uuid',
  job_id: 'text',
  scheduled_at: 'timestamptz',
  trigger: 'text',
  max_attempts: 'int',
  job_kwargs: 'jsonb',
} as const;
const OCCURRENCE_COLUMNS = {
  id: 'uuid',
  job_id: 'text',
  scheduled_at: 'timestamptz',
  started_at: 'timestamptz',
  attempt: 'int',
} as const;
const UNSTARTED_COLUMNS = {
  id: 'uuid',
  job_id: 'text',
  scheduled_at: 'timestamptz',
  next_fire_at: 'timestamptz',
} as const;

export class PostgresOutageSettlements implements OutageSettlements {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async settle(instanceId: string, settlements: readonly OutageSettlement[]): Promise<ReadonlySet<string>> {
    if (settlements.length === 0) return new Set();
    const locked = await this.#database.rows<{ job_id: string }>(renderSettle(instanceId, settlements));
    return new Set(locked.map((row) => row.job_id));
  }
}

function renderSettle(instanceId: string, settlements: readonly OutageSettlement[]): SQL {
  const ended = settlements.flatMap((settlement) => settlement.ended);
  const active = settlements.flatMap((settlement) => settlement.active);
  return sql`
    with input as materialized (select * from ${inputRows('input', JOB_COLUMNS, settlements.map(toJobRow))} where ${ENDS_IN_TIME}),
    run as materialized (select * from ${inputRows('run', OCCURRENCE_COLUMNS, [...ended, ...active].map(toOccurrence))}),
    waiting as materialized (
      select * from ${inputRows('waiting', WAITING_COLUMNS, settlements.flatMap(toWaitingRows))}
    ),
    unstarted as materialized (
      select * from ${inputRows('unstarted', UNSTARTED_COLUMNS, settlements.flatMap(toUnstartedRows))}
    ),
    keys as materialized (
      select job.job_id from scheduler_job_config job where job.job_id in (select job_id from waiting)
      order by job.job_id
      for key share of job skip locked
    ),
    ids as materialized (select id from run union all select id from unstarted order by id),
    records as materialized (
      select known.id from ids cross join lateral (
        select one.id from scheduler_execution_log one where one.id = ids.id and one.status || '' = 'RUNNING'
        for no key update skip locked
      ) known
    ),
    event as materialized (
      select *, ${hashedKey(sql`event.key`)} as hashed
      from ${inputRows('event', KEYED_EVENT_COLUMNS, settlements.flatMap(toEventRows(instanceId)))}
    ),
    retold as materialized (
      select one.key from scheduler_event one where one.key in (select hashed from event)
      for no key update skip locked
    ),
    unsaid as materialized (
      select event.job_id from event where event.hashed not in (select key from retold) and exists (
        select from scheduler_event one where one.key = event.hashed
      )
    ),
    held_up as materialized (
      select job_id from unsaid
      union all
      select waiting.job_id from waiting join scheduler_job_config job using (job_id)
      where waiting.job_id not in (select job_id from keys)
      union all
      select known.job_id from ids cross join lateral (
        select one.job_id from scheduler_execution_log one where one.id = ids.id and one.status || '' = 'RUNNING' offset 0
      ) known where ids.id not in (select id from records)
    ),
    mine as materialized (
      select input.job_id, input.first_due_at, input.next_fire_at, input.is_run, c.next_fire_at as stood_at,
        c.revision = input.revision as is_current,
        c.revision = input.revision or (c.revision = job.revision and job.enabled
          and ${isSameSchedule('job', 'input')}) as is_same
      from scheduler_job_cursor c join input on c.job_id = input.job_id join scheduler_job_config job on job.job_id = c.job_id
      where not (input.is_run and input.job_id in (select job_id from held_up))
      order by c.job_id
      for update of c skip locked
    ),
    undone as (
      delete from scheduler_execution_log claimed using unstarted, mine
      where claimed.id = unstarted.id and claimed.id in (select id from records) and claimed.instance_id = ${instanceId}
        and claimed.cancel_requested_at is null and mine.job_id = unstarted.job_id and mine.is_current
        and case when mine.is_run then unstarted.scheduled_at >= mine.first_due_at
          else mine.stood_at = unstarted.next_fire_at end
      returning claimed.job_id, claimed.scheduled_at
    ),
    standing as materialized (
      select mine.*, (select min(undone.scheduled_at) from undone where undone.job_id = mine.job_id) as back_at from mine
    ),
    moved as (
      update scheduler_job_cursor c
      set next_fire_at = case when not at.is_run then at.back_at when at.is_same then at.next_fire_at end
      from standing at where c.job_id = at.job_id and case when at.is_run
        then at.stood_at < at.next_fire_at and at.stood_at >= at.first_due_at
          and (at.is_same or at.stood_at = at.first_due_at)
        else at.back_at is not null end
      returning c.job_id, c.next_fire_at
    ),
    ${renderExpired(sql`select job_id from moved where next_fire_at = 'infinity'`)},
    begun as (
      update scheduler_execution_log claimed
      set claimed_at = greatest(run.started_at, run.scheduled_at), started_at = greatest(run.started_at, run.scheduled_at)
      from run
      where claimed.id = run.id and claimed.id in (select id from records) and claimed.instance_id = ${instanceId}
        and claimed.claimed_at < claimed.scheduled_at
    ),
    ended as (${renderCreate(ended, false)}),
    active as (${renderCreate(active, true)}),
    queued as (
      insert into scheduler_pending_run (id, job_id, scheduled_at, trigger, job_kwargs, max_attempts, reason, actor)
      select id, job_id, scheduled_at, trigger, job_kwargs, max_attempts,
        'overlap: the run before it was still running', ${SCHEDULER_ACTOR}
      from waiting where job_id in (select job_id from keys) and not exists (
        select from scheduler_execution_log known
        where known.job_id = waiting.job_id and known.scheduled_at = waiting.scheduled_at
      )
      order by job_id, scheduled_at
      on conflict do nothing
    ),
    told as (
    ${INTO_KEYED_EVENTS}
    select ${AS_KEYED_EVENT} from event
    where event.job_id not in (select job_id from unsaid) and event.job_id not in (
      select job_id from standing
      where not is_run and (not is_current or coalesce(back_at, stood_at) is distinct from first_due_at)
    )
    union all
    select 'run.unrecorded', job_id, id, scheduled_at, ${RECORDED_ELSEWHERE}::text, ${instanceId}::text,
      jsonb_build_object('cause', 'outage', 'count', 1), ${hashedKey(sql`'recorded ' || id`)}
    from run
    where id not in (select id from ended union all select id from active)
      and not exists (select from scheduler_execution_log known where known.id = run.id)
    order by job_id, scheduled_at
    ${TOLD_AGAIN}
    )
    select input.job_id from input join scheduler_job_cursor c on c.job_id = input.job_id
    where input.is_run and input.job_id not in (select job_id from mine)`;
}

function toJobRow({ config, firstDueAt, nextFireAt }: OutageSettlement): Record<keyof typeof JOB_COLUMNS, unknown> {
  return {
    job_id: config.jobId,
    revision: config.revision,
    first_due_at: firstDueAt,
    next_fire_at: nextFireAt ?? 'infinity',
    is_run: nextFireAt !== undefined,
    ...toScheduleRow(config),
  };
}

function toOccurrence(run: OutageSettlement['ended'][number]): Record<keyof typeof OCCURRENCE_COLUMNS, unknown> {
  return {
    id: run.id,
    job_id: run.jobId,
    scheduled_at: run.scheduledAt,
    started_at: run.startedAt,
    attempt: run.attempt,
  };
}

function toUnstartedRows({ unstarted = [] }: OutageSettlement): Record<keyof typeof UNSTARTED_COLUMNS, unknown>[] {
  return unstarted.map(({ run, nextFireAt }) => ({
    id: run.id,
    job_id: run.jobId,
    scheduled_at: run.scheduledAt,
    next_fire_at: nextFireAt ?? 'infinity',
  }));
}

function toWaitingRows({ config, waiting }: OutageSettlement): Record<keyof typeof WAITING_COLUMNS, unknown>[] {
  return waiting.map(({ id, scheduledAt, trigger }) => ({
    ...{ id, trigger, job_id: config.jobId, scheduled_at: scheduledAt, max_attempts: config.maxAttempts },
    job_kwargs: toWritableJson(config.jobKwargs),
  }));
}

function toEventRows(instanceId: string): (settlement: OutageSettlement) => object[] {
  return ({ events }) => events.map((event) => toKeyedEventRow({ ...event, actor: instanceId }));
}
