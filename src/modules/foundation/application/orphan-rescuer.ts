/**
 * Finds runs whose instance has lost its lease: those that may have started are recorded as FAILED, reason LOST, and those
 * that it had only claimed ahead go back to their cursors. Nothing stays RUNNING for ever.
 */
import type { EventBus } from './event-bus.ts';
import type { InstanceLease } from './instance-lease.ts';
import type { JobLoader } from './job-loader.ts';
import type { AheadClaims } from './ports/ahead-claims.ts';
import type { Instances } from './ports/instances.ts';
import type { Logger } from './ports/logger.ts';

export interface OrphanRescuerDeps {
  readonly instances: Instances;
  readonly aheadClaims: AheadClaims;
  readonly loader: JobLoader;
  readonly lease: InstanceLease;
  readonly bus: EventBus;
  readonly logger: Logger;
}

export class OrphanRescuer {
  readonly #deps: OrphanRescuerDeps;

  constructor(deps: OrphanRescuerDeps) {
    this.#deps = deps;
  }

  async rescue(): Promise<void> {
    const { instances, lease, bus, logger } = this.#deps;
    for (const { id, jobId, scheduledAt, instanceId } of await instances.rescue(lease.instanceId)) {
      const reason = `Instance ${instanceId} stopped renewing its lease while it ran this.`;
      logger.warn(`A run was lost and is recorded as FAILED: ${reason}`, { jobId, executionId: id });
      bus.emit({ type: 'run.lost', jobId, executionId: id, scheduledAt, reason });
    }
    await this.#giveBack();
  }

  async #giveBack(): Promise<void> {
    const { aheadClaims, lease, loader, logger } = this.#deps;
    const unstarted = await aheadClaims.giveBackOfDead(lease.instanceId);
    if (unstarted.length === 0) return;
    const claimable = unstarted.filter(({ isClaimable }) => isClaimable);
    logger.warn('Occurrences that an instance had claimed before it ended, and not started, are claimed again.', {
      instanceIds: [...new Set(unstarted.map(({ instanceId }) => instanceId))],
      claimedAgain: claimable.length,
      editedMeanwhile: unstarted.length - claimable.length,
    });
    await loader.reload(claimable.map(({ jobId }) => jobId));
  }
}
