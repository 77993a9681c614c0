/** The port PendingRuns over the store in memory. */
import {
  type NewPendingRun,
  type PendingClaim,
  type PendingClaimOptions,
  type PendingRun,
  type PendingRuns,
  type RetryOrder,
  SCHEDULER_ACTOR,
} from '../modules/foundation/application/ports/pending-runs.ts';
import { JobNotFoundError } from '../modules/foundation/domain/errors.ts';
import { handlerOf, type JobConfig } from '../modules/foundation/domain/job-config.ts';
import type { JsonObject } from '../modules/foundation/domain/job-definition.ts';
import { maskSecrets } from '../modules/foundation/domain/mask-secrets.ts';
import { isPaused } from '../modules/foundation/domain/next-fire.ts';
import type { Run } from '../modules/foundation/domain/run.ts';
import { freeInstant } from './free-instant.ts';
import type { InMemoryStore } from './in-memory-store.ts';
import type { StoreLink } from './store-link.ts';
import { insertRunning } from './stored-claims.ts';
import { isHeldBack } from './stored-overlaps.ts';

export class StoredPendingRuns implements PendingRuns {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  add(run: NewPendingRun): Promise<PendingRun> {
    const { store } = this.#link;
    return this.#link.call('pending.add', () => {
      if (!store.configs.has(run.jobId)) throw new JobNotFoundError(run.jobId);
      store.held.needConfig(run.jobId);
      const added = store.addPending({ ...run, scheduledAt: new Date(freeInstant(store, run.jobId)) });
      tellTriggered(store, added, { jobKwargs: maskSecrets(run.jobKwargs) });
      return added;
    });
  }

  addRetry({ executionId, ...order }: RetryOrder): Promise<PendingRun | null> {
    const { store } = this.#link;
    return this.#link.call('pending.addRetry', () => {
      const source = store.executions.get(executionId);
      if (source === undefined || source.status === 'RUNNING') return null;
      if (!store.configs.has(source.jobId)) throw new JobNotFoundError(source.jobId);
      store.held.needConfig(source.jobId);
      const { jobId, scheduledAt, jobKwargs } = source;
      const attempts = [...store.runsOf(jobId), ...store.waitingOf(jobId)]
        .filter((run) => run.scheduledAt.getTime() === scheduledAt.getTime())
        .map((run) => run.attempt);
      const attempt = Math.max(...attempts) + 1;
      const maxAttempts = Math.max(source.maxAttempts, attempt);
      const retry = { ...order, jobId, scheduledAt, jobKwargs, attempt, maxAttempts, trigger: 'retry' } as const;
      const added = store.addPending(retry);
      tellTriggered(store, added, { attempt, retryOf: executionId });
      return added;
    });
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
        if (runs.length < options.limit && isClaimable(store, run, options)) {
          runs.push(...startPending(store, instanceId, run));
        }
      }
      const waits = [...store.pending.values()].map(({ availableAt }) => availableAt.getTime() - store.now());
      const nextInMs = waits.filter((ms) => ms > 0).toSorted((a, b) => a - b)[0] ?? null;
      const isAnyLeft = waits.some((ms) => ms <= 0);
      return { runs: runs.map((run) => store.withLastSuccess(run)), nextInMs, isAnyLeft };
    });
  }

  getReady(options: PendingClaimOptions): Promise<string[]> {
    const { store } = this.#link;
    return this.#link.call('pending.getReady', () =>
      askedOf(store, options)
        .filter((run) => isClaimable(store, run, options))
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

function tellTriggered(store: InMemoryStore, added: PendingRun, detail: JsonObject): void {
  const { id: executionId, jobId, scheduledAt, reason, actor, trigger } = added;
  store.addEvent({
    ...{ type: 'job.triggered', jobId, executionId, scheduledAt, reason, actor },
    detail: { trigger, ...detail },
  });
}

function askedOf(store: InMemoryStore, { only, except = [], exceptJobs = [] }: PendingClaimOptions): PendingRun[] {
  return [...store.pending.values()]
    .filter(({ id, jobId }) => (only?.includes(id) ?? true) && !except.includes(id) && !exceptJobs.includes(jobId))
    .toSorted((a, b) => a.scheduledAt.getTime() - b.scheduledAt.getTime());
}

function isClaimable(store: InMemoryStore, run: PendingRun, { handlers, except = [] }: PendingClaimOptions): boolean {
  const config = store.configs.get(run.jobId);
  if (config === undefined || !handlers.includes(handlerOf(config)) || !isReady(store, run, config)) return false;
  if (config.maxConcurrentRuns !== null && store.held.cursors.has(run.jobId)) return false;
  const isBehind = store
    .waitingOf(run.jobId)
    .some((other) => isBefore(other, run) && !except.includes(other.id) && isReady(store, other, config));
  return !isHeldBack(store, config) && (config.overlapPolicy === 'allow' || !isBehind);
}

/** What the scheduler added itself is held back while the job is stopped; what a person ordered is not. */
function isReady(store: InMemoryStore, { actor, availableAt }: PendingRun, config: JobConfig): boolean {
  const isStopped = !config.enabled || isPaused(config, store.now());
  return availableAt.getTime() <= store.now() && (actor !== SCHEDULER_ACTOR || !isStopped);
}

function isBefore(one: PendingRun, other: PendingRun): boolean {
  const byInstant = one.scheduledAt.getTime() - other.scheduledAt.getTime();
  return byInstant === 0 ? one.id < other.id : byInstant < 0;
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
  store.addEvent({
    ...{ type: 'occurrence.skipped', jobId, executionId: id, scheduledAt, actor: instanceId },
    ...{ reason: 'recorded: this occurrence has an execution already', detail: { cause: 'recorded', attempt } },
  });
  return [];
}
