/**
 * One run, from its claim to its outcome: resolve → arguments → context → work within its timeout → record → event.
 * Invariant: `execute` never rejects and never leaves a run without an outcome, whatever the job does: throws, throws
 * something that is no error, never settles, or settles after it was given up. A recorded run's function is not called
 * once the lease that covers it has ended, however long the process was stopped meanwhile.
 */
import { describeError } from '../domain/describe-error.ts';
import { failureReasonOf } from '../domain/failure-reason.ts';
import { JobNotRegisteredError, RunLostError, RunTimeoutError } from '../domain/errors.ts';
import { handlerOf, type RunnableConfig } from '../domain/job-config.ts';
import type { JsonObject, MergedJobRegistry } from '../domain/job-definition.ts';
import { retryAfterMs } from '../domain/retry.ts';
import { idempotencyKey } from '../domain/run.ts';
import type { EventBus } from './event-bus.ts';
import type { InstanceLease } from './instance-lease.ts';
import { mergeKwargs, validateKwargs } from './job-kwargs.ts';
import { startLongTimer } from './long-timer.ts';
import type { Clock } from './ports/clock.ts';
import type { ExecutionLogRepository } from './ports/execution-log-repository.ts';
import type { Logger } from './ports/logger.ts';
import type { RunTracker, TrackedRun } from './ports/run-tracker.ts';
import type { Timers } from './ports/timers.ts';
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
  readonly config: RunnableConfig;
  readonly registry: MergedJobRegistry;
  readonly controller: RunController;
  /** Is told when the job's own work has ended or was given up, before that is recorded. */
  readonly onWorkEnd?: () => void;
}

export class RunExecutor {
  readonly #deps: RunExecutorDeps;

  constructor(deps: RunExecutorDeps) {
    this.#deps = deps;
  }

  async execute(assignment: Assignment): Promise<void> {
    const { run, config } = assignment;
    const { bus, clock, tracker } = this.#deps;
    const of = { jobId: run.jobId, executionId: run.id, scheduledAt: run.scheduledAt };
    const latenessMs = Math.max(0, run.startedAt.getTime() - run.scheduledAt.getTime());
    const started = { attempt: run.attempt, trigger: run.trigger, latenessMs };
    bus.emit({ type: 'run.started', ...of, detail: started });
    const log = new RunLog(this.#deps, run, kwargsOf(assignment));
    const timed: TimedWork = { log, startedAt: clock.monotonicMs(), durationMs: 0 };
    const retryMs = retryAfterMs(run, config);
    try {
      const tracked = retryMs === null ? run : { ...run, retryAfterMs: retryMs };
      await tracker.track(tracked, () => this.#work(assignment, timed));
      bus.emit({ type: 'run.finished', ...of, detail: { status: 'SUCCESS', durationMs: timed.durationMs } });
    } catch (error) {
      const reason = describeError(error).message;
      timed.log.logger.warn(`The run failed: ${reason}`, { attempt: run.attempt });
      const detail = { status: 'FAILED', failureReason: failureReasonOf(error), durationMs: timed.durationMs };
      bus.emit({ type: 'run.finished', ...of, reason, detail });
    }
  }

  async #work(assignment: Assignment, timed: TimedWork): Promise<unknown> {
    const { secrets } = timed.log;
    try {
      return secrets.value(await this.#withinTimeout(assignment, timed.log));
    } catch (error) {
      throw secrets.error(error);
    } finally {
      timed.durationMs = Math.round(this.#deps.clock.monotonicMs() - timed.startedAt);
      timed.log.close();
      assignment.onWorkEnd?.();
    }
  }

  /** What takes no waiting is done at once, so that a herd starts in the order, and at the pace, that it is dispatched. */
  async #call({ run, config, registry, controller }: Assignment, log: RunLog): Promise<unknown> {
    const { term } = this.#deps.lease;
    const handler = registry.get(handlerOf(config));
    if (handler === undefined) throw new JobNotRegisteredError(handlerOf(config));
    const kwargs =
      handler.kwargs === undefined ? mergeKwargs(handler, run.jobKwargs) : await validateKwargs(handler, run.jobKwargs);
    const lastSuccessAt =
      run.lastSuccessAt === undefined ? await this.#lastSuccessAt(run.jobId, log) : run.lastSuccessAt;
    controller.throwIfAborted();
    if (run.isRecorded && (term === null || this.#deps.lease.term !== term)) throw new RunLostError();
    return handler.run(kwargs, {
      get signal() {
        return controller.signal;
      },
      get logger() {
        return log.forJob;
      },
      lastSuccessAt,
      jobId: run.jobId,
      executionId: run.id,
      scheduledAt: run.scheduledAt,
      attempt: run.attempt,
      trigger: run.trigger,
      get idempotencyKey() {
        return idempotencyKey(run);
      },
      progress: (fraction, message) => log.progress(fraction, message),
    });
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
  #withinTimeout(assignment: Assignment, log: RunLog): Promise<unknown> {
    const { config, controller } = assignment;
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
      this.#call(assignment, log).then((value) => resolve(end(value)), failed);
    });
  }

  #startTimeout(timeoutMs: number | null, controller: RunController): (() => void) | null {
    if (timeoutMs === null) return null;
    return startLongTimer(this.#deps, timeoutMs, () => controller.abort(new RunTimeoutError(timeoutMs)));
  }
}

/** What is not registered has no defaults, and does not run. */
function kwargsOf({ run, config, registry }: Assignment): JsonObject {
  const handler = registry.get(handlerOf(config));
  return handler === undefined ? run.jobKwargs : mergeKwargs(handler, run.jobKwargs);
}

interface TimedWork {
  readonly log: RunLog;
  readonly startedAt: number;
  /** Of the job's own work, without what comes after it. */
  durationMs: number;
}
