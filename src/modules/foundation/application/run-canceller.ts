/**
 * Stops the runs of this process that somebody wants to stop: told by the change feed at once, found by asking every 1.5 s
 * where that hears nothing, and at each beat of the lease where it is silent. One that was claimed ahead does not start.
 * Owns no state but its timer; a reading that fails is made good by the next one.
 */
import { describeError } from '../domain/describe-error.ts';
import type { FireDispatcher } from './fire-dispatcher.ts';
import type { HeldRuns } from './held-runs.ts';
import type { InstanceLease } from './instance-lease.ts';
import type { Cancellations } from './ports/cancellations.ts';
import type { ChangeFeed } from './ports/change-feed.ts';
import type { Logger } from './ports/logger.ts';
import type { CancelTimer, Timers } from './ports/timers.ts';

/** Somebody who cancels a run waits no longer than 2 s for it. */
const POLL_MS = 1_500;

export interface RunCancellerDeps {
  readonly feed: Pick<ChangeFeed, 'state'>;
  readonly timers: Timers;
  readonly cancellations: Cancellations;
  readonly dispatcher: FireDispatcher;
  readonly held: HeldRuns;
  readonly lease: InstanceLease;
  readonly logger: Logger;
}

export class RunCanceller {
  readonly #deps: RunCancellerDeps;
  #isStarted = false;
  #cancelTimer: CancelTimer = () => {};

  constructor(deps: RunCancellerDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#sleep();
  }

  stop(): void {
    this.#isStarted = false;
    this.#cancelTimer();
  }

  #sleep(): void {
    this.#cancelTimer();
    if (this.#isStarted) this.#cancelTimer = this.#deps.timers.wakeAfter(POLL_MS, () => void this.#poll());
  }

  async #poll(): Promise<void> {
    try {
      if (this.#deps.feed.state !== 'heard') await this.check();
    } catch (error) {
      this.#deps.logger.debug('What is to be cancelled could not be read; it is read again within 2 s.', { error });
    } finally {
      this.#sleep();
    }
  }

  /** Asks what is to be stopped, where anything runs here at all. @throws DatabaseUnavailableError */
  async check(): Promise<void> {
    const { cancellations, dispatcher, held, lease, logger } = this.#deps;
    if (dispatcher.activeCount + held.size === 0) return;
    for (const { executionId, reason } of await cancellations.getRequested(lease.instanceId)) {
      const isStopped = held.cancel(executionId) || dispatcher.cancel(executionId, reason);
      if (isStopped) logger.info(`A run is cancelled: ${reason}`, { executionId });
    }
  }

  /** Somebody wants this run to stop; another process may have it. Never rejects. */
  async noted(executionId: string): Promise<void> {
    const { dispatcher, held } = this.#deps;
    if (held.cancel(executionId) || !dispatcher.activeRunIds.includes(executionId)) return;
    try {
      await this.check();
    } catch (error) {
      this.#deps.logger.error('A cancelled run could not be stopped yet; the next beat, within 5 s, stops it.', {
        executionId,
        reason: describeError(error).message,
      });
    }
  }
}
