/**
 * A job's own work in one run, from the call of its function to its end, its timeout or its cancellation.
 *
 * Invariants: whatever the function does (throws, throws something that is no error, never settles, settles after it was
 * given up), the work ends, once, and says how to whoever asks for its outcome; a recorded run's function is not called once
 * the lease that covers it has ended, however long the process was stopped meanwhile. What takes no waiting is done at
 * once, so that a herd starts in the order, and at the pace, that it is dispatched.
 */
import { JobNotRegisteredError, RunLostError, RunTimeoutError } from '../domain/errors.ts';
import { handlerOf, type RunnableConfig } from '../domain/job-config.ts';
import type { JsonObject, MergedJobRegistry, RegisteredJob } from '../domain/job-definition.ts';
import { mayBePromise } from '../domain/may-be-promise.ts';
import type { EventBus } from './event-bus.ts';
import type { InstanceLease } from './instance-lease.ts';
import { mergeKwargs, validateKwargs } from './job-kwargs.ts';
import { startLongTimer } from './long-timer.ts';
import type { Clock } from './ports/clock.ts';
import type { ExecutionLogRepository } from './ports/execution-log-repository.ts';
import type { TrackedRun, WorkSpan } from './ports/run-tracker.ts';
import type { Timers } from './ports/timers.ts';
import { RunContext, type RunContextOwner } from './run-context.ts';
import type { RunController } from './run-controller.ts';
import { RunLog, type RunLogDeps, type RunLogOwner } from './run-log.ts';

/** A run with what it takes to run it. `controller` is aborted by whoever cancels it. */
export interface Assignment {
  readonly run: TrackedRun;
  readonly config: RunnableConfig;
  readonly registry: MergedJobRegistry;
  readonly controller: RunController;
  /** Is told when the job's own work has ended or was given up, before that is recorded. */
  readonly onWorkEnd?: (run: TrackedRun) => void;
}

export interface RunWorkDeps extends RunLogDeps {
  readonly executions: Pick<ExecutionLogRepository, 'lastSuccessAt'>;
  readonly lease: Pick<InstanceLease, 'term' | 'isSuspended'>;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly timers: Timers;
}

export class RunWork implements WorkSpan, RunLogOwner, RunContextOwner {
  readonly #deps: RunWorkDeps;
  readonly assignment: Assignment;
  #log: RunLog | null = null;
  #startedAt = 0;
  #endedAt: number | null = null;
  #hasStarted = false;
  /** What the function gave, a promise of it, or what it threw. */
  #result: unknown;
  #hasThrown = false;
  #isTold = false;

  constructor(deps: RunWorkDeps, assignment: Assignment) {
    this.#deps = deps;
    this.assignment = assignment;
  }

  /** Opened by whoever has something to say, or looks for secrets. */
  get log(): RunLog {
    this.#log ??= new RunLog(this.#deps, this, this.#endedAt !== null);
    return this.#log;
  }

  get startedAt(): number {
    return this.#startedAt;
  }

  get endedAt(): number | null {
    return this.#endedAt;
  }

  /** Of the work alone, without what comes after it; 0 until it has ended. */
  get durationMs(): number {
    return this.#endedAt === null ? 0 : Math.round(this.#endedAt - this.#startedAt);
  }

  /** Once, before anything that the run says. */
  tellStart(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const { run } = this.assignment;
    const { attempt, trigger, jobId, scheduledAt } = run;
    const latenessMs = Math.max(0, run.startedAt.getTime() - scheduledAt.getTime());
    const detail = { attempt, trigger, latenessMs };
    this.#deps.bus.emit({ type: 'run.started', jobId, executionId: run.id, scheduledAt, detail });
  }

  /** Starts, where that has not been done. @returns what the function returned, or a promise of it @throws what it threw */
  outcome(): unknown {
    this.start();
    if (this.#hasThrown) throw this.log.secrets.error(this.#result);
    if (this.#result instanceof Promise || this.#result === undefined) return this.#result;
    return this.log.secrets.value(this.#result);
  }

  /** Calls the function. Once; never throws. Of most runs of a herd the work ends with that: then nothing is waited for. */
  start(): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    this.#startedAt = this.#deps.clock.monotonicMs();
    try {
      this.#result = this.#work();
    } catch (error) {
      this.#result = error;
      this.#hasThrown = true;
    }
    if (this.#hasThrown || !(this.#result instanceof Promise)) return this.#ended();
    const ending = this.#waitFor(this.#result);
    // Whoever asks for the outcome is told of a rejection; until then it is nobody's.
    ending.catch(() => undefined);
    this.#result = ending;
  }

  async #waitFor(result: Promise<unknown>): Promise<unknown> {
    const { secrets } = this.log;
    try {
      return secrets.value(await result);
    } catch (error) {
      throw secrets.error(error);
    } finally {
      this.#ended();
    }
  }

  #ended(): void {
    this.#endedAt = this.#deps.clock.monotonicMs();
    this.#log?.close();
    this.assignment.onWorkEnd?.(this.run);
  }

  get run(): TrackedRun {
    return this.assignment.run;
  }

  get controller(): RunController {
    return this.assignment.controller;
  }

  get defaults(): JsonObject | undefined {
    return this.#handler?.defaults;
  }

  get #handler(): RegisteredJob | undefined {
    return this.assignment.registry.get(handlerOf(this.assignment.config));
  }

  #work(): unknown {
    const { run, config, controller } = this.assignment;
    const handler = this.#handler;
    if (handler === undefined) throw new JobNotRegisteredError(handlerOf(config));
    const { term } = this.#deps.lease;
    const { lastSuccessAt } = run;
    if (handler.kwargs !== undefined || lastSuccessAt === undefined || config.timeoutMs !== null)
      return this.#withinTimeout(() => this.#prepareAndCall(handler, term));
    let result: unknown;
    try {
      result = this.#call(handler, term, { kwargs: mergeKwargs(handler, run.jobKwargs), lastSuccessAt });
    } catch (error) {
      controller.throwIfAborted();
      throw error;
    }
    if (mayBePromise(result)) return this.#withinTimeout(() => result);
    controller.throwIfAborted();
    return result;
  }

  async #prepareAndCall(handler: RegisteredJob, term: number | null): Promise<unknown> {
    const { jobKwargs, lastSuccessAt } = this.assignment.run;
    const isPlain = handler.kwargs === undefined;
    const kwargs = isPlain ? mergeKwargs(handler, jobKwargs) : await validateKwargs(handler, jobKwargs);
    const knownSuccessAt = lastSuccessAt === undefined ? await this.#lastSuccessAt() : lastSuccessAt;
    return this.#call(handler, term, { kwargs, lastSuccessAt: knownSuccessAt });
  }

  /** @param term the stretch of the lease that the run was found in */
  #call(handler: RegisteredJob, term: number | null, { kwargs, lastSuccessAt }: Given): unknown {
    const { run, controller } = this.assignment;
    controller.throwIfAborted();
    if (run.isRecorded && (term === null || this.#deps.lease.term !== term)) throw new RunLostError();
    return handler.run(kwargs, new RunContext(this, lastSuccessAt));
  }

  async #lastSuccessAt(): Promise<Date | null> {
    if (this.#deps.lease.isSuspended) return null;
    try {
      return await this.#deps.executions.lastSuccessAt(this.assignment.run.jobId);
    } catch (error) {
      this.log.logger.error('The last success could not be read; the job runs without knowing it.', { error });
      return null;
    }
  }

  /**
   * Ends when the work, the timeout or a cancellation does. Work that goes on after that is abandoned: its end is only
   * logged. The timeout covers the arguments too: a schema is a module's own code, and may hang as well as the job.
   */
  #withinTimeout(work: () => unknown): Promise<unknown> {
    const { config, controller } = this.assignment;
    return new Promise((resolve, reject) => {
      const cancelTimeout = this.#startTimeout(config.timeoutMs);
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
        if (controller.aborted && error !== controller.reason) this.#logAbandoned(error);
        reject(error);
      };
      Promise.resolve(work()).then((value) => resolve(end(value)), failed);
    });
  }

  #logAbandoned(error: unknown): void {
    const { logger, secrets } = this.log;
    logger.debug('The abandoned work ended in an error, which changes nothing.', { error: secrets.error(error) });
  }

  #startTimeout(timeoutMs: number | null): (() => void) | null {
    if (timeoutMs === null) return null;
    const { controller } = this.assignment;
    return startLongTimer(this.#deps, timeoutMs, () => controller.abort(new RunTimeoutError(timeoutMs)));
  }
}

/** What the function is called with, besides what is known of its run. */
interface Given {
  readonly kwargs: unknown;
  readonly lastSuccessAt: Date | null;
}
