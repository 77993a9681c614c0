/**
 * The steps of a statement that give back runs which were claimed ahead and have not started. They need a step `doomed`:
 *   run_id, job_id, scheduled_at, holder   the run, and the instance that holds it
 *   moved_to                               where its claim moved the cursor; null: not known
 *   is_same                                the job's schedule is still the one that it was claimed by
 *
 * What becomes of one (`fate`):
 *   cancelled   somebody wants it to stop: its record says so
 *   back        its cursor goes back to it
 *   coming      its cursor comes to it anyway
 *   overtaken   later ones of its job have been claimed since: it alone is judged, and waits to run, or is named
 *   edited      its job does not come to it any more; it is named
 *   locked      somebody edits its job: it stays, and is given back the next time, as does one whose record somebody holds
 *
 * Invariants: a run that is given back has not started: its instance has not confirmed that it is due, and can no more,
 * because the statement that takes it away is its own, or has ended the stretch of the lease that it was claimed in
 * (`held_since`). A cursor goes back over nothing that has run. No lock of anybody is waited for.
 */
import { type SQL, sql } from 'drizzle-orm';
import { EDITED, OVERTAKEN } from '../../application/ports/ahead-claims.ts';
import { SCHEDULER_ACTOR } from '../../application/ports/pending-runs.ts';
import { DEFAULT_GRACE_MS, MISFIRE_THRESHOLD_MS } from '../../domain/misfire.ts';

/** `|| ''` keeps the index of RUNNING records out of it: its instance's own may be tens of thousands, of which each run is one. */
const IS_HELD = sql`run.status || '' = 'RUNNING' and run.instance_id || '' = judged.holder`;

/** Gives the steps `judged`, `gone`, `cancelled`, `returned` and `overtaken`. */
export function renderGiveBack(actor: string): SQL {
  return sql`${JUDGED},
    free as materialized (
      select run.id from (select run_id from judged order by run_id) given cross join lateral (
        select one.id from scheduler_execution_log one where one.id = given.run_id and one.status || '' = 'RUNNING'
        for no key update skip locked
      ) run
    ),
    keys as materialized (
      select job.job_id from scheduler_job_config job
      where job.job_id in (select job_id from judged where fate = 'overtaken')
      order by job.job_id
      for key share of job skip locked
    ),
    cancelled as (
      update scheduler_execution_log run
      set status = 'FAILED', failure_reason = 'CANCELLED', error_message = coalesce(run.cancel_reason, 'cancelled'),
        started_at = least(run.started_at, clock_timestamp()), finished_at = clock_timestamp(), duration_ms = 0
      from judged
      where run.id = judged.run_id and ${IS_HELD}
        and run.cancel_requested_at is not null and run.id in (select id from free)
      returning run.id
    ),
    gone as (
      delete from scheduler_execution_log run using judged
      where run.id = judged.run_id and ${IS_HELD}
        and run.cancel_requested_at is null and judged.fate <> 'locked' and run.id in (select id from free)
        and (judged.fate <> 'overtaken' or judged.job_id in (select job_id from keys))
      returning run.id
    ),
    returned as (
      update scheduler_job_cursor c set next_fire_at = oldest.scheduled_at
      from (
        select job_id, min(scheduled_at) as scheduled_at from judged
        where fate = 'back' and run_id in (select id from gone) group by job_id
      ) oldest
      where c.job_id = oldest.job_id
      returning c.job_id
    ),
    ${renderOvertaken()},
    told as (
      insert into scheduler_event (type, job_id, scheduled_at, reason, actor, detail)
      select 'occurrence.skipped', job_id, scheduled_at,
        ${EDITED}::text, ${actor}::text, jsonb_build_object('cause', 'edited', 'instanceId', holder)
      from judged where fate = 'edited' and run_id in (select id from gone)
      union all
      select 'occurrence.misfired', job_id, scheduled_at, ${OVERTAKEN}::text || ', too late for its misfire policy',
        ${actor}::text, jsonb_build_object('cause', 'overtaken', 'count', 1, 'instanceId', holder)
      from overtaken where trigger is null
    )`;
}

/** A cursor and a configuration that are read with different revisions are just being edited. */
const JUDGED = sql`cursors as materialized (
      select c.job_id, c.next_fire_at, c.revision from scheduler_job_cursor c
      where c.job_id in (select job_id from doomed)
      order by c.job_id
      for update skip locked
    ),
    judged as materialized (
      select doomed.*, case
        when c.job_id is null and exists (select from scheduler_job_cursor one where one.job_id = doomed.job_id)
          then 'locked'
        when c.job_id is null or job.job_id is null then 'edited'
        when c.revision <> job.revision then 'locked'
        when not job.enabled then 'edited'
        when c.next_fire_at is null
          then case when job.updated_at < doomed.scheduled_at then 'coming' else 'edited' end
        when c.next_fire_at <= doomed.scheduled_at then 'coming'
        when not doomed.is_same then 'edited'
        when case when doomed.moved_to is not null then c.next_fire_at <= doomed.moved_to else not exists (
          select from scheduler_execution_log later
          where later.job_id = doomed.job_id and later.scheduled_at > doomed.scheduled_at
            and later.trigger in ('schedule', 'catchUp') and later.id not in (select run_id from doomed)
        ) end then 'back'
        when job.paused_at is not null then 'edited'
        else 'overtaken'
      end as fate
      from doomed left join cursors c on c.job_id = doomed.job_id
        left join scheduler_job_config job on job.job_id = doomed.job_id
    )`;

/** As `planFire` judges an occurrence that has no others beside it. Trigger null: it is not run. */
function renderOvertaken(): SQL {
  return sql`overtaken as materialized (
      select judged.*, job.job_kwargs, job.max_attempts, case
        when late.ms <= greatest(
          ${MISFIRE_THRESHOLD_MS}::float8, case job.misfire_policy when 'skip' then job.misfire_grace_ms end
        ) then 'schedule'
        when job.misfire_policy = 'skip' or (job.misfire_policy = 'all' and job.catch_up_limit = 0) then null
        when late.ms <= greatest(
          ${MISFIRE_THRESHOLD_MS}::float8, coalesce(job.misfire_grace_ms, ${DEFAULT_GRACE_MS}::float8)
        ) then 'catchUp'
      end as trigger
      from judged join scheduler_job_config job on job.job_id = judged.job_id
        cross join lateral (
          select (extract(epoch from clock_timestamp() - judged.scheduled_at) * 1000)::float8 as ms
        ) late
      where judged.fate = 'overtaken' and judged.run_id in (select id from gone)
    ),
    queued as (
      insert into scheduler_pending_run
        (id, job_id, scheduled_at, trigger, job_kwargs, max_attempts, reason, actor, available_at)
      select gen_random_uuid(), job_id, scheduled_at, trigger, job_kwargs, max_attempts, ${OVERTAKEN}::text,
        ${SCHEDULER_ACTOR}, greatest(date_trunc('milliseconds', clock_timestamp()), scheduled_at)
      from overtaken where trigger is not null
      order by job_id, scheduled_at
      on conflict do nothing
    )`;
}

/** The ids of the runs that are nobody's to start any more. */
export const ANSWERED = sql`select id from gone union all select id from cancelled`;

/** Whoever has the job looks at its cursor again. */
export const TOLD = sql`(
      select count(pg_notify('carillon_changes', json_build_object('kind', 'job', 'jobId', job_id)::text) is null)
      from returned
    ) as told`;
