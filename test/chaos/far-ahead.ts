/** What was claimed more than a second before it was due, as a herd of more than 20,000 is. Nothing is changed by asking. */
import type { ChaosDatabase } from './chaos-database.ts';

const IS_FAR = "claimed_at < scheduled_at - interval '1 second'";

/** How many occurrences of the herd were claimed so, and kept their record. */
export async function countFarAhead(database: ChaosDatabase): Promise<number> {
  const [row] = await database.insist(
    `select count(*)::int as n from scheduler_execution_log where ${IS_FAR} and job_id like 'herd-%'`,
  );
  return Number(row?.['n']);
}

/** How many claims of that kind a replica, or all where it is the server, held at an instant that has just passed. 0: nobody can say. */
export async function heldFarAhead(database: ChaosDatabase, on: string, atMs: number): Promise<number> {
  const rows = await database
    .ask(
      `select count(*)::int as n
      from scheduler_execution_log run join scheduler_instance holder on holder.id = run.instance_id
      where run.status = 'RUNNING' and ${IS_FAR} and run.scheduled_at > to_timestamp($2::float8 / 1000)
        and $1 in (holder.hostname, 'server')`,
      [on, atMs],
    )
    .catch(() => []);
  return Number(rows[0]?.['n'] ?? 0);
}
