/**
 * The statements that write the execution log in batches: RUNNING records, and outcomes.
 *
 * Invariant: an outcome is written only to a record that is RUNNING and held by the instance that reports it; the job's
 * `last_run_at` and the run that waits for the next attempt are written with it, and so is
 * the event of one that its own instance calls lost, whose next attempt is what its job says of lost runs. Rows are locked in the order of their
 * keys, log before configuration, so that replicas writing at once never block each other in a circle. Records are looked
 * up one by one in the order of the input, by their keys alone (`|| ''` keeps the index of RUNNING records out of it, which
 * an instance in a herd fills; a range of one id, so that nothing is hashed or merged): what it costs depends on the batch, and not on how much there is or on what the planner
 * believes of it.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Outcome, Run } from '../../domain/run.ts';
import { SCHEDULER_ACTOR } from '../../application/ports/pending-runs.ts';
import { LOST_ATTEMPTS } from '../../domain/retry.ts';
import { herdRows, inputRows } from './statement-input.ts';
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
 * Answers with the ids that were written.
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

/** Answers with the ids whose outcome is recorded: by this statement, or by the same report before it. */
export function renderUpdate(outcomes: readonly RunOutcome[]): SQL {
  return sql`
    with input as materialized (
      select distinct on (id) * from ${herdRows('input', { own: { id: 'uuid' }, shared: OUTCOME_COLUMNS }, outcomes.map(toOutcomeRow))} order by id
    ),
    held as materialized (
      select run.id from input cross join lateral (
        select id from scheduler_execution_log one
        where one.id = input.id and one.status || '' = 'RUNNING' and one.instance_id || '' = input.instance_id
        for update
      ) run
    ),
    done as (
      update scheduler_execution_log run
      set status = input.status, started_at = coalesce(input.started_at, run.started_at), finished_at = input.finished_at, duration_ms = input.duration_ms,
        failure_reason = input.failure_reason, error_message = input.error_message, error_stack = input.error_stack,
        result = input.result
      from input join held using (id)
      where run.id >= held.id and run.id <= held.id
      returning run.*, input.retry_after_ms
    ),
    latest as (select job_id, max(started_at) as started_at from done group by job_id),
    jobs as materialized (
      select job.job_id, job.on_lost, latest.started_at from scheduler_job_config job join latest using (job_id)
      order by job.job_id
      for no key update of job
    ),
    touched as (
      update scheduler_job_config job set last_run_at = greatest(job.last_run_at, jobs.started_at)
      from jobs where job.job_id = jobs.job_id
    ),
    next as (
      select done.*,
        case when failure_reason = 'LOST' then greatest(max_attempts, ${LOST_ATTEMPTS}::int) else max_attempts end as attempts,
        case when failure_reason is distinct from 'LOST' then retry_after_ms when jobs.on_lost = 'retry' then 0 end as after_ms
      from done join jobs using (job_id)
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
      from done where failure_reason = 'LOST'
    )
    select id from done
    union all
    select run.id from input cross join lateral (
      select id from scheduler_execution_log one
      where one.id = input.id and one.status = input.status and one.instance_id = input.instance_id
        and one.finished_at = input.finished_at
      offset 0
    ) run`;
}

/** Answers with the newest success of each job that has one. */
export function renderLastSuccesses(jobIds: readonly string[]): SQL {
  return sql`
    select input.job_id, run.finished_at
    from ${inputRows(
      'input',
      { job_id: 'text' },
      jobIds.map((jobId) => ({ job_id: jobId })),
    )} cross join lateral (
      select finished_at from scheduler_execution_log one
      where one.job_id = input.job_id and one.status = 'SUCCESS'
      order by one.started_at desc limit 1
    ) run`;
}

function toOutcomeRow({ run, outcome }: RunOutcome): Record<'id' | keyof typeof OUTCOME_COLUMNS, unknown> {
  const failed = outcome.status === 'FAILED' ? outcome : null;
  const stack = failed?.errorStack ?? null;
  return {
    id: run.id,
    // Known when it was claimed, but for one that was claimed ahead.
    started_at: run.claimedAt != null && run.claimedAt < run.scheduledAt ? run.startedAt : null,
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
