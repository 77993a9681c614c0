/**
 * The steps of the claiming statement that queue an occurrence behind a run of its job. They are part of it only where a
 * job of the batch queues, so that a herd of others pays nothing for them.
 *
 * Invariants: an occurrence that is queued waits as a pending run, under an id of its own, in the statement that moves its
 * cursor; of a job that cancels what was before, the latest alone waits. Whoever claims waits for no lock: pending runs
 * that somebody is just starting are left to start, and what a held record or a configuration that is being edited keeps from being
 * judged is claimed afterwards.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DueFire, WhenOverlapping } from '../../application/ports/fire-claims.ts';
import { SCHEDULER_ACTOR } from '../../application/ports/pending-runs.ts';

const QUEUEING_POLICIES: ReadonlySet<WhenOverlapping> = new Set(['queueOne', 'queueAll', 'cancelPrevious']);
export const QUEUEING = sql.raw("('queueOne', 'queueAll', 'cancelPrevious')");
const OCCURRENCES = sql.raw("('schedule', 'catchUp')");
const CANCEL_REASON = 'The next occurrence of the job is due (overlap policy is cancelPrevious).';

export function isQueueing({ whenOverlapping, run }: DueFire): boolean {
  return run !== null && QUEUEING_POLICIES.has(whenOverlapping);
}

export function renderKeys(): SQL {
  return sql`keys as materialized (
      select job.job_id from scheduler_job_config job
      where job.job_id in (select job_id from input where overlap in ${QUEUEING})
      order by job.job_id
      for key share of job skip locked
    ),`;
}

/** What is caught up one by one comes after what was queued before the outage that it was missed in. */
export function mayOvertake(fire: DueFire): boolean {
  return isQueueing(fire) || (fire.whenOverlapping === 'wait' && fire.run?.trigger === 'catchUp');
}

/** An occurrence before it still waits: this one must not overtake it. */
export function isBehind(): SQL {
  return sql`(input.overlap in ${QUEUEING} or (input.overlap = 'wait' and input.trigger = 'catchUp')) and exists (
        select from scheduler_pending_run waiting
        where waiting.job_id = input.job_id and waiting.trigger in ${OCCURRENCES}
          and (input.overlap <> 'wait' or waiting.scheduled_at < input.scheduled_at)
      )`;
}

const IS_TO_STOP = sql`one.status = 'RUNNING' and one.is_exclusive and one.cancel_requested_at is null`;

/** The runs that are to stop for what comes, as far as nobody holds their records; who writes their log lines does for a moment. */
export function renderStopping(): SQL {
  return sql`stopping as materialized (
      select run.id, mine.job_id from mine cross join lateral (
        select one.id from scheduler_execution_log one where one.job_id = mine.job_id and ${IS_TO_STOP}
        for no key update skip locked
      ) run
      where mine.overlap = 'cancelPrevious'
    ),`;
}

/** One that cannot be told to stop just now: the cursor waits for it, since nobody would tell it later. */
export const IS_STOP_HELD_UP = sql`overlap = 'cancelPrevious' and exists (
          select from scheduler_execution_log one
          where one.job_id = answered.job_id and ${IS_TO_STOP} and one.id not in (select id from stopping)
        )`;

export function renderQueue(instanceId: string): SQL {
  return sql`queueing as materialized (select * from settled where is_moved and fate = 'queue'),
    queued as (
      insert into scheduler_pending_run (id, job_id, scheduled_at, trigger, job_kwargs, max_attempts, reason, actor)
      select gen_random_uuid(), job_id, scheduled_at, trigger, job_kwargs, max_attempts,
        'overlap: the run before it was still running', ${SCHEDULER_ACTOR}
      from queueing order by job_id
      on conflict do nothing
    ),
    outdated as materialized (
      select waiting.id from scheduler_pending_run waiting join queueing using (job_id)
      where queueing.overlap = 'cancelPrevious' and waiting.trigger in ${OCCURRENCES}
      order by waiting.id
      for update of waiting skip locked
    ),
    replaced as (
      delete from scheduler_pending_run waiting using outdated where waiting.id = outdated.id returning waiting.*
    ),
    stopped as (
      update scheduler_execution_log run set cancel_requested_at = clock_timestamp(), cancel_reason = ${CANCEL_REASON}
      from stopping where run.id = stopping.id and stopping.job_id in (select job_id from queueing)
      returning run.id, run.job_id, run.scheduled_at
    ),
    told_of_queue as (
      insert into scheduler_event (type, job_id, execution_id, scheduled_at, reason, actor, detail)
      select 'occurrence.skipped', job_id, id, scheduled_at, 'overlap: a later occurrence took its place',
        ${instanceId}::text, jsonb_build_object('cause', 'overlap')
      from replaced
      union all
      select 'run.cancelRequested', job_id, id, scheduled_at, ${CANCEL_REASON}::text, ${instanceId}::text, null from stopped
    ),`;
}
