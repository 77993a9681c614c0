/** Turns a source into a schedule. */
import { ScheduleError } from './schedule-error.ts';
import type { Schedule, ScheduleSource } from './schedule-source.ts';

/**
 * Reads a schedule text.
 * @throws {ScheduleError} for every text or zone that cannot be read; nothing else.
 */
export function parseSchedule(source: ScheduleSource): Schedule {
  throw new ScheduleError('SCHEDULE_INVALID', `not readable yet: ${source.text}`);
}
