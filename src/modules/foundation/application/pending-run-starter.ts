/**
 * Starts the runs that wait for an instance: manual ones now, retries and backfills by the same way. Woken by the change
 * feed, by a slot that became free, and every 2 s. Invariant: claims no more than there are slots for.
 */
import { describeError } from '../domain/describe-error.ts';
import { JobNotFoundError } from '../domain/errors.ts';
import type { Run } from '../domain/run.ts';
import type { DatabaseTime } from './database-time.ts';
import type { FireDispatcher } from './fire-dispatcher.ts';
import type { InstanceLease } from './instance-lease.ts';
import type { JobDirectory } from './job-directory.ts';
import type { ExecutionLogRepository } from './ports/execution-log-repository.ts';
import type { JobConfigRepository } from './ports/job-config-repository.ts';
import type { Logger } from './ports/logger.ts';
import type { PendingRuns } from './ports/pending-runs.ts';
import type { CancelTimer, Timers } from './ports/timers.ts';

const POLL_MS = 2_000;

export interface PendingRunStarterDeps {
  readonly pending: PendingRuns;
  readonly configs: JobConfigRepository;
  readonly executions: ExecutionLogRepository;
  readonly directory: JobDirectory;
  readonly dispatcher: FireDispatcher;
  readonly lease: InstanceLease;
  readonly time: DatabaseTime;
  readonly timers: Timers;
  readonly logger: Logger;
}

export class PendingRunStarter {
  readonly #deps: PendingRunStarterDeps;
  #isStarted = false;
  #turning: Promise<void> | null = null;
  #wokenAgain = false;
  #cancelTimer: CancelTimer = () => {};
  #unlisten: () => void = () => {};

  constructor(deps: PendingRunStarterDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#unlisten = this.#deps.dispatcher.onRunEnded(() => this.wake());
    this.wake();
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#unlisten();
    this.#cancelTimer();
    await this.#turning;
  }

  wake(): void {
    if (!this.#isStarted) return;
    if (this.#turning !== null) {
      this.#wokenAgain = true;
      return;
    }
    this.#turning = this.#turn().finally(() => {
      this.#turning = null;
      this.#cancelTimer();
      if (this.#wokenAgain) {
        this.#wokenAgain = false;
        this.wake();
      } else if (this.#isStarted) {
        this.#cancelTimer = this.#deps.timers.wakeAfter(POLL_MS, () => this.wake());
      }
    });
  }

  async #turn(): Promise<void> {
    const { pending, directory, dispatcher, lease, logger } = this.#deps;
    const handlers = [...directory.registry.keys()];
    if (!lease.isHeld || dispatcher.freeSlots === 0 || handlers.length === 0) return;
    try {
      const runs = await pending.claim(lease.instanceId, { handlers, limit: dispatcher.freeSlots });
      if (runs.length > 0) await this.#dispatch(runs);
    } catch (error) {
      logger.error('Waiting runs could not be claimed; they are tried again within 2 s.', {
        reason: describeError(error).message,
      });
    }
  }

  async #dispatch(runs: readonly Run[]): Promise<void> {
    const { configs, directory, dispatcher } = this.#deps;
    const unknown = runs.map((run) => run.jobId).filter((jobId) => directory.get(jobId)?.job.isPersisted !== true);
    const read = unknown.length === 0 ? [] : await configs.getByJobIds([...new Set(unknown)]);
    const found = new Map(read.map((config) => [config.jobId, config]));
    for (const run of runs) {
      const config = found.get(run.jobId) ?? directory.get(run.jobId)?.job.config;
      if (config === undefined) await this.#failDeleted(run);
      else dispatcher.dispatch({ ...run, isRecorded: true }, config, directory.registry);
    }
  }

  async #failDeleted(run: Run): Promise<void> {
    const errorMessage = new JobNotFoundError(run.jobId).message;
    await this.#deps.executions.update(run, {
      status: 'FAILED',
      finishedAt: new Date(this.#deps.time.now()),
      durationMs: 0,
      failureReason: 'ERROR',
      errorMessage,
      errorStack: null,
    });
  }
}
