/** The port PendingRuns over the store in memory. */
import {
  type NewPendingRun,
  type PendingClaim,
  type PendingClaimOptions,
  type PendingRun,
  type PendingRuns,
  SCHEDULER_ACTOR,
} from '../modules/foundation/application/ports/pending-runs.ts';
import { JobNotFoundError } from '../modules/foundation/domain/errors.ts';
import { handlerOf } from '../modules/foundation/domain/job-config.ts';
import { isPaused } from '../modules/foundation/domain/next-fire.ts';
import type { Run } from '../modules/foundation/domain/run.ts';
import type { InMemoryStore } from './in-memory-store.ts';
import type { StoreLink } from './store-link.ts';
import { insertRunning, isHeldBack } from './stored-claims.ts';

export class StoredPendingRuns implements PendingRuns {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  add(run: NewPendingRun): Promise<PendingRun> {
    const { store } = this.#link;
    return this.#link.call('pending.add', () => {
      if (!store.configs.has(run.jobId)) throw new JobNotFoundError(run.jobId);
      return store.addPending({ ...run, scheduledAt: new Date(store.freeInstant(run.jobId)) });
    });
  }

  addRetry(): Promise<PendingRun | null> {
    throw new Error('The engine orders no retries.');
  }

  getById(id: string): Promise<PendingRun | null> {
    return this.#link.call('pending.getById', () => this.#link.store.pending.get(id) ?? null);
  }

  claim(instanceId: string, options: PendingClaimOptions): Promise<PendingClaim> {
    const { store } = this.#link;
    return this.#link.call('pending.claim', () => {
      const runs: Run[] = [];
      const asked = store.isLeased(instanceId, options.renewals) ? askedOf(store, options) : [];
      const refused = asked.find(({ id }) => store.refused.has(id));
      if (refused !== undefined) throw store.refused.get(refused.id)!;
      for (const run of asked) {
        if (runs.length < options.limit && isClaimable(store, run, options.handlers)) {
          runs.push(...startPending(store, instanceId, run));
        }
      }
      const waits = [...store.pending.values()].map(({ availableAt }) => availableAt.getTime() - store.now());
      const nextInMs = waits.filter((ms) => ms > 0).toSorted((a, b) => a - b)[0] ?? null;
      return { runs, nextInMs, isAnyLeft: waits.some((ms) => ms <= 0) };
    });
  }

  getReady(options: PendingClaimOptions): Promise<string[]> {
    const { store } = this.#link;
    return this.#link.call('pending.getReady', () =>
      askedOf(store, options)
        .filter((run) => isClaimable(store, run, options.handlers))
        .map(({ id }) => id)
        .slice(0, options.limit),
    );
  }

  getClaimed(instanceId: string): Promise<Run[]> {
    const { store } = this.#link;
    return this.#link.call('pending.getClaimed', () =>
      [...store.executions.values()].filter(
        (run) => run.instanceId === instanceId && run.status === 'RUNNING' && store.wasPending.has(run.id),
      ),
    );
  }
}

function askedOf(store: InMemoryStore, { only, except = [], exceptJobs = [] }: PendingClaimOptions): PendingRun[] {
  return [...store.pending.values()]
    .filter(({ id, jobId }) => (only?.includes(id) ?? true) && !except.includes(id) && !exceptJobs.includes(jobId))
    .toSorted((a, b) => a.scheduledAt.getTime() - b.scheduledAt.getTime());
}

function isClaimable(store: InMemoryStore, run: PendingRun, handlers: readonly string[]): boolean {
  const config = store.configs.get(run.jobId);
  if (config === undefined || !handlers.includes(handlerOf(config)) || run.availableAt.getTime() > store.now())
    return false;
  const isStopped = !config.enabled || isPaused(config, store.now());
  if (run.actor === SCHEDULER_ACTOR && isStopped) return false;
  return !isHeldBack(store, config);
}

function startPending(store: InMemoryStore, instanceId: string, waiting: PendingRun): Run[] {
  const { id, jobId, scheduledAt, attempt, trigger, jobKwargs } = waiting;
  const maxAttempts = waiting.maxAttempts ?? store.configs.get(jobId)?.maxAttempts ?? 1;
  const startedAt = new Date(store.now());
  const run = { id, jobId, scheduledAt, attempt, trigger, jobKwargs, maxAttempts, startedAt, instanceId };
  store.pending.delete(id);
  if (insertRunning(store, run)) {
    store.wasPending.add(id);
    return [run];
  }
  store.addEvent({ type: 'occurrence.skipped', jobId, executionId: id, scheduledAt, reason: 'recorded' });
  return [];
}
