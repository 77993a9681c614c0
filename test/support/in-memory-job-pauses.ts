/** Pauses on configurations in memory. */
import type { JobPauses, PauseOrder, ResumeOrder } from '../../src/modules/foundation/application/ports/job-pauses.ts';
import type { JobConfig } from '../../src/modules/foundation/domain/job-config.ts';
import type { InMemoryJobConfigs } from './in-memory-job-configs.ts';

export class InMemoryJobPauses implements JobPauses {
  readonly orders: (PauseOrder | ResumeOrder)[] = [];
  readonly #configs: InMemoryJobConfigs;
  readonly #now: () => number;

  constructor(configs: InMemoryJobConfigs, now: () => number) {
    this.#configs = configs;
    this.#now = now;
  }

  async pause(order: PauseOrder): Promise<JobConfig | null> {
    const pausedAt = new Date(this.#now());
    return this.#edit(order, { pausedAt, pausedUntil: order.until, pauseReason: order.reason });
  }

  async resume(order: ResumeOrder): Promise<JobConfig | null> {
    const isOver = { pausedUntil: new Date(this.#now()) };
    return this.#edit(order, order.catchUp ? { pausedAt: null, pausedUntil: null, pauseReason: null } : isOver);
  }

  async #edit(order: PauseOrder | ResumeOrder, edit: Partial<JobConfig>): Promise<JobConfig | null> {
    const config = await this.#configs.getByJobId(order.jobId);
    if (config === null) return null;
    this.orders.push(order);
    return this.#configs.insert({ ...config, ...edit, revision: config.revision + 1 });
  }
}
