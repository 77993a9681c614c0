/**
 * The statement that starts waiting runs: each leaves `scheduler_pending_run` as its RUNNING record is written.
 *
 * Invariants: none is started before it is available by the database's clock; of a job whose runs exclude each other at
 * most one is started, the oldest that is available first, and only while none is RUNNING; of a job with a limit as many as
 * it leaves room for, counted under the lock of its cursor, which whoever starts a run of such a job holds; none without
 * a lease by the database's clock, however long the statement was on its way.
 */
import { type SQL, sql } from 'drizzle-orm';
import { type PendingClaimOptions, SCHEDULER_ACTOR } from '../../application/ports/pending-runs.ts';
import { isLeased } from './ahead-claim-statements.ts';
import { inputList, NOW_ONCE } from './statement-input.ts';

/** What the scheduler added itself is held back while the job is stopped; what a person ordered is not. */
function renderIsReady(alias: string): SQL {
  const run = sql.raw(alias);
  return sql`(${run}.available_at <= clock_timestamp() and (${run}.actor <> ${SCHEDULER_ACTOR} or (
    job.enabled and (job.paused_at is null or job.paused_until <= clock_timestamp()))))`;
}

/** Those that are left alone are in nobody's way either. */
function renderIsAsked(alias: string, { only, except = [] }: Pick<PendingClaimOptions, 'only' | 'except'>): SQL {
  const id = sql.raw(`${alias}.id`);
  const isAmong = only === undefined ? sql`` : sql`and ${id} in ${inputList('uuid', only)}`;
  return except.length === 0 ? isAmong : sql`${isAmong} and ${id} not in ${inputList('uuid', except)}`;
}

/** Of jobs with a limit the first that fit in, as far as can be seen before the lock: the others take no place in the batch. */
function renderFitting(options: PendingClaimOptions): SQL {
  return sql`fitting as materialized (
      select first.id
      from (select distinct job_id from scheduler_pending_run) waiting
        join scheduler_job_config job using (job_id)
        cross join lateral (
          select run.id from scheduler_pending_run run where run.job_id = job.job_id and ${renderIsReady('run')}
            ${renderIsAsked('run', options)}
          order by run.scheduled_at, run.id
          limit greatest(0, job.max_concurrent_runs - scheduler_running_runs(job.job_id))
        ) first
      where job.max_concurrent_runs is not null
    )`;
}

function renderIsOfOther({ exceptJobs = [] }: PendingClaimOptions): SQL {
  return exceptJobs.length === 0 ? sql`` : sql`and run.job_id not in ${inputList('text', exceptJobs)}`;
}

function renderCandidates(options: PendingClaimOptions, condition = sql``): SQL {
  return sql`select run.*, coalesce(run.max_attempts, job.max_attempts) as attempts, job.overlap_policy <> 'allow' as is_exclusive,
        job.max_concurrent_runs
      from scheduler_pending_run run join scheduler_job_config job using (job_id)
      where coalesce(job.handler, job.job_id) in ${inputList('text', options.handlers)} and ${renderIsReady('run')}
        ${renderIsAsked('run', options)} ${renderIsOfOther(options)}
        and (job.overlap_policy = 'allow' or (
          not exists (
            select from scheduler_execution_log other
            where other.job_id = run.job_id and other.status = 'RUNNING' and other.is_exclusive
          )
          and not exists (
            select from scheduler_pending_run older
            where older.job_id = run.job_id and (older.scheduled_at, older.id) < (run.scheduled_at, run.id)
              and ${renderIsReady('older')} ${renderIsAsked('older', { except: options.except ?? [] })}
          )
        ))
        and (job.max_concurrent_runs is null or run.id in (select id from fitting)) ${condition}
      order by run.scheduled_at, run.id
      limit ${options.limit}`;
}

/** Answers with the ids that a claim would take, and locks nothing. */
export function renderReady(options: PendingClaimOptions): SQL {
  return sql`
    with ${renderFitting(options)}, ready as materialized (${renderCandidates(options)})
    select id from ready order by scheduled_at, id`;
}

/**
 * Answers with the RUNNING records it wrote, each with when its job had succeeded last; and, with each or alone, how long until
 * the next waiting run becomes available, and whether one is left.
 */
export function renderPendingClaim(instanceId: string, options: PendingClaimOptions): SQL {
  return sql`
    with ${renderFitting(options)},
    ready as materialized (
      ${renderCandidates(options, sql`and ${isLeased(instanceId, options.renewals)}`)}
      for update of run skip locked
    ),
    limited as materialized (
      select cursor.job_id from scheduler_job_cursor cursor
      where cursor.job_id in (select job_id from ready where max_concurrent_runs is not null)
      order by cursor.job_id
      for update skip locked
    ),
    counted as materialized (select job_id, scheduler_running_runs(job_id) as running from limited),
    open as materialized (
      select ready.* from (
        select *, row_number() over (partition by job_id order by scheduled_at, id) as place from ready
      ) ready left join counted using (job_id)
      where max_concurrent_runs is null or running + place <= max_concurrent_runs
    ),
    started as (
      insert into scheduler_execution_log
        (id, job_id, started_at, status, scheduled_at, attempt, max_attempts, trigger, instance_id, job_kwargs, is_exclusive,
          was_pending)
      select id, job_id, clock_timestamp(), 'RUNNING', scheduled_at, attempt, attempts, trigger, ${instanceId}, job_kwargs,
        is_exclusive, true
      from open order by job_id, scheduled_at
      on conflict do nothing
      returning *
    ),
    gone as (
      delete from scheduler_pending_run run using open
      where run.id = open.id and (run.id in (select id from started) or exists (
        select from scheduler_execution_log done
        where (done.job_id = open.job_id and done.scheduled_at = open.scheduled_at and done.attempt = open.attempt)
          or done.id = open.id
      ))
      returning run.*
    ),
    told as (
      insert into scheduler_event (type, job_id, execution_id, scheduled_at, reason, actor, detail)
      select 'occurrence.skipped', job_id, id, scheduled_at, 'recorded: this occurrence has an execution already',
        ${instanceId}, jsonb_build_object('cause', 'recorded', 'attempt', attempt)
      from gone where id not in (select id from started)
    )
    select wait.next_in_ms, wait.is_any_left, started.*, (
        select job.last_success_at from scheduler_job_config job where job.job_id = started.job_id
      ) as last_success_at
    from (
      select (extract(epoch from min(available_at) - clock_timestamp()) * 1000)::float8 as next_in_ms,
        exists (
          select from scheduler_pending_run where available_at <= ${NOW_ONCE} and id not in (select id from gone)
        ) as is_any_left
      from scheduler_pending_run where available_at > ${NOW_ONCE}
    ) wait left join started on true
    order by started.scheduled_at, started.id`;
}
