/** The execution log, persisted. Only the holder of a run's lease can write its outcome; a late one changes nothing. */
import type { Execution, Outcome, Run, RunStatus, RunTrigger } from '../../domain/run.ts';
import type { Page } from './job-config-repository.ts';

export interface ExecutionQuery {
  readonly limit: number;
  readonly cursor?: string;
  readonly jobId?: string;
  readonly status?: RunStatus;
  readonly trigger?: RunTrigger;
  /** `startedAt` at or after. */
  readonly from?: Date;
  /** `startedAt` before. */
  readonly to?: Date;
}

export interface ExecutionLogRepository {
  /** Writes a RUNNING record. Writing the same run again changes nothing. */
  create(run: Run): Promise<void>;
  /**
   * Writes the outcome of a run that this instance still holds, and the job's `last_run_at`: a moment later where somebody
   * is editing the job. Calls are gathered into one
   * statement a batch. @returns false when the run was taken away meanwhile (fenced): nothing was written
   * @param isApart somebody held its record before: no other outcome is to wait with this one
   * @throws DatabaseBusyError where somebody holds its record
   */
  update(run: Run, outcome: Outcome, isApart?: boolean): Promise<boolean>;
  /** Writes the `last_run_at` that is still to be written, but for what is still held. Asked at each beat, and at the end. */
  writeLastRuns(): Promise<void>;
  /** Newest first. */
  getRecentByJobId(jobId: string, limit: number): Promise<Execution[]>;
  getById(id: string): Promise<Execution | null>;
  list(query: ExecutionQuery): Promise<Page<Execution>>;
  lastSuccessAt(jobId: string): Promise<Date | null>;
}
