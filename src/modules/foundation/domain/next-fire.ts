/**
 * When a configured job fires next: its schedule, within the job's own start and end. Owns the arithmetic around a
 * schedule that a configuration adds; the schedule itself knows nothing of it.
 */
import type { JobConfig } from './job-config.ts';
import { parseSchedule, type Schedule } from './schedule.ts';

/**
 * Reads a configuration's schedule.
 * @throws ScheduleError where the text or the zone cannot be read, or can never fire
 */
export function scheduleOf(config: JobConfig): Schedule {
  return parseSchedule({
    text: config.cronExpression,
    dialect: config.dialect,
    timezone: config.timezone,
    jobId: config.jobId,
    anchorAt: config.createdAt.getTime(),
    dstGap: config.dstGap,
    dstOverlap: config.dstOverlap,
  });
}

/**
 * The first occurrence after an instant, not before `startAt` and not after `endAt`.
 * @param afterMs exclusive, milliseconds since 1970
 * @returns milliseconds since 1970, or null when none is left
 */
export function nextFire(config: JobConfig, schedule: Schedule, afterMs: number): number | null {
  const start = config.startAt === null ? afterMs : Math.max(afterMs, config.startAt.getTime() - 1);
  const next = schedule.next(start);
  if (next === null || (config.endAt !== null && next > config.endAt.getTime())) return null;
  return next;
}

/** Paused now, and not only until an instant that has passed. */
export function isPaused(config: Pick<JobConfig, 'pausedAt' | 'pausedUntil'>, nowMs: number): boolean {
  if (config.pausedAt === null) return false;
  return config.pausedUntil === null || config.pausedUntil.getTime() > nowMs;
}
