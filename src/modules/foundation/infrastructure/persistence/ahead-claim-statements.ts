/**
 * The statements of an instance that holds runs which it claimed ahead: it confirms them, or gives them back
 * (`give-back-steps.ts`).
 *
 * Invariant: a run is confirmed only at or after its due time, under an unbroken lease, where neither its job was changed
 * since nor anybody wants it to stop; confirming all at once sees that by the sequence alone, which moves with either.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { AheadRun, Confirming } from '../../application/ports/ahead-claims.ts';
import { ANSWERED, renderGiveBack, TOLD } from './give-back-steps.ts';
import { isSameSchedule, SCHEDULE_COLUMNS, toScheduleRow } from './schedule-columns.ts';
import { ENDS_IN_TIME, inputRows } from './statement-input.ts';

const AHEAD_COLUMNS = {
  run_id: 'uuid',
  job_id: 'text',
  revision: 'bigint',
  scheduled_at: 'timestamptz',
  renewals: 'int',
  next_fire_at: 'timestamptz',
  ...SCHEDULE_COLUMNS,
} as const;

function renderInput(runs: readonly AheadRun[]): SQL {
  const rows = runs.map(({ run, config, nextFireAt, renewals }) => ({
    run_id: run.id,
    job_id: run.jobId,
    revision: config.revision,
    scheduled_at: run.scheduledAt,
    renewals,
    next_fire_at: nextFireAt ?? 'infinity',
    ...toScheduleRow(config),
  }));
  return sql`input as materialized (select * from ${inputRows('input', AHEAD_COLUMNS, rows)})`;
}

/** The columns of the step `doomed`, of `input` and its `job`. */
const doomedOf = (instanceId: string): SQL => sql`
  input.run_id, input.job_id, input.scheduled_at, ${instanceId}::text as holder, input.next_fire_at as moved_to,
  ${isSameSchedule('job', 'input')} as is_same`;

/** A record that was written ahead and that its instance has not confirmed: it has not started. */
export function isUnconfirmed(alias: string): SQL {
  const run = sql.raw(alias);
  return sql`(${run}.status = 'RUNNING' and ${run}.trigger = 'schedule' and ${run}.claimed_at < ${run}.scheduled_at
    and not exists (
      select from scheduler_instance confirmer
      where confirmer.id = ${run}.instance_id and confirmer.confirmed_until >= ${run}.scheduled_at
    ))`;
}

/**
 * Of a lease that has not ended by the database's clock, and was renewed at most once since the statement was sent: one that
 * was on its way for longer, and that whoever sent it has given up, claims nothing.
 * @param renewals as often the lease had been renewed when it was sent; left out: that is not asked
 */
export function isLeased(instanceId: string, renewals?: number): SQL {
  const isFresh = renewals === undefined ? sql`` : sql`and holder.renewals <= ${renewals}::int + 1`;
  return sql`exists (
    select from scheduler_instance holder
    where holder.id = ${instanceId} and holder.expires_at > clock_timestamp() ${isFresh} and ${ENDS_IN_TIME}
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
        and ${ENDS_IN_TIME}
      returning case when own.held_since is not null then own.held_from end as held_from
    )`;
}

export function renderConfirmAll(
  instanceId: string,
  order: Confirming & { readonly tick: number; readonly renewals: number },
): SQL {
  const condition = sql`own.held_since is not null and own.held_from <= ${order.renewals}::int
    and (select last_value from scheduler_revision_seq) = ${order.tick}::bigint`;
  return sql`
    with ${renderConfirmed(instanceId, order, condition)}
    select clock.now, exists (select from confirmed) as is_confirmed from clock`;
}

export function renderConfirmEach(instanceId: string, order: Confirming, runs: readonly AheadRun[]): SQL {
  return sql`
    with ${renderInput(runs)},
    ${renderConfirmed(instanceId, order, sql`true`)},
    doomed as materialized (
      select ${doomedOf(instanceId)}
      from clock cross join input left join scheduler_job_config job on job.job_id = input.job_id
      where clock.now >= ${order.dueAt.toISOString()}::timestamptz and (
        job.revision is distinct from input.revision
        or coalesce(input.renewals < (select held_from from confirmed), true)
        or exists (
          select from scheduler_execution_log run where run.id = input.run_id and run.cancel_requested_at is not null
        )
      )
    ),
    ${renderGiveBack(instanceId)}
    select clock.now, (select held_from from confirmed), input.run_id, run_id in (${ANSWERED}) as is_gone,
      exists (select from confirmed) and run_id not in (select run_id from doomed) as is_confirmed,
      ${TOLD}
    from clock cross join input`;
}

export function renderGiveBackAll(instanceId: string, runs: readonly AheadRun[]): SQL {
  return sql`
    with ${renderInput(runs)},
    doomed as materialized (
      select ${doomedOf(instanceId)} from input left join scheduler_job_config job on job.job_id = input.job_id
      where ${ENDS_IN_TIME}
    ),
    ${renderGiveBack(instanceId)}
    select id as run_id, ${TOLD} from (${ANSWERED}) answered`;
}
