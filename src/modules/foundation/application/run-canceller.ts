/**
 * Stops the runs of this process that somebody wants to stop: told by the change feed at once, found by asking at each
 * beat of the lease where that is silent. Owns no state; a reading that fails is made good by the next beat.
 */
import { describeError } from '../domain/describe-error.ts';
import type { FireDispatcher } from './fire-dispatcher.ts';
import type { InstanceLease } from './instance-lease.ts';
import type { Cancellations } from './ports/cancellations.ts';
import type { Logger } from './ports/logger.ts';

export interface RunCancellerDeps {
  readonly cancellations: Cancellations;
  readonly dispatcher: FireDispatcher;
  readonly lease: InstanceLease;
  readonly logger: Logger;
}

export class RunCanceller {
  readonly #deps: RunCancellerDeps;

  constructor(deps: RunCancellerDeps) {
    this.#deps = deps;
  }

  /** Asks what is to be stopped, where anything runs here at all. @throws DatabaseUnavailableError */
  async check(): Promise<void> {
    const { cancellations, dispatcher, lease, logger } = this.#deps;
    if (dispatcher.activeCount === 0) return;
    for (const { executionId, reason } of await cancellations.getRequested(lease.instanceId)) {
      if (dispatcher.cancel(executionId, reason)) logger.info(`A run is cancelled: ${reason}`, { executionId });
    }
  }

  /** Somebody wants this run to stop; another process may have it. Never rejects. */
  async noted(executionId: string): Promise<void> {
    if (!this.#deps.dispatcher.activeRunIds.includes(executionId)) return;
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
