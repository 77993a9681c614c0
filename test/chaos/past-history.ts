/**
 * Executions of a time long past, for the job that prunes them: some that are older than it keeps, some that are not. Owns
 * their rows. Invariant: while a run lasts, none of them grows older than is kept; all are inserted by one statement.
 */
import type { ChaosDatabase } from './chaos-database.ts';

/** What `maintenance.prune-history` is told to keep. */
export const KEPT_DAYS = 30;
/** Those to be kept come so near to the edge: a replica whose clock is 2 h fast is not to prune them. */
const STILL_KEPT_MINUTES = 60;

/** How many there were, and are. */
export interface PastHistory {
  readonly within: { readonly inserted: number; readonly left: number };
  readonly outside: { readonly inserted: number; readonly left: number };
}

function halves(rows: number): { within: number; outside: number } {
  const within = Math.floor(rows / 2);
  return { within, outside: rows - within };
}

/** Half of them are to be kept: the others are older, from a minute beyond the edge on. */
export async function insertPast(database: ChaosDatabase, rows: number): Promise<void> {
  await database.ask(
    `insert into scheduler_execution_log (job_id, started_at, finished_at, status, scheduled_at, duration_ms)
    select 'past-' || place || '-' || n % 50, at, at + interval '1 second', 'SUCCESS', at, 1000
    from (select now() - interval '${KEPT_DAYS} days' as edge) as retention, generate_series(1, $1::int) as n, lateral (
      select 'within' as place, edge + interval '${STILL_KEPT_MINUTES} minutes' + n * interval '50 milliseconds' as at
      where n <= $2::int
      union all
      select 'outside', edge - interval '1 minute' - n * interval '50 milliseconds' where n > $2::int
    ) as past`,
    [rows, halves(rows).within],
  );
}

export async function readPast(database: ChaosDatabase, rows: number): Promise<PastHistory> {
  const [row] = await database.insist(`
    select count(*) filter (where job_id like 'past-within-%')::int as within,
      count(*) filter (where job_id like 'past-outside-%')::int as outside
    from scheduler_execution_log where job_id like 'past-%'`);
  const { within, outside } = halves(rows);
  return {
    within: { inserted: within, left: Number(row?.['within']) },
    outside: { inserted: outside, left: Number(row?.['outside']) },
  };
}
