/** The port JobPauses over the store in memory. */
import type { JobPauses, PauseOrder, ResumeOrder } from '../modules/foundation/application/ports/job-pauses.ts';
import type { JobConfig } from '../modules/foundation/domain/job-config.ts';
import { isPaused } from '../modules/foundation/domain/next-fire.ts';
import type { StoreLink } from './store-link.ts';

export class StoredJobPauses implements JobPauses {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  pause({ jobId, actor, reason, until }: PauseOrder): Promise<JobConfig | null> {
    const { store } = this.#link;
    return this.#link.call('pauses.pause', () => {
      const before = store.configs.get(jobId);
      if (before === undefined) return null;
      const pausedAt = isPaused(before, store.now()) ? before.pausedAt : new Date(store.now());
      const paused = store.save(jobId, { pausedAt, pausedUntil: until, pauseReason: reason });
      const detail = { until: until?.toISOString() ?? null };
      store.addEvent({ type: 'job.paused', jobId, actor, reason, detail });
      return paused;
    });
  }

  resume({ jobId, actor, catchUp }: ResumeOrder): Promise<JobConfig | null> {
    const { store } = this.#link;
    return this.#link.call('pauses.resume', () => {
      const before = store.configs.get(jobId);
      if (before === undefined) return null;
      const isChanged = catchUp ? before.pausedAt !== null : isPaused(before, store.now());
      if (!isChanged) return before;
      const forgotten = { pausedAt: null, pausedUntil: null, pauseReason: null };
      const resumed = store.save(jobId, catchUp ? forgotten : { pausedUntil: new Date(store.now()) });
      store.addEvent({ type: 'job.resumed', jobId, actor, reason: null, detail: { catchUp } });
      return resumed;
    });
  }
}
