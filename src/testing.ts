/**
 * `carillon/testing`: the whole scheduler in virtual time, over a store in memory, for tests of your own jobs. It knows no
 * test framework, needs no database, and nothing happens before a test says so.
 *
 *     import { createTestScheduler } from 'carillon/testing';
 *     const carillon = await createTestScheduler({ modules: { billing: billingRegistry }, timezone: 'Asia/Shanghai' });
 *     await carillon.save({ jobId: 'billing.close-month', cronExpression: '0 9 1 * *', dialect: 'unix' });
 *     await carillon.advanceTo('2026-02-01T09:00');
 *     carillon.runs('billing.close-month'); // one, SUCCESS
 */
export {
  createTestScheduler,
  type NextRun,
  type TestBackfill,
  type TestJob,
  type TestScheduler,
  type TestSchedulerOptions,
} from './testing/test-scheduler.ts';
export type { TestReplica } from './testing/test-replica.ts';
export type { Backfill } from './modules/foundation/application/job-backfill.ts';
export type { RecordedEvent } from './modules/foundation/application/ports/event-ledger.ts';
export type { Execution } from './modules/foundation/domain/run.ts';
