/**
 * Wraps the execution of a job function: a RUNNING record on entry, SUCCESS with its duration or FAILED with its error on
 * the way out. Invariant: a record that cannot be written never interrupts the job, and is never lost while the process
 * lives: it is logged at ERROR and held in the journal until the database is back.
 */
import type { Clock } from '../application/ports/clock.ts';
import type { ExecutionLogRepository } from '../application/ports/execution-log-repository.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { RunOutputGate } from '../application/ports/run-outputs.ts';
import type { RecordJournal, RunTracker, TrackedRun, Tracking } from '../application/ports/run-tracker.ts';
import { describeError } from '../domain/describe-error.ts';
import { DatabaseUnavailableError, RunLostError } from '../domain/errors.ts';
import { failureReasonOf } from '../domain/failure-reason.ts';
import type { Json } from '../domain/job-definition.ts';
import { mayBePromise } from '../domain/may-be-promise.ts';
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

/** A run that is executed, and what is known of it. */
interface Tracked {
  readonly run: TrackedRun;
  /** The RUNNING record is written. */
  readonly isRecorded: boolean;
  readonly tracking: Tracking;
}

type Ended = Pick<Outcome, 'finishedAt' | 'durationMs'>;

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
  track(run: TrackedRun, work: () => unknown, tracking: Tracking = {}): Promise<Json> {
    if (run.isRecorded) return this.#execute({ run, isRecorded: true, tracking }, work);
    return this.#create(run).then((isRecorded) => this.#execute({ run, isRecorded, tracking }, work));
  }

  /** Work that has ended already is recorded at once: a run of a herd costs as few promises as it can. */
  #execute(tracked: Tracked, work: () => unknown): Promise<Json> {
    const startedAt = tracked.tracking.span?.startedAt ?? this.#deps.clock.monotonicMs();
    let result: unknown;
    try {
      result = work();
      if (mayBePromise(result)) result = Promise.resolve(result);
    } catch (error) {
      return this.#failed(tracked, startedAt, error);
    }
    if (!(result instanceof Promise)) return this.#succeeded(tracked, startedAt, result);
    return result.then(
      (value) => this.#succeeded(tracked, startedAt, value),
      (error: unknown) => this.#failed(tracked, startedAt, error),
    );
  }

  #succeeded(tracked: Tracked, startedAt: number, value: unknown): Promise<Json> {
    const result = toJson(value);
    return this.#record(tracked, { status: 'SUCCESS', ...this.#end(tracked, startedAt), result }, () => result);
  }

  #failed(tracked: Tracked, startedAt: number, error: unknown): Promise<never> {
    const { message, stack } = describeError(error);
    const failureReason = failureReasonOf(error);
    const { retryAfterMs = null } = tracked.tracking;
    const outcome: Outcome = {
      status: 'FAILED',
      ...this.#end(tracked, startedAt),
      failureReason,
      errorMessage: message,
      errorStack: stack,
      ...(retryAfterMs !== null && isRetried(failureReason) ? { retryAfterMs } : {}),
    };
    return this.#record(tracked, outcome, () => {
      throw error;
    });
  }

  /**
   * Work that ended in a burst of starts ended then, however late that is recorded. By as much as the database's clock is not
   * known here it is said to have ended too early rather than too late, when the next of its job may have started.
   */
  #end({ run, tracking: { span } }: Tracked, startedAt: number): Ended {
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

  /** @returns what `answer` returns, or throws, once it is recorded or held */
  #record<T>(tracked: Tracked, outcome: Outcome, answer: () => T): Promise<T> {
    return this.#write(tracked, outcome).then(
      (isOurs) => {
        if (isOurs) return answer();
        throw new RunLostError(
          `The outcome ${outcome.status} is not recorded: this instance had lost its lease, and the run is recorded as lost.`,
        );
      },
      (error: unknown) => {
        const { run, isRecorded } = tracked;
        this.#deps.journal.hold({ run, outcome, isRecorded, mayBeRecorded: run.mayBeRecorded === true });
        this.#logFailure(run, `The end of a run (${outcome.status}) could not be recorded.`, error);
        return answer();
      },
    );
  }

  /** @returns false: it belongs to nobody any more */
  #write({ run, isRecorded }: Tracked, outcome: Outcome): Promise<boolean> {
    const { executions, journal, output } = this.#deps;
    const conclude = (): Promise<boolean> => output.conclude(run.id, () => executions.update(run, outcome));
    try {
      if (journal.isHolding) throw new DatabaseUnavailableError('The database is away.');
      return isRecorded ? conclude() : executions.create(run).then(conclude);
    } catch (error) {
      return Promise.reject(error);
    }
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
