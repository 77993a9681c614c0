/**
 * Records that could not be written, kept in memory until the database is back. Invariant: nothing leaves it before it
 * was written, or was found to belong to somebody else meanwhile. It dies with the process: then the run is LOST.
 */
import type { Outcome, Run } from '../domain/run.ts';
import type { ExecutionLogRepository } from './ports/execution-log-repository.ts';
import type { Logger } from './ports/logger.ts';

export interface HeldRecord {
  readonly run: Run;
  readonly outcome: Outcome;
  /** The RUNNING record exists. */
  readonly isRecorded: boolean;
}

export class OutageJournal {
  readonly #executions: ExecutionLogRepository;
  readonly #logger: Logger;
  readonly #held = new Map<string, HeldRecord>();

  constructor(executions: ExecutionLogRepository, logger: Logger) {
    this.#executions = executions;
    this.#logger = logger;
  }

  get size(): number {
    return this.#held.size;
  }

  hold(record: HeldRecord): void {
    this.#held.set(record.run.id, record);
  }

  /** Writes what is held. @throws DatabaseUnavailableError with the rest still held */
  async flush(): Promise<void> {
    const records = [...this.#held.values()];
    await Promise.all(records.map((record) => this.#write(record)));
    if (records.length > 0) this.#logger.info(`${records.length} execution records held over the outage are written.`);
  }

  async #write({ run, outcome, isRecorded }: HeldRecord): Promise<void> {
    if (!isRecorded) await this.#executions.create(run);
    const isOurs = await this.#executions.update(run, outcome);
    this.#held.delete(run.id);
    if (!isOurs) {
      this.#logger.warn('A held record is dropped: the run was recorded as lost while the database was away.', {
        jobId: run.jobId,
        executionId: run.id,
        outcome: outcome.status,
      });
    }
  }
}
