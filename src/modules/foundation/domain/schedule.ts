/**
 * The front door of time: what a schedule is, how a text becomes one, and when it fires.
 *
 * Invariant: everything below this file is pure. The same source gives the same occurrences in every process, whatever
 * its `TZ`, and no occurrence is ever returned twice.
 */
export type { DstGap, DstNote, DstOverlap, Dialect, Schedule, ScheduleSource } from './cron/schedule-source.ts';
export { ScheduleError, type ScheduleErrorCode, type ScheduleReading } from './cron/schedule-error.ts';
export { parseSchedule } from './cron/parse-schedule.ts';
export { resolveDialect, type DialectQuestion } from './cron/resolve-dialect.ts';
export { zoneDataFault } from './cron/zone-data-check.ts';
export type { CronField, CronForm, FieldItem, FieldName } from './cron/cron-form.ts';
export { readScheduleText, type ScheduleText } from './cron/schedule-text.ts';
