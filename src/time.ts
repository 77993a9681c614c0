/**
 * `carillon/time`: schedules in time zones, on their own. Pure; needs no database and no service.
 *
 *     import { parseSchedule } from 'carillon/time';
 *     parseSchedule({ text: '0 9 * * mon-fri', dialect: 'unix', timezone: 'Asia/Shanghai' }).next(Date.now());
 */
export {
  parseSchedule,
  resolveDialect,
  zoneDataFault,
  ScheduleError,
  type Dialect,
  type DialectQuestion,
  type DstGap,
  type DstNote,
  type DstOverlap,
  type Schedule,
  type ScheduleErrorCode,
  type ScheduleReading,
  type ScheduleSource,
} from './modules/foundation/domain/schedule.ts';
export { describeSchedule, type DescriptionLocale } from './modules/foundation/domain/words/describe-schedule.ts';
export { readCrontab } from './modules/foundation/domain/import/read-crontab.ts';
export { readApschedulerJobs } from './modules/foundation/domain/import/read-apscheduler-jobs.ts';
