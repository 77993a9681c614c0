/**
 * The statement that gives back what instances without a lease had claimed ahead and never confirmed.
 *
 * Invariants: the stretch of the lease that it was claimed in is ended first (`held_since`), so that an instance which comes
 * back can confirm it no more: also what is left for a later portion. All of a job's are in the same portion, so that one goes back
 * behind no other that follows it. How its job was configured when it was claimed is known to nobody any more: any edit since
 * counts as one of its schedule.
 */
import { type SQL, sql } from 'drizzle-orm';
import { isUnconfirmed } from './ahead-claim-statements.ts';
import { renderGiveBack, TOLD } from './give-back-steps.ts';
import { ENDS_IN_TIME } from './statement-input.ts';

/** A portion, of the jobs after `from`. Theirs are ordered by an expression, which keeps the whole history's index out of it. */
export function renderGiveBackOfDead(instanceId: string, from: string, portion: number): SQL {
  return sql`
    with over as materialized (
      select holder.id from scheduler_instance holder
      where holder.expires_at <= clock_timestamp() and holder.held_since is not null and holder.id <> ${instanceId}
        and ${ENDS_IN_TIME}
      order by holder.id
      for update skip locked
    ),
    closed as (
      update scheduler_instance holder set held_since = null from over where holder.id = over.id returning holder.id
    ),
    looked as materialized (
      select run.id, run.job_id || '' as key from scheduler_execution_log run join scheduler_instance holder on holder.id = run.instance_id
      where run.instance_id <> ${instanceId} and holder.expires_at <= clock_timestamp() and ${isUnconfirmed('run')}
        and (holder.held_since is null or holder.id in (select id from closed)) and run.job_id || '' > ${from}
      order by key fetch first ${sql.raw(`${portion}`)} rows with ties
    ),
    unstarted as materialized (
      select run.* from looked cross join lateral (
        select * from scheduler_execution_log one
        where one.id = looked.id and one.status || '' = 'RUNNING' and one.claimed_at < one.scheduled_at
        for update skip locked
      ) run
    ),
    doomed as materialized (
      select run.id as run_id, run.job_id, run.scheduled_at, run.instance_id as holder, null::timestamptz as moved_to,
        coalesce(job.updated_at <= run.claimed_at, false) as is_same
      from unstarted run left join scheduler_job_config job on job.job_id = run.job_id
    ),
    ${renderGiveBack(instanceId)}
    select run_id as id, job_id, scheduled_at, holder as instance_id,
      fate in ('back', 'coming') or run_id in (select run_id from overtaken where trigger is not null) as is_claimable,
      whole.rest, ${TOLD}
    from (select case when count(*) >= ${portion} then max(key) end as rest from looked) whole
      left join judged on run_id in (select id from gone)`;
}
