/**
 * The statements that write the execution log in batches: RUNNING records, and outcomes.
 *
 * Invariant: an outcome is written only to a record that is RUNNING and held by the instance that reports it; the job's
 * `last_run_at` and the run that waits for the next attempt are written with it, and so is
 * the event of one that its own instance calls lost, whose next attempt is what its job says of lost runs. All of the log is
 * written before all of the configuration, which several instances and editors write at once: it is locked first, and a row that
 * somebody holds is left for later, so that whoever edits a job keeps no outcome waiting. Each row is looked up by its key (`lateral`, which `offset 0` keeps from
 * becoming a join; `|| ''` keeps the index of RUNNING records out of it, which an instance in a herd fills): what that costs
 * depends on the batch, and not on how long the history is, but for a table that grew from a few rows to thousands since it was
 * analysed: there PostgreSQL may scan until it is analysed again. What was found is written at its place, where it is asked again
 * what is asked of it: it may have been changed meanwhile. What stands elsewhere by then is looked up once more. The record of a
 * failed run is locked as it is read: what it says decides what follows.
 */
import { type SQL, sql } from 'drizzle-orm';
import { type Outcome, type Run, wasClaimedAhead } from '../../domain/run.ts';
import { SCHEDULER_ACTOR } from '../../application/ports/pending-runs.ts';
import { LOST_ATTEMPTS } from '../../domain/retry.ts';
import { LAST_RUN } from './last-run-statements.ts';
import { ENDS_IN_TIME, herdRows, inputRows } from './statement-input.ts';
import { MAX_RESULT_CHARACTERS, toWritableJson, toWritableText } from '../../domain/writable-text.ts';

const RUN_COLUMNS = {
  id: 'uuid',
  job_id: 'text',
  scheduled_at: 'timestamptz',
  started_at: 'timestamptz',
  attempt: 'int',
  max_attempts: 'int',
  trigger: 'text',
  instance_id: 'text',
  job_kwargs: 'jsonb',
} as const;

/**
 * Answers with the ids that were written. Of those that are there already no lock is waited for.
 * @param mayExclude false: the records keep no other run away, so that nothing but their own key can be in their way
 */
export function renderCreate(runs: readonly Run[], mayExclude: boolean): SQL {
  const rows = runs.map((run) => ({
    id: run.id,
    job_id: run.jobId,
    scheduled_at: run.scheduledAt,
    started_at: run.startedAt,
    attempt: run.attempt,
    max_attempts: run.maxAttempts,
    trigger: run.trigger,
    instance_id: run.instanceId,
    job_kwargs: toWritableJson(run.jobKwargs),
  }));
  const columns = sql.raw(Object.keys(RUN_COLUMNS).join(', '));
  // What runs already is recorded even beside an exclusive run: then it does not claim to be exclusive itself.
  return sql`
    insert into scheduler_execution_log (${columns}, status, is_exclusive)
    select ${columns}, 'RUNNING',
      ${mayExclude}::boolean and exists (
        select from scheduler_job_config job where job.job_id = input.job_id and job.overlap_policy <> 'allow'
      ) and not exists (
        select from scheduler_execution_log other
        where other.job_id = input.job_id and other.status = 'RUNNING' and other.is_exclusive
      ) and row_number() over (partition by job_id order by id) = 1
    from ${inputRows('input', RUN_COLUMNS, rows)}
    where ${ENDS_IN_TIME} and (select true from scheduler_execution_log known where known.id = input.id limit 1) is null
      and (
        select true from scheduler_execution_log known
        where known.job_id = input.job_id and known.scheduled_at = input.scheduled_at and known.attempt = input.attempt limit 1
      ) is null
    order by job_id, id
    on conflict do nothing
    returning id`;
}

const OUTCOME_COLUMNS = {
  started_at: 'timestamptz',
  instance_id: 'text',
  status: 'text',
  finished_at: 'timestamptz',
  duration_ms: 'int',
  failure_reason: 'text',
  error_message: 'text',
  error_stack: 'text',
  result: 'jsonb',
  retry_after_ms: 'float8',
} as const;

export interface RunOutcome {
  readonly run: Run;
  readonly outcome: Outcome;
}

const OUTCOME_SET = sql`status = input.status, started_at = coalesce(input.started_at, run.started_at), finished_at = input.finished_at,
        duration_ms = input.duration_ms, failure_reason = input.failure_reason, error_message = input.error_message,
        error_stack = input.error_stack, result = input.result`;

/** What is asked of the record of a run that failed, beside what is asked of all. */
const OF_FAILED = sql`one.scheduled_at, one.attempt, one.max_attempts, one.job_kwargs, one.cancel_requested_at,`;

/** @param alias of a record that is to be written, or was changed since it was read */
function isHeld(alias: string): SQL {
  const run = sql.raw(alias);
  return sql`${run}.status || '' = 'RUNNING' and ${run}.instance_id || '' = input.instance_id`;
}

/**
 * Answers with the ids whose outcome is not recorded: neither by this statement, nor by the same report before it; and with the
 * jobs whose rows somebody else holds, and when their newest run began: `renderTouch` is theirs.
 */
export function renderUpdate(outcomes: readonly RunOutcome[]): SQL {
  const isFailed = outcomes.some(({ outcome }) => outcome.status === 'FAILED');
  return sql`
    with input as materialized (
      select distinct on (id) * from ${herdRows('input', { own: { id: 'uuid' }, shared: OUTCOME_COLUMNS }, outcomes.map(toOutcomeRow))}
      where ${ENDS_IN_TIME} order by id
    ),
    held as materialized (
      select input.*, run.* from input cross join lateral (
        select ${isFailed ? OF_FAILED : sql``} one.job_id, one.ctid as place
        from scheduler_execution_log one
        where one.id = input.id and ${isHeld('one')}
        ${isFailed ? sql`for update` : sql`offset 0`}
      ) run
    ),
    done_in_place as (
      update scheduler_execution_log run set ${OUTCOME_SET}
      from (select * from held order by id) input
      where run.ctid = input.place and ${isHeld('run')}
      returning run.id, run.job_id, run.started_at, run.status, run.finished_at
    ),
    done_elsewhere as (
      update scheduler_execution_log run set ${OUTCOME_SET}
      from held input
      where run.id = input.id and ${isHeld('run')} and input.id not in (select id from done_in_place)
      returning run.id, run.job_id, run.started_at, run.status, run.finished_at
    ),
    done as materialized (select * from done_in_place union all select * from done_elsewhere),
    latest as materialized (
      select job_id, max(started_at) as begun_at, max(finished_at) filter (where status = 'SUCCESS') as success_at
      from done group by job_id order by job_id
    ),
    jobs as materialized (
      select latest.*, job.* from latest cross join lateral (
        select one.ctid as place from scheduler_job_config one where one.job_id = latest.job_id
        for no key update skip locked
      ) job
    ),
    touched_in_place as (
      update scheduler_job_config job set ${LAST_RUN}
      from jobs where job.ctid = jobs.place
      returning job.job_id
    ),
    touched_elsewhere as (
      update scheduler_job_config job set ${LAST_RUN}
      from jobs where job.job_id = jobs.job_id and jobs.job_id not in (select job_id from touched_in_place)
    )
    ${isFailed ? sql`, ${renderFailed()}` : sql``}
    select null::uuid as id, job_id, begun_at, success_at from latest
    where job_id not in (select job_id from jobs) and exists (
      select from scheduler_job_config one where one.job_id = latest.job_id
    )
    union all
    select id, null, null, null from input
    where id not in (select id from done) and (
      select true from (select * from scheduler_execution_log one where one.id = input.id for share offset 0) one
      where one.status = input.status and one.instance_id = input.instance_id and one.finished_at = input.finished_at
      limit 1
    ) is null`;
}

/** What follows a run that failed. */
function renderFailed(): SQL {
  return sql`next as (
      select held.*,
        case when failure_reason = 'LOST' then greatest(max_attempts, ${LOST_ATTEMPTS}::int) else max_attempts end as attempts,
        case when failure_reason is distinct from 'LOST' then retry_after_ms when job.on_lost = 'retry' then 0 end as after_ms
      from held cross join lateral (
        select one.on_lost from scheduler_job_config one where one.job_id = held.job_id offset 0
      ) job where held.status = 'FAILED' and id in (select id from done)
    ),
    again as (
      insert into scheduler_pending_run
        (id, job_id, scheduled_at, attempt, max_attempts, trigger, job_kwargs, reason, actor, available_at)
      select gen_random_uuid(), job_id, scheduled_at, attempt + 1, attempts, 'retry', job_kwargs,
        'attempt ' || attempt || ' failed: ' || failure_reason, ${SCHEDULER_ACTOR},
        finished_at + after_ms * interval '1 millisecond'
      from next
      where after_ms is not null and attempt < attempts and cancel_requested_at is null and scheduled_at is not null
      order by job_id, scheduled_at
      on conflict do nothing
    ),
    told as (
      insert into scheduler_event (type, job_id, execution_id, scheduled_at, reason, actor, detail)
      select 'run.lost', job_id, id, scheduled_at, error_message, instance_id, jsonb_build_object('instanceId', instance_id)
      from held where failure_reason = 'LOST' and id in (select id from done)
    )`;
}

function toOutcomeRow({ run, outcome }: RunOutcome): Record<'id' | keyof typeof OUTCOME_COLUMNS, unknown> {
  const failed = outcome.status === 'FAILED' ? outcome : null;
  const stack = failed?.errorStack ?? null;
  return {
    id: run.id,
    // Known when it was claimed, but for one that was claimed ahead.
    started_at: wasClaimedAhead(run) ? run.startedAt : null,
    instance_id: run.instanceId,
    status: outcome.status,
    finished_at: outcome.finishedAt,
    duration_ms: Math.min(Math.max(0, Math.round(outcome.durationMs)), 2_147_483_647),
    failure_reason: failed?.failureReason ?? null,
    error_message: failed === null ? null : toWritableText(failed.errorMessage),
    error_stack: stack === null ? null : toWritableText(stack),
    result: outcome.status === 'SUCCESS' ? toWritableJson(outcome.result, MAX_RESULT_CHARACTERS) : null,
    retry_after_ms: failed?.retryAfterMs ?? null,
  };
}
