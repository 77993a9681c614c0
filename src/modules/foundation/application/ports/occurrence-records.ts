/** What is recorded of one occurrence of a job: its runs, and those that wait. */
import type { Execution } from '../../domain/run.ts';
import type { PendingRun } from './pending-runs.ts';

export interface OccurrenceRecord {
  /** All attempts, the first one first. */
  readonly executions: readonly Execution[];
  /** The next attempt that waits; null: none does. */
  readonly pending: PendingRun | null;
}

export interface OccurrenceRecords {
  read(jobId: string, scheduledAt: Date): Promise<OccurrenceRecord>;
  /** The earliest instant of a run that is recorded or waits, from `from` until before `until`; null: there is none. */
  firstWithin(jobId: string, from: Date, until: Date): Promise<Date | null>;
  /** Whether any run of the job is recorded. */
  hasAny(jobId: string): Promise<boolean>;
}
