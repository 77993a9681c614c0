/**
 * The claiming statement. ONE statement, hence one transaction that cannot stop halfway:
 *   input    what the caller saw: job, revision, due instant
 *   keys     the configurations whose occurrences may have to wait, held against deletion until they do
 *   mine     of these, the cursors that still say so and are due by the database's clock, or will be within the time that
 *            the caller claims ahead, while he has a lease; locked, and those that somebody else has locked are skipped
 *            rather than waited for
 *   full     of these, the jobs of which as many runs are RUNNING as their limit allows; counted after the lock was taken,
 *            which whoever starts a run of such a job holds
 *   started  a RUNNING record each; none where the occurrence has one already (unique job, scheduled_at, attempt), an
 *            exclusive run of the job is RUNNING (partial unique index), an occurrence before it still waits, or it is full
 *   judged   what becomes of a run that an overlap kept from starting: skipped, queued, or it waits with its cursor, as it
 *            does behind a run that was claimed ahead and may still be given back
 *   moved    the cursors move on, except where such a run waits with its cursor: those that stand where this statement sees
 *            them by their place, and those that were changed between its beginning and the lock by their job
 *   expired  that a job's schedule has come to its end
 *   told     the caller's events, and `occurrence.skipped` for each run that is skipped
 * and, where a job queues (`fire-claim-queue.ts`), what is queued, what it takes the place of, and what is to stop for it.
 *
 * Locks are taken in the order of job ids, in which `input` lies and all that is read of it, so that claimers cannot block
 * each other in a circle; of rows that an editor holds none is waited for. A cursor that is locked is certain to be moved. What
 * one step tells the next is asked by `in (select …)` in a select list: PostgreSQL hashes that, whereas it would join these
 * steps, of unknown size to it, row by row. Cursors are found one by one, by their job (`lateral`, so that no plan reads the
 * whole table), and the instant only compared, in a form that no index answers: in a herd thousands say the same one, and each
 * fire would read them all.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { ClaimOptions, DueFire } from '../../application/ports/fire-claims.ts';
import { isLeased, isUnconfirmed } from './ahead-claim-statements.ts';
import { isExclusive } from './execution-row.ts';
import { renderExpired } from './expired-event.ts';
import {
  IS_STOP_HELD_UP,
  isBehind,
  isQueueing,
  mayOvertake,
  QUEUEING,
  renderKeys,
  renderQueue,
  renderStopping,
} from './fire-claim-queue.ts';
import { EVENT_COLUMNS, toEventRow } from './postgres-event-ledger.ts';
import { herdRows } from './statement-input.ts';
import { toWritableJson } from '../../domain/writable-text.ts';

/** What became of some of the fires. */
export type ClaimedRow = {
  /** Which of them, by their places in the batch, as the text of an array: `{0,3}`. */
  fires: string;
  claimed_at: string;
  is_started: boolean;
  is_moved: boolean;
  last_success_at: string | null;
  tick: number;
};

const OWN_COLUMNS = { fire: 'int', job_id: 'text', revision: 'bigint', run_id: 'uuid' } as const;
const SHARED_COLUMNS = {
  due_at: 'timestamptz',
  next_fire_at: 'timestamptz',
  scheduled_at: 'timestamptz',
  trigger: 'text',
  max_attempts: 'int',
  is_exclusive: 'boolean',
  overlap: 'text',
  max_running: 'int',
  job_kwargs: 'jsonb',
  event: 'json',
} as const;

function toFireRow(
  fire: DueFire,
  place: number,
): Record<keyof typeof OWN_COLUMNS | keyof typeof SHARED_COLUMNS, unknown> {
  return {
    fire: place,
    job_id: fire.config.jobId,
    revision: fire.config.revision,
    due_at: fire.dueAt,
    next_fire_at: fire.nextFireAt ?? 'infinity',
    run_id: fire.run?.id ?? null,
    scheduled_at: fire.run?.scheduledAt ?? null,
    trigger: fire.run?.trigger ?? null,
    max_attempts: fire.config.maxAttempts,
    is_exclusive: isExclusive(fire.config),
    overlap: fire.whenOverlapping,
    max_running: fire.config.maxConcurrentRuns,
    job_kwargs: toWritableJson(fire.config.jobKwargs),
    event: fire.event === null ? null : toEventRow(fire.event),
  };
}

const EVENT_NAMES = Object.keys(EVENT_COLUMNS);
const eventColumns = sql.raw(EVENT_NAMES.join(', '));
const eventRecord = sql.raw(
  `told(${Object.entries(EVENT_COLUMNS)
    .map((column) => column.join(' '))
    .join(', ')})`,
);
const eventValues = sql.raw(EVENT_NAMES.map((name) => `told.${name}`).join(', '));

const TOLD = sql`select ${eventValues} from settled, json_to_record(settled.event) as ${eventRecord}
      where settled.is_moved and settled.event is not null
      union all`;
const IS_FREE = sql`and not (is_exclusive and exists (
          select from scheduler_execution_log other
          where other.job_id = mine.job_id and other.status = 'RUNNING' and other.is_exclusive
        )) and not exists (
          select from scheduler_execution_log done
          where done.job_id = mine.job_id and done.scheduled_at = mine.scheduled_at and done.attempt = 1
        )`;
const STILL_RUNNING = sql`'overlap: the run before it was still running'`;

function renderFull(): SQL {
  return sql`full_jobs as materialized (
      select job_id from mine where max_running is not null and scheduler_running_runs(job_id) >= max_running
    ),`;
}

function renderSkipReason(): SQL {
  return sql`case when job_id in (select job_id from full_jobs)
    then 'overlap: as many runs were under way as its limit allows (' || max_running || ')' else ${STILL_RUNNING} end`;
}

export interface ClaimRendering extends ClaimOptions {
  /** No record is tried beside one of an exclusive run that goes on, or of its occurrence: whoever holds that one's row is not waited for. */
  readonly isCareful?: boolean;
}

export function renderClaim(instanceId: string, fires: readonly DueFire[], options: ClaimRendering = {}): SQL {
  const { aheadMs = 0, renewals, isCareful = false } = options;
  const isQueued = fires.some(isQueueing);
  const isLast = fires.some(({ nextFireAt }) => nextFireAt === null);
  const isLimited = fires.some(({ config }) => config.maxConcurrentRuns !== null);
  return sql`
    with input as materialized (select * from ${herdRows('input', { own: OWN_COLUMNS, shared: SHARED_COLUMNS }, fires.map(toFireRow))} order by job_id),
    ${isQueued ? renderKeys() : sql``}
    mine as materialized (
      select input.*, held.place, date_trunc('milliseconds', clock_timestamp()) as claimed_at, ${fires.some(mayOvertake) ? isBehind() : sql`false`} as is_behind, (
          select job.last_success_at from scheduler_job_config job where job.job_id = input.job_id
        ) as last_success_at
      from input cross join lateral (
        select c.ctid as place from scheduler_job_cursor c
        where c.job_id = input.job_id and c.next_fire_at is not distinct from input.due_at and c.revision = input.revision
          and c.next_fire_at <= clock_timestamp() + ${aheadMs}::float8 * interval '1 millisecond'
        for update skip locked
      ) held
      where ${isLeased(instanceId, renewals)}
        ${isQueued ? sql`and (input.overlap not in ${QUEUEING} or input.job_id in (select job_id from keys))` : sql``}
    ),
    ${isLimited ? renderFull() : sql``}
    ${isQueued ? renderStopping() : sql``}
    started as (
      insert into scheduler_execution_log
        (id, job_id, claimed_at, started_at, status, scheduled_at, max_attempts, trigger, instance_id, job_kwargs, is_exclusive)
      select run_id, job_id, claimed_at, ${aheadMs === 0 ? sql`claimed_at` : sql`greatest(claimed_at, scheduled_at)`}, 'RUNNING', scheduled_at, max_attempts, trigger, ${instanceId}, job_kwargs,
        is_exclusive
      from mine where run_id is not null and not is_behind ${isLimited ? sql`and job_id not in (select job_id from full_jobs)` : sql``}
        ${isCareful ? IS_FREE : sql``}
      on conflict do nothing
      returning id
    ),
    judged as materialized (
      select *, case
        when run_id is null or is_started then 'settled'
        when exists (
          select from scheduler_execution_log other
          where other.job_id = answered.job_id and other.status = 'RUNNING'
            and (other.is_exclusive or other.scheduled_at = answered.scheduled_at) and ${isUnconfirmed('other')}
        ) then 'wait'
        when exists (
          select from scheduler_execution_log done
          where done.job_id = answered.job_id and done.scheduled_at = answered.scheduled_at and done.attempt = 1
        ) then 'settled'
        when overlap = 'waitBehindCatchUp' then case when exists (
          select from scheduler_execution_log other
          where other.job_id = answered.job_id and other.status = 'RUNNING' and other.is_exclusive
            and other.trigger = 'catchUp'
        ) then 'wait' else 'skip' end
        when overlap in ('skip', 'wait') then overlap
        ${isQueued ? sql`when ${IS_STOP_HELD_UP} then 'wait'` : sql``}
        when overlap = 'queueOne' and is_behind and exists (
          select from scheduler_execution_log other
          where other.job_id = answered.job_id and other.status = 'RUNNING' and other.is_exclusive
        ) then 'full'
        else 'queue'
      end as fate
      from (select mine.*, coalesce(run_id in (select id from started), false) as is_started from mine) answered
    ),
    moved_in_place as (
      update scheduler_job_cursor c set next_fire_at = judged.next_fire_at
      from judged where c.ctid = judged.place and judged.fate <> 'wait'
      returning c.job_id
    ),
    moved_elsewhere as (
      update scheduler_job_cursor c set next_fire_at = judged.next_fire_at
      from judged where c.job_id = judged.job_id and judged.fate <> 'wait'
        and judged.job_id not in (select job_id from moved_in_place)
    ),
    settled as (select *, fate <> 'wait' as is_moved from judged),
    ${isQueued ? renderQueue(instanceId) : sql``}
    ${isLast ? sql`${renderExpired(sql`select job_id from settled where is_moved and next_fire_at = 'infinity'`)},` : sql``}
    told as (
      insert into scheduler_event (${eventColumns})
      ${fires.some(({ event }) => event !== null) ? TOLD : sql``}
      select 'occurrence.skipped', job_id, null, scheduled_at, case fate
          when 'full' then 'overlap: another occurrence waits already behind the run before it'
          else ${isLimited ? renderSkipReason() : STILL_RUNNING}
        end, ${instanceId}, jsonb_build_object('cause', 'overlap')
      from settled where is_moved and fate in ('skip', 'full')
    )
    select array_agg(fire)::text as fires, claimed_at, is_started, is_moved, last_success_at,
      (select last_value from scheduler_revision_seq)::float8 as tick
    from settled
    group by claimed_at, is_started, is_moved, last_success_at`;
}
