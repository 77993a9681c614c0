/**
 * Records that could not be written, kept in memory until the database is back. Invariant: nothing leaves it before it
 * was written, was found to belong to somebody else meanwhile, or was refused for good. It dies with the process: then
 * the run is LOST.
 */
import { describeError } from '../domain/describe-error.ts';
import { DatabaseUnavailableError } from '../domain/errors.ts';
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
  #flushing: Promise<void> | null = null;

  constructor(executions: ExecutionLogRepository, logger: Logger) {
    this.#executions = executions;
    this.#logger = logger;
  }

  get size(): number {
    return this.#held.size;
  }

  /** The runs whose outcome is held: they have ended, whatever the database says of them. */
  get runIds(): string[] {
    return [...this.#held.keys()];
  }

  hold(record: HeldRecord): void {
    this.#held.set(record.run.id, record);
  }

  /** Writes what is held. A flush under way is joined. @throws DatabaseUnavailableError with the rest still held */
  async flush(): Promise<void> {
    this.#flushing ??= this.#writeAll().finally(() => {
      this.#flushing = null;
    });
    await this.#flushing;
  }

  async #writeAll(): Promise<void> {
    const records = [...this.#held.values()];
    if (records.length === 0) return;
    const results = await Promise.allSettled(records.map((record) => this.#write(record)));
    const written = results.filter((result) => result.status === 'fulfilled' && result.value).length;
    if (written > 0) this.#logger.info(`${written} execution records held over the outage are written.`);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** @returns whether it was written; what the database refuses is dropped, so that one record cannot hold up the rest */
  async #write({ run, outcome, isRecorded }: HeldRecord): Promise<boolean> {
    try {
      if (!isRecorded) await this.#executions.create(run);
      const isOurs = await this.#executions.update(run, outcome);
      this.#held.delete(run.id);
      if (!isOurs) this.#logDropped(run, outcome);
      return isOurs;
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) throw error;
      this.#held.delete(run.id);
      this.#logger.error('A held record is dropped: the database refuses it. Its run ended as said here.', {
        jobId: run.jobId,
        executionId: run.id,
        outcome: outcome.status,
        reason: describeError(error).message,
      });
      return false;
    }
  }

  #logDropped(run: Run, outcome: Outcome): void {
    this.#logger.warn('A held record is dropped: the run was recorded as lost while the database was away.', {
      jobId: run.jobId,
      executionId: run.id,
      outcome: outcome.status,
    });
  }
}
