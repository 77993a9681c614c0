/** What is claimed before it is due: a second ahead, or more, as of a herd of more than 5,000. Nothing is changed by asking. */
import type { ChaosDatabase } from './chaos-database.ts';
import type { Cluster, Slot } from './cluster.ts';
import { FAR_AHEAD_MS, type Herd } from './herd.ts';
import { machineNow } from './shifted-date.ts';

const IS_FAR = `claimed_at < scheduled_at - interval '${FAR_AHEAD_MS} milliseconds'`;
const IS_HELD = "run.status = 'RUNNING' and run.trigger = 'schedule' and run.claimed_at < run.scheduled_at";
/** What is due sooner would be started before the signal comes. */
const SIGNALLED_WITHIN_MS = 20;
const ASKED_EVERY_MS = 20;
/** So long it is waited for; of a herd that is due more seldom, until it is due once more. */
const PATIENCE_MS = 60_000;

/** Claims that were not due yet. */
export interface HeldAhead {
  readonly all: number;
  /** Made more than a second before they were due. */
  readonly far: number;
}

/** How many occurrences of the herd were claimed more than a second ahead, and kept their record. */
export async function countFarAhead(database: ChaosDatabase): Promise<number> {
  const [row] = await database.insist(
    `select count(*)::int as n from scheduler_execution_log where ${IS_FAR} and job_id like 'herd-%'`,
  );
  return Number(row?.['n']);
}

/** How many claims ahead a replica, or all where it is the server, held at an instant that has just passed. 0: nobody can say. */
export async function heldAhead(database: ChaosDatabase, on: string, atMs: number): Promise<HeldAhead> {
  const rows = await database
    .ask(
      `select count(*)::int as n, count(*) filter (where ${IS_FAR})::int as far
      from scheduler_execution_log run join scheduler_instance holder on holder.id = run.instance_id
      where ${IS_HELD} and run.scheduled_at > to_timestamp($2::float8 / 1000) and $1 in (holder.hostname, 'server')`,
      [on, atMs],
    )
    .catch(() => []);
  return { all: Number(rows[0]?.['n'] ?? 0), far: Number(rows[0]?.['far'] ?? 0) };
}

/**
 * Resolves as soon as a replica holds claims of what is not due yet, far ahead where the herd is claimed so: with the one
 * that holds most of them. Null: for a long time none did.
 */
export async function findHolder({ database, slots }: Cluster, herd: Herd): Promise<Slot | null> {
  const untilMs = machineNow() + Math.max(PATIENCE_MS, herd.everyMs + 1_000);
  while (machineNow() < untilMs) {
    const inMs = herd.everyMs - (machineNow() % herd.everyMs);
    // Outside that time it need not be asked.
    await new Promise((resolve) => setTimeout(resolve, Math.max(ASKED_EVERY_MS, inMs - herd.aheadMs)));
    const rows = await database
      .ask(
        `select holder.hostname, count(*)
        from scheduler_execution_log run join scheduler_instance holder on holder.id = run.instance_id
        where ${IS_HELD} and ${herd.aheadMs > FAR_AHEAD_MS ? IS_FAR : 'true'}
          and run.scheduled_at > clock_timestamp() + $1::float8 * interval '1 millisecond'
        group by holder.hostname order by count(*) desc`,
        [SIGNALLED_WITHIN_MS],
      )
      .catch(() => []);
    for (const { hostname } of rows) {
      const slot = slots.find(({ replica }) => replica.name === hostname && replica.isAlive && !replica.isDoomed);
      if (slot !== undefined) return slot;
    }
  }
  return null;
}
