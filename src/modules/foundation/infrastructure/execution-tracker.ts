/**
 * Wraps the execution of a job function: a RUNNING record on entry, SUCCESS with its duration or FAILED with its error on
 * the way out. Invariant: a record that cannot be written never interrupts the job, and is never lost while the process
 * lives: it is logged at ERROR and held in the journal until the database is back.
 */
import type { Clock } from '../application/ports/clock.ts';
import type { ExecutionLogRepository } from '../application/ports/execution-log-repository.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { RunOutputGate } from '../application/ports/run-outputs.ts';
import type { RecordJournal, RunTracker, TrackedRun, Tracking, WorkSpan } from '../application/ports/run-tracker.ts';
import { describeError } from '../domain/describe-error.ts';
import { DatabaseUnavailableError, RunLostError } from '../domain/errors.ts';
import { failureReasonOf } from '../domain/failure-reason.ts';
import type { Json } from '../domain/job-definition.ts';
import { isRetried } from '../domain/retry.ts';
import type { Outcome } from '../domain/run.ts';
import { toJson } from '../domain/to-json.ts';

export interface ExecutionTrackerDeps {
  readonly executions: ExecutionLogRepository;
  readonly journal: RecordJournal;
  readonly output: RunOutputGate;
  readonly clock: Clock;
  /** The database's clock. */
  readonly time: { atLeast(): number };
  readonly logger: Logger;
}

export class ExecutionTracker implements RunTracker {
  readonly #deps: ExecutionTrackerDeps;
  /** What was said of a job in this outage: it is not said of each of its runs. */
  readonly #told = new Set<string>();

  constructor(deps: ExecutionTrackerDeps) {
    this.#deps = deps;
  }

  /**
   * Runs `work` and records how it went.
   * @returns what `work` returned, as JSON
   * @throws what `work` threw or rejected with, after it was recorded
   * @throws RunLostError where the run was taken away meanwhile: its outcome is not recorded
   */
  async track(run: TrackedRun, work: () => unknown, tracking: Tracking = {}): Promise<Json> {
    const isRecorded = run.isRecorded || (await this.#create(run));
    const { span = null, retryAfterMs = null } = tracking;
    const startedAt = span?.startedAt ?? this.#deps.clock.monotonicMs();
    let result: Json;
    try {
      result = toJson(await work());
    } catch (error) {
      const { message, stack } = describeError(error);
      const failureReason = failureReasonOf(error);
      await this.#record(run, isRecorded, {
        status: 'FAILED',
        ...this.#end(run, startedAt, span),
        failureReason,
        errorMessage: message,
        errorStack: stack,
        ...(retryAfterMs !== null && isRetried(failureReason) ? { retryAfterMs } : {}),
      });
      throw error;
    }
    await this.#record(run, isRecorded, { status: 'SUCCESS', ...this.#end(run, startedAt, span), result });
    return result;
  }

  /**
   * Work that ended in a burst of starts ended then, however late that is recorded. By as much as the database's clock is not
   * known here it is said to have ended too early rather than too late, when the next of its job may have started.
   */
  #end(run: TrackedRun, startedAt: number, span: WorkSpan | null): { finishedAt: Date; durationMs: number } {
    const now = this.#deps.clock.monotonicMs();
    const endedAt = span?.endedAt ?? now;
    const finishedAt = this.#deps.time.atLeast() - Math.round(now - endedAt);
    const durationMs = Math.max(0, Math.round(endedAt - startedAt));
    return { finishedAt: new Date(Math.max(finishedAt, run.startedAt.getTime() + durationMs)), durationMs };
  }

  async #create(run: TrackedRun): Promise<boolean> {
    try {
      if (this.#deps.journal.isHolding) throw new DatabaseUnavailableError('The database is away.');
      await this.#deps.executions.create(run);
      return true;
    } catch (error) {
      this.#logFailure(run, 'The start of a run could not be recorded; it runs all the same.', error);
      return false;
    }
  }

  async #record(run: TrackedRun, isRecorded: boolean, outcome: Outcome): Promise<void> {
    const { executions, output } = this.#deps;
    let isOurs = true;
    try {
      if (this.#deps.journal.isHolding) throw new DatabaseUnavailableError('The database is away.');
      if (!isRecorded) await executions.create(run);
      isOurs = await output.conclude(run.id, () => executions.update(run, outcome));
    } catch (error) {
      this.#deps.journal.hold({ run, outcome, isRecorded, mayBeRecorded: run.mayBeRecorded === true });
      this.#logFailure(run, `The end of a run (${outcome.status}) could not be recorded.`, error);
    }
    if (isOurs) return;
    throw new RunLostError(
      `The outcome ${outcome.status} is not recorded: this instance had lost its lease, and the run is recorded as lost.`,
    );
  }

  #logFailure(run: TrackedRun, message: string, error: unknown): void {
    const key = `${run.jobId} ${message}`;
    if (!this.#deps.journal.isHolding) this.#told.clear();
    const level = this.#told.has(key) ? 'debug' : 'error';
    if (this.#deps.journal.isHolding) this.#told.add(key);
    this.#deps.logger[level](`${message} The record is held in memory and written when the database is back.`, {
      jobId: run.jobId,
      executionId: run.id,
      reason: describeError(error).message,
    });
  }
}
