/** What runs say while they run, persisted: their progress, and their log lines in the order they were written. */
import type { RunLogLine } from '../../domain/run-output.ts';
import type { Progress } from '../../domain/run.ts';

export interface RunOutput {
  readonly executionId: string;
  readonly instanceId: string;
  /** null: as it was. */
  readonly progress: Progress | null;
  readonly lines: readonly RunLogLine[];
}

export interface RunOutputs {
  /**
   * Writes to a RUNNING record of that instance; a line that is there already stays as it is. Calls are gathered into one
   * statement. @returns false when the record is not one, or not there: nothing was written
   */
  write(output: RunOutput): Promise<boolean>;
  /** The lines after that number, `limit` at most, in their order. */
  getLines(executionId: string, part: { after: number; limit: number }): Promise<RunLogLine[]>;
}

/** Lets what a run has said go before its outcome, since nothing is written of a run that has ended. */
export interface RunOutputGate {
  /**
   * Resolves and rejects as `record` does; what the run has said is given up once that has resolved.
   * @throws DatabaseUnavailableError where that is not written yet, and `record` is to be tried again
   */
  conclude<T>(executionId: string, record: () => Promise<T>): Promise<T>;
  /** It gets no record: what it has said is given up. */
  forget(executionId: string): void;
}
