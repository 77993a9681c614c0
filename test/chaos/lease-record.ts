/**
 * What the service's tables forget: who held a lease from when until when, and which claims were given back before they
 * started. Owns the two tables beside them, which triggers fill. Invariant: what is recorded is committed, or undone, with
 * the statement that it tells of.
 */
import type { ChaosDatabase } from './chaos-database.ts';

/** A lease as one statement left it: begun, renewed, confirmed, or released. */
export interface LeaseRecord {
  /** The replica's incarnation; it has one instance. */
  readonly instance: string;
  readonly instanceId: string;
  /** When it was written. */
  readonly atMs: number;
  readonly renewedAtMs: number;
  readonly untilMs: number;
  /** What it had claimed ahead and was due by then may have started; null: nothing yet. */
  readonly confirmedUntilMs: number | null;
}

/** A record that was RUNNING and is gone: its occurrence may be claimed again. */
export interface GiveBackRecord {
  readonly executionId: string;
  readonly jobId: string;
  readonly scheduledAtMs: number;
  readonly instanceId: string;
  readonly atMs: number;
}

const TABLES = `
  create table if not exists chaos_lease (
    instance_id text, hostname text, at timestamptz default clock_timestamp(),
    renewed_at timestamptz, expires_at timestamptz, confirmed_until timestamptz
  );
  create table if not exists chaos_give_back (
    execution_id uuid, job_id text, scheduled_at timestamptz, instance_id text, at timestamptz default clock_timestamp()
  );
  create or replace function chaos_note_lease() returns trigger language plpgsql as $$
  begin
    insert into chaos_lease (instance_id, hostname, renewed_at, expires_at, confirmed_until)
    values (new.id, new.hostname, new.renewed_at, new.expires_at, new.confirmed_until);
    return null;
  end $$;
  create or replace function chaos_note_give_back() returns trigger language plpgsql as $$
  begin
    insert into chaos_give_back (execution_id, job_id, scheduled_at, instance_id)
    values (old.id, old.job_id, old.scheduled_at, old.instance_id);
    return null;
  end $$;
  create or replace trigger chaos_lease after insert or update on scheduler_instance
    for each row execute function chaos_note_lease();
  create or replace trigger chaos_give_back after delete on scheduler_execution_log
    for each row when (old.status = 'RUNNING') execute function chaos_note_give_back();
  insert into chaos_lease (instance_id, hostname, renewed_at, expires_at, confirmed_until)
    select id, hostname, renewed_at, expires_at, confirmed_until from scheduler_instance`;

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

/** From now on, the leases that there are already among them. */
export async function recordLeases(database: ChaosDatabase): Promise<void> {
  await database.insist(TABLES);
}

/** In the order of their time. */
export async function readLeases(database: ChaosDatabase): Promise<LeaseRecord[]> {
  const text = `
    select instance_id, hostname, ${ms('at')} as at, ${ms('renewed_at')} as renewed, ${ms('expires_at')} as until,
      ${ms('confirmed_until')} as confirmed
    from chaos_lease order by at`;
  return await database.readAll(text, (row) => ({
    instance: String(row['hostname']),
    instanceId: String(row['instance_id']),
    atMs: Number(row['at']),
    renewedAtMs: Number(row['renewed']),
    untilMs: Number(row['until']),
    confirmedUntilMs: row['confirmed'] === null ? null : Number(row['confirmed']),
  }));
}

export async function readGiveBacks(database: ChaosDatabase): Promise<GiveBackRecord[]> {
  const text = `
    select execution_id, job_id, ${ms('scheduled_at')} as scheduled, instance_id, ${ms('at')} as at from chaos_give_back`;
  return await database.readAll(text, (row) => ({
    executionId: String(row['execution_id']),
    jobId: String(row['job_id']),
    scheduledAtMs: Number(row['scheduled']),
    instanceId: String(row['instance_id']),
    atMs: Number(row['at']),
  }));
}
