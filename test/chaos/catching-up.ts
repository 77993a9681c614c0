/** Jobs that catch up on every occurrence, one after another, and whether they have. Nothing is changed by asking. */
import type { ChaosDatabase } from './chaos-database.ts';
import { machineNow } from './shifted-date.ts';

/** What is due so shortly before may still be under way. */
export const PENDING_MS = 12_000;
/** Less than that: what was asked for last is still so when it is judged. */
const BEHIND_MS = 8_000;
const ASKED_EVERY_MS = 500;
/** Long enough for what they missed in the longest outage, each run as long as the longest of theirs. */
const CATCH_UP_MS = 90_000;

/** Resolves when none is behind any more, or when all should have caught up: what they still owe is then judged. */
export async function caughtUp(database: Pick<ChaosDatabase, 'insist'>): Promise<void> {
  const untilMs = machineNow() + CATCH_UP_MS;
  while (machineNow() < untilMs && (await countBehind(database)) > 0) {
    await new Promise((resolve) => setTimeout(resolve, ASKED_EVERY_MS));
  }
}

async function countBehind(database: Pick<ChaosDatabase, 'insist'>): Promise<number> {
  const [row] = await database.insist(
    `select count(*)::int as n from scheduler_job_cursor cursor join scheduler_job_config job using (job_id)
    where job.misfire_policy = 'all' and job.enabled and job.paused_at is null
      and cursor.next_fire_at < clock_timestamp() - $1::float8 * interval '1 millisecond'`,
    [BEHIND_MS],
  );
  return Number(row?.['n']);
}
