/**
 * The processes that run jobs, and their leases, by the database's clock.
 *
 * Invariants: a lease that ended begins anew when it is renewed (`held_since`), with this renewal (`held_from`), so that what was claimed
 * under the old one is told from what is claimed now, however the clock was set meanwhile; what was sent two renewals ago is claimed no more (`isLeased`); runs that were claimed ahead and have not started are no rescuer's (`AheadClaims` has
 * them); a run is taken from an instance only while its lease has ended, and at most once, and where its job says
 * so its next attempt waits from that moment on; whoever rescues waits for no lock of a run, so that a rescue and the
 * recording of outcomes never stand in each other's way, and looks at no more than a portion in a statement, so that it is answered
 * in time however many runs were lost.
 */
import { type SQL, sql } from 'drizzle-orm';
import {
  type Instance,
  type Instances,
  type LostRun,
  MISSED_MS,
  type Renewal,
  type Rescue,
} from '../../application/ports/instances.ts';
import { SCHEDULER_ACTOR } from '../../application/ports/pending-runs.ts';
import { LOST_ATTEMPTS } from '../../domain/retry.ts';
import type { Run } from '../../domain/run.ts';
import { isUnconfirmed } from './ahead-claim-statements.ts';
import type { Database } from './database.ts';
import { toExecution } from './execution-row.ts';
import { GIVEN_UP } from './given-up-lease.ts';
import { schedulerExecutionLog } from './schema/runs.ts';
import { schedulerInstance } from './schema/service.ts';
import { decodeRow, ENDS_IN_TIME, readInstant } from './statement-input.ts';

const LOST_MESSAGE = 'The process that ran this job ended, or lost its lease, before the run was over.';

const GOES_ON = sql`own.expires_at > excluded.renewed_at and own.held_since is not null`;

const PORTION = 1_000;

export class PostgresInstances implements Instances {
  readonly #database: Database;
  readonly #portion: number;

  constructor(database: Database, portion = PORTION) {
    this.#database = database;
    this.#portion = portion;
  }

  async renew(instance: Instance, leaseMs: number): Promise<Renewal> {
    const rows = await this.#database.rows<{ now: string; is_alone: boolean }>(sql`
      with clock as materialized (select clock_timestamp() as now where ${ENDS_IN_TIME}),
      renewed as (
        insert into scheduler_instance as own (id, hostname, runtime, version, started_at, renewed_at, expires_at, held_since, renewals,
          held_from)
        select ${instance.id}, ${instance.hostname}, ${instance.runtime}, ${instance.version},
          ${instance.startedAt.toISOString()}::timestamptz, now, now + ${leaseMs}::float8 * interval '1 millisecond',
          date_trunc('milliseconds', now), 1, 1
        from clock
        on conflict (id) do update set renewed_at = excluded.renewed_at, expires_at = excluded.expires_at,
          renewals = own.renewals + 1,
          held_since = case when ${GOES_ON} then own.held_since else excluded.held_since end,
          held_from = case when ${GOES_ON} then own.held_from else own.renewals + 1 end
        returning *
      )
      select clock.now, not exists (
          select from scheduler_instance other
          where other.id <> ${instance.id} and (other.expires_at > clock.now or (
            other.expires_at > clock.now - ${MISSED_MS}::float8 * interval '1 millisecond'
            and other.expires_at > other.renewed_at
          ))
        ) as is_alone, live.*
      from clock, (
        select * from renewed
        union all
        select other.* from scheduler_instance other, clock
        where other.id <> ${instance.id} and other.expires_at > clock.now
      ) as live
      order by live.started_at, live.id`);
    const found = rows.map((row) => decodeRow(schedulerInstance, row));
    const renewals = found.find(({ id }) => id === instance.id)?.renewals ?? 0;
    return { now: readInstant(rows[0]?.now ?? ''), renewals, live: found, isAlone: rows[0]?.is_alone === true };
  }

  async release(instanceId: string): Promise<void> {
    await this.#database.rows(
      sql`update scheduler_instance set expires_at = ${sql.raw(GIVEN_UP)} where id = ${instanceId} and ${ENDS_IN_TIME}`,
    );
  }

  async rescue(instanceId: string, from: string | null = null): Promise<Rescue> {
    const rows = await this.#database.rows<LostRow>(renderRescue(instanceId, from ?? '', this.#portion));
    const lost = rows.flatMap((row) => (row.id === null ? [] : [toLostRun(row)]));
    return { lost, rest: rows[0]?.rest ?? null };
  }

  async getRunning(instanceId: string, longerThanMs: number): Promise<Run[]> {
    const rows = await this.#database.rows(sql`
      select * from scheduler_execution_log
      where instance_id = ${instanceId} and status = 'RUNNING'
        and coalesce(claimed_at, started_at) < clock_timestamp() - ${longerThanMs}::float8 * interval '1 millisecond'`);
    return rows.map((row) => toExecution(decodeRow(schedulerExecutionLog, row)));
  }
}

type FoundRow = { id: string; job_id: string; scheduled_at: string; instance_id: string };
/** One without a run where none was lost. */
type LostRow = (FoundRow | { id: null }) & { rest: string | null };

function toLostRun(row: FoundRow): LostRun {
  return {
    id: row.id,
    jobId: row.job_id,
    scheduledAt: readInstant(row.scheduled_at),
    instanceId: row.instance_id,
  };
}

/** A job whose lost runs are tried again is kept from being deleted until they wait: hence its lock, and where somebody else has it they are left for later. Keys are ordered as texts, which keeps the whole history's index out of it. */
function renderRescue(instanceId: string, from: string, portion: number): SQL {
  return sql`
    with looked as materialized (
      select run.id::text as key, run.id from scheduler_execution_log run
      where run.id::text > ${from} and run.status = 'RUNNING' and run.instance_id <> ${instanceId} and not exists (
        select from scheduler_instance holder
        where holder.id = run.instance_id and (holder.expires_at > clock_timestamp() or ${isUnconfirmed('run')})
      ) and ${ENDS_IN_TIME}
      order by key limit ${portion}
    ),
    orphans as materialized (
      select run.id, run.job_id from looked cross join lateral (
        select one.id, one.job_id from scheduler_execution_log one where one.id = looked.id and one.status || '' = 'RUNNING'
        for update skip locked
      ) run
    ),
    retrying as materialized (
      select job.job_id from scheduler_job_config job
      where job.on_lost = 'retry' and job.job_id in (select job_id from orphans)
    ),
    willing as materialized (
      select job.job_id from scheduler_job_config job
      where job.job_id in (select job_id from retrying)
      order by job.job_id
      for key share of job skip locked
    ),
    lost as materialized (
      select id from orphans
      where job_id in (select job_id from willing) or job_id not in (select job_id from retrying)
    ),
    ended as (
      update scheduler_execution_log run
      set status = 'FAILED', failure_reason = 'LOST', error_message = ${LOST_MESSAGE}, finished_at = clock_timestamp(),
        duration_ms = least(greatest(0, extract(epoch from clock_timestamp() - run.started_at) * 1000), 2147483647)
      from lost where run.id = lost.id
      returning run.*
    ),
    latest as materialized (
      select run.begun_at, job.place from (
        select job_id, max(started_at) as begun_at from ended group by job_id order by job_id
      ) run cross join lateral (
        select one.ctid as place from scheduler_job_config one where one.job_id = run.job_id
        for no key update skip locked
      ) job
    ),
    touched as (
      update scheduler_job_config job set last_run_at = greatest(job.last_run_at, latest.begun_at)
      from latest where job.ctid = latest.place
    ),
    again as (
      insert into scheduler_pending_run
        (id, job_id, scheduled_at, attempt, max_attempts, trigger, job_kwargs, reason, actor)
      select gen_random_uuid(), job_id, scheduled_at, attempt + 1, greatest(max_attempts, ${LOST_ATTEMPTS}::int), 'retry',
        job_kwargs, 'attempt ' || attempt || ' failed: LOST', ${SCHEDULER_ACTOR}
      from ended join willing using (job_id)
      where attempt < greatest(max_attempts, ${LOST_ATTEMPTS}::int) and scheduled_at is not null
        and cancel_requested_at is null
      order by job_id, scheduled_at
      on conflict do nothing
    ),
    told as (
      insert into scheduler_event (type, job_id, execution_id, scheduled_at, reason, actor, detail)
      select 'run.lost', job_id, id, scheduled_at, ${LOST_MESSAGE}::text, ${instanceId}::text,
        jsonb_build_object('instanceId', instance_id)
      from ended
    ),
    departed as materialized (
      select gone.id from scheduler_instance gone
      where gone.expires_at < clock_timestamp() - interval '1 day'
        and not exists (
          select from scheduler_execution_log run where run.status = 'RUNNING' and run.instance_id = gone.id
        )
      for update skip locked
    ),
    forgotten as (delete from scheduler_instance gone using departed where gone.id = departed.id)
    select id, job_id, coalesce(scheduled_at, started_at) as scheduled_at, instance_id, whole.rest
    from (select case when count(*) >= ${portion} then max(key) end as rest from looked) whole left join ended on true`;
}
