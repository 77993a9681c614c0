/**
 * One run, from its claim to its outcome: its work (`run-work.ts`) → record → event. Invariant: nothing here throws, nor
 * rejects but for a fault of the tracker's, and no run is left without an outcome, whatever the job does.
 */
import { describeError } from '../domain/describe-error.ts';
import { failureReasonOf } from '../domain/failure-reason.ts';
import type { JsonObject } from '../domain/json.ts';
import { retryAfterMs } from '../domain/retry.ts';
import type { RunTracker } from './ports/run-tracker.ts';
import { type Assignment, RunWork, type RunWorkDeps } from './run-work.ts';

export interface RunExecutorDeps extends RunWorkDeps {
  readonly tracker: RunTracker;
}

export class RunExecutor {
  readonly #deps: RunExecutorDeps;

  constructor(deps: RunExecutorDeps) {
    this.#deps = deps;
  }

  /**
   * Calls the function of a run that is recorded already; of another its record is written first, by `finish`. This alone is
   * what a herd's other starts wait for.
   */
  start(assignment: Assignment): RunWork {
    const work = new RunWork(this.#deps, assignment);
    if (assignment.run.isRecorded) work.start();
    return work;
  }

  /** Tells of the start, waits for the end, and records it. Once a run. */
  finish(work: RunWork): Promise<void> {
    try {
      return this.#finish(work);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #finish(work: RunWork): Promise<void> {
    const { run, config } = work.assignment;
    work.tellStart();
    const tracking = { span: run.isRecorded ? work : null, retryAfterMs: retryAfterMs(run, config) };
    return this.#deps.tracker
      .track(run, () => work.outcome(), tracking)
      .then(
        () => this.#tellEnd(work, null, { status: 'SUCCESS' }),
        (error: unknown) => this.#failed(work, error),
      );
  }

  #failed(work: RunWork, error: unknown): void {
    const reason = describeError(error).message;
    work.log.logger.warn(`The run failed: ${reason}`, { attempt: work.assignment.run.attempt });
    this.#tellEnd(work, reason, { status: 'FAILED', failureReason: failureReasonOf(error) });
  }

  #tellEnd({ assignment: { run }, durationMs }: RunWork, reason: string | null, how: JsonObject): void {
    const { jobId, id: executionId, scheduledAt } = run;
    const detail = { ...how, durationMs };
    const of = { type: 'run.finished', jobId, executionId, scheduledAt } as const;
    this.#deps.bus.emit(reason === null ? { ...of, detail } : { ...of, reason, detail });
  }
}
