/**
 * The statements that confirm runs which were claimed ahead, and those that give them back.
 *
 * Invariants: a run that is given back has not started: its instance has not confirmed that it is due, and can no more,
 * because the statement that takes it away has also ended the stretch of the lease that it was claimed in (`held_since`).
 * A cursor goes back only where nobody moved it since. No lock of an editor is waited for: what he holds is given back
 * the next time.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { AheadRun, Confirming } from '../../application/ports/ahead-claims.ts';
import { inputRows } from './statement-input.ts';

const AHEAD_COLUMNS = {
  run_id: 'uuid',
  job_id: 'text',
  revision: 'bigint',
  scheduled_at: 'timestamptz',
  claimed_at: 'timestamptz',
  next_fire_at: 'timestamptz',
} as const;

function renderInput(runs: readonly AheadRun[]): SQL {
  const rows = runs.map(({ run, config, nextFireAt }) => ({
    run_id: run.id,
    job_id: run.jobId,
    revision: config.revision,
    scheduled_at: run.scheduledAt,
    claimed_at: run.claimedAt ?? run.startedAt,
    next_fire_at: nextFireAt ?? 'infinity',
  }));
  return sql`input as materialized (select * from ${inputRows('input', AHEAD_COLUMNS, rows)})`;
}

/** A record that was written ahead and that its instance has not confirmed: it has not started. */
export function isUnconfirmed(alias: string): SQL {
  const run = sql.raw(alias);
  return sql`(${run}.status = 'RUNNING' and ${run}.trigger = 'schedule' and ${run}.claimed_at < ${run}.scheduled_at
    and not exists (
      select from scheduler_instance confirmer
      where confirmer.id = ${run}.instance_id and confirmer.confirmed_until >= ${run}.scheduled_at
    ))`;
}

/** Of a lease that has not ended by the database's clock. */
export function isLeased(instanceId: string): SQL {
  return sql`exists (
    select from scheduler_instance holder where holder.id = ${instanceId} and holder.expires_at > clock_timestamp()
  )`;
}

function renderConfirmed(instanceId: string, { dueAt, leaseMs }: Confirming, condition: SQL): SQL {
  const due = dueAt.toISOString();
  return sql`clock as materialized (select clock_timestamp() as now),
    confirmed as (
      update scheduler_instance own
      set renewed_at = clock.now, confirmed_until = greatest(own.confirmed_until, ${due}::timestamptz),
        expires_at = greatest(own.expires_at, clock.now + ${leaseMs}::float8 * interval '1 millisecond')
      from clock
      where own.id = ${instanceId} and own.expires_at > clock.now and clock.now >= ${due}::timestamptz and ${condition}
      returning own.held_since
    )`;
}

export function renderConfirmAll(
  instanceId: string,
  order: Confirming & { readonly tick: number; readonly claimedSince: Date },
): SQL {
  const condition = sql`own.held_since <= ${order.claimedSince.toISOString()}::timestamptz
    and (select last_value from scheduler_revision_seq) = ${order.tick}::bigint`;
  return sql`
    with ${renderConfirmed(instanceId, order, condition)}
    select clock.now, exists (select from confirmed) as is_confirmed from clock`;
}

/** Needs a step `doomed` with the input's columns, each a run to give back. Gives the steps `gone` and `returned`. */
function renderGiveBack(instanceId: string): SQL {
  return sql`cursors as materialized (
      select c.job_id from scheduler_job_cursor c where c.job_id in (select job_id from doomed)
      order by c.job_id
      for update skip locked
    ),
    gone as (
      delete from scheduler_execution_log run using doomed
      where run.id = doomed.run_id and run.status = 'RUNNING' and run.instance_id = ${instanceId}
        and (doomed.job_id in (select job_id from cursors)
          or not exists (select from scheduler_job_cursor c where c.job_id = doomed.job_id))
      returning run.id
    ),
    returned as (
      update scheduler_job_cursor c set next_fire_at = doomed.scheduled_at
      from doomed
      where c.job_id = doomed.job_id and c.next_fire_at is not distinct from doomed.next_fire_at
        and doomed.run_id in (select id from gone)
      returning c.job_id
    ),
    told as (
      insert into scheduler_event (type, job_id, scheduled_at, reason, actor, detail)
      select 'occurrence.skipped', job_id, scheduled_at, 'edited: the job was changed just before it was due, and does not come back to it',
        ${instanceId}, jsonb_build_object('cause', 'edited')
      from doomed
      where run_id in (select id from gone) and (
        not exists (select from scheduler_job_config job where job.job_id = doomed.job_id and job.enabled)
        or exists (
          select from scheduler_job_cursor c
          where c.job_id = doomed.job_id and c.next_fire_at > doomed.scheduled_at and c.next_fire_at <> doomed.next_fire_at
        )
      )
    )`;
}

/** Whoever has the job looks at its cursor again. */
const TOLD = sql`(
      select count(pg_notify('carillon_changes', json_build_object('kind', 'job', 'jobId', job_id)::text) is null)
      from returned
    ) as told`;

export function renderConfirmEach(instanceId: string, order: Confirming, runs: readonly AheadRun[]): SQL {
  return sql`
    with ${renderInput(runs)},
    ${renderConfirmed(instanceId, order, sql`true`)},
    doomed as materialized (
      select input.* from clock cross join input left join scheduler_job_config job on job.job_id = input.job_id
      where clock.now >= ${order.dueAt.toISOString()}::timestamptz and (
        job.revision is distinct from input.revision
        or input.claimed_at < coalesce((select held_since from confirmed), 'infinity')
      )
    ),
    ${renderGiveBack(instanceId)}
    select clock.now, input.run_id, run_id in (select id from gone) as is_gone,
      exists (select from confirmed) and run_id not in (select run_id from doomed) as is_confirmed,
      ${TOLD}
    from clock cross join input`;
}

export function renderGiveBackAll(instanceId: string, runs: readonly AheadRun[]): SQL {
  return sql`
    with ${renderInput(runs)},
    doomed as materialized (select * from input),
    ${renderGiveBack(instanceId)}
    select id as run_id, ${TOLD} from gone`;
}

/**
 * An edit of the job may have taken the occurrence out of its schedule, or its cursor over it: then it is not put back,
 * and an event says so, unless the cursor still comes to it.
 */
export function renderGiveBackOfDead(instanceId: string): SQL {
  return sql`
    with over as materialized (
      select holder.id from scheduler_instance holder
      where holder.expires_at <= clock_timestamp() and holder.held_since is not null and holder.id <> ${instanceId}
      order by holder.id
      for update skip locked
    ),
    closed as (
      update scheduler_instance holder set held_since = null from over where holder.id = over.id returning holder.id
    ),
    unstarted as materialized (
      select run.* from scheduler_execution_log run join scheduler_instance holder on holder.id = run.instance_id
      where run.instance_id <> ${instanceId} and holder.expires_at <= clock_timestamp() and ${isUnconfirmed('run')}
        and (holder.held_since is null or holder.id in (select id from closed))
      order by run.id
      for update of run skip locked
    ),
    cursors as materialized (
      select c.* from scheduler_job_cursor c where c.job_id in (select job_id from unstarted)
      order by c.job_id
      for update skip locked
    ),
    judged as materialized (
      select unstarted.id, unstarted.job_id, unstarted.scheduled_at, unstarted.instance_id,
        c.next_fire_at > unstarted.scheduled_at and job.enabled and job.updated_at <= unstarted.claimed_at as is_behind,
        c.next_fire_at <= unstarted.scheduled_at as is_ahead
      from unstarted left join cursors c using (job_id) left join scheduler_job_config job using (job_id)
      where c.job_id is not null
        or not exists (select from scheduler_job_cursor locked where locked.job_id = unstarted.job_id)
    ),
    gone as (delete from scheduler_execution_log run using judged where run.id = judged.id),
    returned as (
      update scheduler_job_cursor c set next_fire_at = oldest.scheduled_at
      from (select job_id, min(scheduled_at) as scheduled_at from judged where is_behind group by job_id) oldest
      where c.job_id = oldest.job_id
      returning c.job_id
    ),
    told as (
      insert into scheduler_event (type, job_id, scheduled_at, reason, actor, detail)
      select 'occurrence.skipped', job_id, scheduled_at,
        'edited: the job was changed while an instance that ended had claimed this occurrence', ${instanceId}::text,
        jsonb_build_object('cause', 'edited', 'instanceId', instance_id)
      from judged where not coalesce(is_behind or is_ahead, false)
    )
    select id, job_id, scheduled_at, instance_id, coalesce(is_behind or is_ahead, false) as is_claimable,
      ${TOLD}
    from judged`;
}
