/** The port JobRemovals over the store in memory. */
import type { JobRemovals, Removal } from '../modules/foundation/application/ports/job-removals.ts';
import type { StoreLink } from './store-link.ts';
import { auditedSpec } from './stored-job-configs.ts';

export class StoredJobRemovals implements JobRemovals {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  remove({ jobId, actor, ifRevision }: Removal): Promise<boolean> {
    const { store } = this.#link;
    return this.#link.call('removals.remove', () => {
      const config = store.configs.get(jobId);
      if (config === undefined || config.revision !== (ifRevision ?? config.revision)) return false;
      const waitingRuns = store.waitingOf(jobId).length;
      const runningRuns = store.runsOf(jobId).filter(({ status }) => status === 'RUNNING').length;
      const detail = { before: auditedSpec(config), waitingRuns, runningRuns };
      store.remove(jobId);
      store.addEvent({ type: 'job.deleted', jobId, actor, detail });
      return true;
    });
  }
}
