/**
 * One run, from its claim to its outcome: resolve → arguments → context → work within its timeout → record → event.
 * Invariant: `execute` never rejects and never leaves a run without an outcome, whatever the job does: throws, throws
 * something that is no error, never settles, or settles after it was given up. A recorded run's function is not called
 * once the lease that covers it has ended, however long the process was stopped meanwhile.
 */
import { describeError } from '../domain/describe-error.ts';
import { failureReasonOf } from '../domain/failure-reason.ts';
import { JobNotRegisteredError, RunLostError, RunTimeoutError } from '../domain/errors.ts';
import { handlerOf, type JobConfig } from '../domain/job-config.ts';
import type { JsonObject, MergedJobRegistry, RegisteredJob } from '../domain/job-definition.ts';
import { retryAfterMs } from '../domain/retry.ts';
import type { EventBus } from './event-bus.ts';
import type { InstanceLease } from './instance-lease.ts';
import { mergeKwargs, validateKwargs } from './job-kwargs.ts';
import { startLongTimer } from './long-timer.ts';
import type { Clock } from './ports/clock.ts';
import type { ExecutionLogRepository } from './ports/execution-log-repository.ts';
import type { Logger } from './ports/logger.ts';
import type { RunTracker, TrackedRun } from './ports/run-tracker.ts';
import type { Timers } from './ports/timers.ts';
import { RunContext } from './run-context.ts';
import type { RunController } from './run-controller.ts';
import { RunLog } from './run-log.ts';
import type { RunOutputWriter } from './run-output-writer.ts';

export interface RunExecutorDeps {
  readonly tracker: RunTracker;
  readonly executions: ExecutionLogRepository;
  readonly lease: Pick<InstanceLease, 'term' | 'isSuspended'>;
  readonly output: Pick<RunOutputWriter, 'open'>;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
}

/** A run with what it takes to run it. `controller` is aborted by whoever cancels it. */
export interface Assignment {
  readonly run: TrackedRun;
  readonly config: JobConfig;
  readonly registry: MergedJobRegistry;
  readonly controller: RunController;
  /** Is told when the job's own work has ended or was given up, before that is recorded. */
  readonly onWorkEnd?: () => void;
}

/** A run whose function has been called, or waits for its record. */
export interface BegunRun {
  readonly assignment: Assignment;
  readonly log: RunLog;
  /** On the monotonic clock. */
  readonly startedAt: number;
  hasBegun: boolean;
  /** What the function gave, a promise of it, or what it threw. */
  work: unknown;
  hasThrown: boolean;
  /** Of the job's own work, without what comes after it. */
  durationMs: number;
}

export class RunExecutor {
  readonly #deps: RunExecutorDeps;

  constructor(deps: RunExecutorDeps) {
    this.#deps = deps;
  }

  /** The whole of it. */
  execute(assignment: Assignment): Promise<void> {
    return this.finish(this.begin(assignment));
  }

  /**
   * Calls the function of a run that is recorded already; of another its record is written first, by `finish`. This alone is
   * what a herd's other starts wait for. Never throws.
   */
  begin(assignment: Assignment): BegunRun {
    const { run, config, registry } = assignment;
    const log = new RunLog(this.#deps, run, registry.get(handlerOf(config))?.defaults);
    const begun: BegunRun = {
      ...{ assignment, log, startedAt: this.#deps.clock.monotonicMs() },
      ...{ hasBegun: false, work: undefined, hasThrown: false, durationMs: 0 },
    };
    if (run.isRecorded) this.#beginWork(begun);
    return begun;
  }

  /** Tells of the start, waits for the end, and records it. Once a run. */
  async finish(begun: BegunRun): Promise<void> {
    const { run, config } = begun.assignment;
    const { bus, tracker } = this.#deps;
    const of = { jobId: run.jobId, executionId: run.id, scheduledAt: run.scheduledAt };
    const latenessMs = Math.max(0, run.startedAt.getTime() - run.scheduledAt.getTime());
    bus.emit({ type: 'run.started', ...of, detail: { attempt: run.attempt, trigger: run.trigger, latenessMs } });
    try {
      const tracking = { begunAtMs: begun.startedAt, retryAfterMs: retryAfterMs(run, config) };
      await tracker.track(run, () => this.#outcomeOf(begun), tracking);
      bus.emit({ type: 'run.finished', ...of, detail: { status: 'SUCCESS', durationMs: begun.durationMs } });
    } catch (error) {
      const reason = describeError(error).message;
      begun.log.logger.warn(`The run failed: ${reason}`, { attempt: run.attempt });
      const detail = { status: 'FAILED', failureReason: failureReasonOf(error), durationMs: begun.durationMs };
      bus.emit({ type: 'run.finished', ...of, reason, detail });
    }
  }

  /** @returns what the function returned, or a promise of it @throws what it threw */
  #outcomeOf(begun: BegunRun): unknown {
    if (!begun.hasBegun) this.#beginWork(begun);
    const { log, work, hasThrown } = begun;
    if (hasThrown) throw log.secrets.error(work);
    return work instanceof Promise || work === undefined ? work : log.secrets.value(work);
  }

  /** Of most runs of a herd the work ends with the call of its function: then nothing is waited for. */
  #beginWork(begun: BegunRun): void {
    begun.hasBegun = true;
    try {
      begun.work = this.#workOf(begun);
    } catch (error) {
      begun.work = error;
      begun.hasThrown = true;
    }
    if (begun.hasThrown || !(begun.work instanceof Promise)) return this.#workEnded(begun);
    const work = this.#waitFor(begun.work, begun);
    // Whoever finishes the run is told of a rejection; until then it is nobody's.
    work.catch(() => undefined);
    begun.work = work;
  }

  async #waitFor(work: Promise<unknown>, begun: BegunRun): Promise<unknown> {
    const { secrets } = begun.log;
    try {
      return secrets.value(await work);
    } catch (error) {
      throw secrets.error(error);
    } finally {
      this.#workEnded(begun);
    }
  }

  #workEnded(begun: BegunRun): void {
    begun.durationMs = Math.round(this.#deps.clock.monotonicMs() - begun.startedAt);
    begun.log.close();
    begun.assignment.onWorkEnd?.();
  }

  /** What takes no waiting is done at once, so that a herd starts in the order, and at the pace, that it is dispatched. */
  #workOf({ assignment, log }: BegunRun): unknown {
    const { run, config, registry, controller } = assignment;
    const { term } = this.#deps.lease;
    const handler = registry.get(handlerOf(config));
    if (handler === undefined) throw new JobNotRegisteredError(handlerOf(config));
    const call = { assignment, handler, log, term };
    const { lastSuccessAt } = run;
    if (handler.kwargs !== undefined || lastSuccessAt === undefined || config.timeoutMs !== null)
      return this.#withinTimeout(assignment, log, () => this.#prepareAndCall(call));
    const value = this.#call(call, mergeKwargs(handler, run.jobKwargs), lastSuccessAt);
    if (mayBePromise(value)) return this.#withinTimeout(assignment, log, () => value);
    controller.throwIfAborted();
    return value;
  }

  async #prepareAndCall(call: Call): Promise<unknown> {
    const { assignment, handler, log } = call;
    const { jobId, jobKwargs, lastSuccessAt } = assignment.run;
    const isPlain = handler.kwargs === undefined;
    const kwargs = isPlain ? mergeKwargs(handler, jobKwargs) : await validateKwargs(handler, jobKwargs);
    const knownSuccessAt = lastSuccessAt === undefined ? await this.#lastSuccessAt(jobId, log) : lastSuccessAt;
    return this.#call(call, kwargs, knownSuccessAt);
  }

  #call({ assignment, handler, log, term }: Call, kwargs: unknown, lastSuccessAt: Date | null): unknown {
    const { run, controller } = assignment;
    controller.throwIfAborted();
    if (run.isRecorded && (term === null || this.#deps.lease.term !== term)) throw new RunLostError();
    return handler.run(kwargs as JsonObject, new RunContext({ run, controller, log, lastSuccessAt }));
  }

  async #lastSuccessAt(jobId: string, { logger }: RunLog): Promise<Date | null> {
    if (this.#deps.lease.isSuspended) return null;
    try {
      return await this.#deps.executions.lastSuccessAt(jobId);
    } catch (error) {
      logger.error('The last success could not be read; the job runs without knowing it.', { error });
      return null;
    }
  }

  /**
   * Ends when the work, the timeout or a cancellation does. Work that goes on after that is abandoned: its end is only
   * logged. The timeout covers the arguments too: a schema is a module's own code, and may hang as well as the job.
   */
  #withinTimeout({ config, controller }: Assignment, log: RunLog, work: () => unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const cancelTimeout = this.#startTimeout(config.timeoutMs, controller);
      const end = (value?: unknown): unknown => {
        controller.listen(null);
        cancelTimeout?.();
        return value;
      };
      controller.listen((reason) => {
        end();
        reject(reason);
      });
      const failed = (error: unknown): void => {
        end();
        if (controller.aborted && error !== controller.reason) {
          log.logger.debug('The abandoned work ended in an error, which changes nothing.', {
            error: log.secrets.error(error),
          });
        }
        reject(error);
      };
      Promise.resolve(work()).then((value) => resolve(end(value)), failed);
    });
  }

  #startTimeout(timeoutMs: number | null, controller: RunController): (() => void) | null {
    if (timeoutMs === null) return null;
    return startLongTimer(this.#deps, timeoutMs, () => controller.abort(new RunTimeoutError(timeoutMs)));
  }
}

function mayBePromise(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** A function that is about to be called, and the stretch of the lease that its run was found in. */
interface Call {
  readonly assignment: Assignment;
  readonly handler: RegisteredJob;
  readonly log: RunLog;
  readonly term: number | null;
}
