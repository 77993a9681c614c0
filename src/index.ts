/**
 * `carillon`: a job scheduler as a library. Define jobs, make a scheduler, mount its `app`, start it.
 *
 *     import { createScheduler, defineJob } from 'carillon';
 *     const carillon = await createScheduler({ modules: { billing: { 'billing.close': defineJob({ run }) } } });
 *     await carillon.start();
 */
export {
  createScheduler,
  type PostgresClient,
  type Scheduler,
  type SchedulerOptions,
} from './main/create-scheduler.ts';
export type { ModuleRegistries } from './main/modules.ts';
export type { SettingName } from './main/setting-names.ts';
export type { Logger } from './modules/foundation/application/ports/logger.ts';
export type {
  ManualJob,
  SchedulerApplicationService,
} from './modules/foundation/application/scheduler-application-service.ts';
export * from './modules/foundation/domain/errors.ts';
export {
  defineJob,
  type JobContext,
  type JobDefinition,
  type JobFunction,
  type JobLogger,
  type JobRegistry,
  type Json,
  type JsonObject,
} from './modules/foundation/domain/job-definition.ts';
