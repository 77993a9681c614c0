/**
 * When a configured job fires next: its schedule, within the job's own start and end. Owns the arithmetic around a
 * schedule that a configuration adds; the schedule itself knows nothing of it.
 */
import { RecentCache } from './cron/recent-cache.ts';
import type { RunnableConfig, JobConfig } from './job-config.ts';
import { parseSchedule, type Schedule } from './schedule.ts';

const shared = new RecentCache<Schedule>(2_048);

/** Of `H` the job's id is the salt, and `@every` counts from its creation; all else is the same for every job. */
function dependsOnJob({ cronExpression, dialect }: RunnableConfig): boolean {
  return cronExpression.includes('@') || (dialect === 'unix' && cronExpression.includes('H'));
}

/**
 * Reads a configuration's schedule. Jobs that say the same have one between them.
 * @throws ScheduleError where the text or the zone cannot be read, or can never fire
 */
export function scheduleOf(config: RunnableConfig): Schedule {
  const { cronExpression: text, dialect, timezone, dstGap, dstOverlap } = config;
  const source = { text, dialect, timezone, dstGap, dstOverlap };
  if (dependsOnJob(config)) {
    return parseSchedule({ ...source, jobId: config.jobId, anchorAt: config.createdAt.getTime() });
  }
  const key = `${dialect}\0${text}\0${timezone}\0${dstGap}\0${dstOverlap}`;
  const known = shared.get(key);
  if (known !== undefined) return known;
  const schedule = parseSchedule(source);
  shared.set(key, schedule);
  return schedule;
}

/**
 * The first occurrence after an instant, not before `startAt` and not after `endAt`.
 * @param afterMs exclusive, milliseconds since 1970
 * @returns milliseconds since 1970, or null when none is left
 */
export function nextFire(
  { startAt, endAt }: Pick<JobConfig, 'startAt' | 'endAt'>,
  schedule: Schedule,
  afterMs: number,
): number | null {
  const start = startAt === null ? afterMs : Math.max(afterMs, startAt.getTime() - 1);
  const next = schedule.next(start);
  if (next === null || (endAt !== null && next > endAt.getTime())) return null;
  return next;
}

/** Paused now, and not only until an instant that has passed. */
export function isPaused(config: Pick<JobConfig, 'pausedAt' | 'pausedUntil'>, nowMs: number): boolean {
  if (config.pausedAt === null) return false;
  return config.pausedUntil === null || config.pausedUntil.getTime() > nowMs;
}
