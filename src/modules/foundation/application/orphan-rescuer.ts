/** Finds runs whose instance has lost its lease and records them as FAILED, reason LOST: nothing stays RUNNING for ever. */
import type { EventBus } from './event-bus.ts';
import type { InstanceLease } from './instance-lease.ts';
import type { Instances } from './ports/instances.ts';
import type { Logger } from './ports/logger.ts';

export interface OrphanRescuerDeps {
  readonly instances: Instances;
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
  }
}
