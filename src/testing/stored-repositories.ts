/** The repositories, the ledger, the leases and the connection over the store in memory. */
import type { DatabaseConnection } from '../modules/foundation/application/ports/database-connection.ts';
import type { EventLedger, RecordedEvent } from '../modules/foundation/application/ports/event-ledger.ts';
import type {
  ExecutionLogRepository,
  ExecutionQuery,
} from '../modules/foundation/application/ports/execution-log-repository.ts';
import type { Instance, Instances, LostRun, Renewal } from '../modules/foundation/application/ports/instances.ts';
import type {
  JobConfigRepository,
  JobOverview,
  Page,
  RevisionSum,
  Standing,
  StandingJob,
} from '../modules/foundation/application/ports/job-config-repository.ts';
import { SCHEDULER_ACTOR } from '../modules/foundation/application/ports/pending-runs.ts';
import type { SchedulerEvent } from '../modules/foundation/domain/event.ts';
import type { JobConfig, JobSpec } from '../modules/foundation/domain/job-config.ts';
import { termsOf } from '../modules/foundation/domain/job-terms.ts';
import { LOST_ATTEMPTS } from '../modules/foundation/domain/retry.ts';
import type { Execution, Outcome, Run } from '../modules/foundation/domain/run.ts';
import type { InMemoryStore } from './in-memory-store.ts';
import type { StoreLink } from './store-link.ts';
import { lastSuccessOf } from './last-success.ts';
import { insertRunning } from './stored-claims.ts';

export class StoredJobConfigs implements JobConfigRepository {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  getAllEnabled(): Promise<JobConfig[]> {
    return this.#read('getAllEnabled', (config) => config.enabled);
  }

  getByJobIds(jobIds: readonly string[]): Promise<JobConfig[]> {
    return this.#read('getByJobIds', (config) => jobIds.includes(config.jobId));
  }

  async getByJobId(jobId: string): Promise<JobConfig | null> {
    return (await this.getByJobIds([jobId]))[0] ?? null;
  }

  getRevisions(): Promise<Map<string, number>> {
    const { store } = this.#link;
    return this.#link.call('configs.getRevisions', () => {
      return new Map([...store.configs.values()].map(({ jobId, revision }) => [jobId, revision]));
    });
  }

  getRevisionSum(): Promise<RevisionSum> {
    const { configs } = this.#link.store;
    return this.#link.call('configs.getRevisionSum', () => ({
      rows: configs.size,
      sum: [...configs.values()].reduce((sum, { revision }) => sum + revision, 0),
    }));
  }

  getStanding(which: Standing): Promise<StandingJob[]> {
    const { configs, cursors } = this.#link.store;
    return this.#link.call('configs.getStanding', () => {
      const rows = [...configs.values()].toSorted((a, b) => (a.jobId < b.jobId ? -1 : 1));
      const asked =
        'jobIds' in which
          ? rows.filter(({ jobId }) => which.jobIds.includes(jobId))
          : rows.filter(({ jobId }) => which.after === null || jobId > which.after).slice(0, which.limit);
      return asked.map((config) => ({ config, terms: termsOf(config), cursor: cursors.get(config.jobId) ?? null }));
    });
  }

  upsert(spec: JobSpec): Promise<JobConfig> {
    return this.#link.call('configs.upsert', () => {
      this.#link.store.addEvent({ type: 'job.created', jobId: spec.jobId });
      return this.#link.store.save(spec.jobId, spec);
    });
  }

  async count(): Promise<number> {
    return (await this.getRevisions()).size;
  }

  getOverview(jobId: string): Promise<JobOverview | null> {
    const { store } = this.#link;
    return this.#link.call('configs.getOverview', () => {
      const config = store.configs.get(jobId);
      const nextFireAt = store.cursors.get(jobId)?.nextFireAt;
      const lastStatus = store.runsOf(jobId).at(-1)?.status ?? null;
      return config === undefined
        ? null
        : { config, nextFireAt: nextFireAt instanceof Date ? nextFireAt : null, lastStatus };
    });
  }

  list(): Promise<Page<JobOverview>> {
    throw new Error('The engine does not ask for lists.');
  }

  #read(name: string, isAsked: (config: JobConfig) => boolean): Promise<JobConfig[]> {
    return this.#link.call(`configs.${name}`, () => [...this.#link.store.configs.values()].filter(isAsked));
  }
}

export class StoredExecutions implements ExecutionLogRepository {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  create(run: Run): Promise<void> {
    return this.#link.call('executions.create', () => void insertRunning(this.#link.store, run));
  }

  update(run: Run, outcome: Outcome): Promise<boolean> {
    const { store } = this.#link;
    return this.#link.call('executions.update', () => {
      const record = store.executions.get(run.id);
      if (record === undefined || record.instanceId !== run.instanceId) return false;
      if (record.status !== 'RUNNING') return record.finishedAt?.getTime() === outcome.finishedAt.getTime();
      const { retryAfterMs, ...written } = { retryAfterMs: undefined, ...outcome };
      store.executions.set(run.id, { ...record, startedAt: run.startedAt, ...written });
      const isLost = outcome.status === 'FAILED' && outcome.failureReason === 'LOST';
      if (isLost) endLost(store, record, run.instanceId);
      else if (retryAfterMs !== undefined && !store.cancelReasons.has(run.id))
        addRetry(store, record, outcome.finishedAt.getTime() + retryAfterMs);
      return true;
    });
  }

  async getRecentByJobId(jobId: string, limit: number): Promise<Execution[]> {
    return (await this.list({ jobId, limit })).items;
  }

  getById(id: string): Promise<Execution | null> {
    return this.#link.call('executions.getById', () => this.#link.store.executions.get(id) ?? null);
  }

  list({ jobId, status, limit, cursor = '0' }: ExecutionQuery): Promise<Page<Execution>> {
    return this.#link.call('executions.list', () => {
      const rows = [...this.#link.store.executions.values()]
        .filter(
          (row) => (jobId === undefined || row.jobId === jobId) && (status === undefined || row.status === status),
        )
        .toReversed()
        .slice(Number(cursor));
      const items = rows.slice(0, limit);
      return { items, nextCursor: rows.length > limit ? String(Number(cursor) + limit) : null };
    });
  }

  lastSuccessAt(jobId: string): Promise<Date | null> {
    return this.#link.call('executions.lastSuccessAt', () => lastSuccessOf(this.#link.store, jobId));
  }
}

/** The next attempt, where the job still is and attempts are left. */
function addRetry(
  store: InMemoryStore,
  failed: Execution,
  availableAtMs: number,
  maxAttempts = failed.maxAttempts,
): void {
  const { jobId, scheduledAt, jobKwargs, attempt } = failed;
  if (!store.configs.has(jobId) || attempt >= maxAttempts) return;
  store.addPending({
    ...{ id: `${failed.id}-again`, jobId, scheduledAt, jobKwargs, attempt: attempt + 1, maxAttempts },
    ...{ trigger: 'retry', reason: null, actor: SCHEDULER_ACTOR, availableAt: new Date(availableAtMs) },
  });
}

function endLost(store: InMemoryStore, run: Execution, actor: string): void {
  store.addEvent({ type: 'run.lost', jobId: run.jobId, executionId: run.id, actor });
  if (store.configs.get(run.jobId)?.onLost !== 'retry' || store.cancelReasons.has(run.id)) return;
  addRetry(store, run, store.now(), Math.max(run.maxAttempts, LOST_ATTEMPTS));
}

export class StoredInstances implements Instances {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  renew(instance: Instance, leaseMs: number): Promise<Renewal> {
    const { store } = this.#link;
    return this.#link.call('instances.renew', () => {
      const now = new Date(store.now());
      const { heldSince = null, confirmedUntil = 0 } = store.leases.get(instance.id) ?? {};
      const isUnbroken = store.isLeased(instance.id);
      store.leases.set(instance.id, { heldSince: isUnbroken ? heldSince : now.getTime(), confirmedUntil });
      store.instances.set(instance.id, { ...instance, renewedAt: now, expiresAt: new Date(store.now() + leaseMs) });
      return { now, live: [...store.instances.values()].filter((other) => other.expiresAt > now) };
    });
  }

  release(instanceId: string): Promise<void> {
    return this.#link.call('instances.release', () => void this.#link.store.instances.delete(instanceId));
  }

  rescue(instanceId: string): Promise<LostRun[]> {
    const { store } = this.#link;
    return this.#link.call('instances.rescue', () => {
      const lost = store.orphansOf(instanceId).filter((run) => !store.isUnconfirmed(run));
      for (const run of lost) {
        const finishedAt = new Date(store.now());
        store.executions.set(run.id, { ...run, status: 'FAILED', failureReason: 'LOST', finishedAt, durationMs: 0 });
        endLost(store, run, instanceId);
      }
      return lost;
    });
  }
}

export class StoredEventLedger implements EventLedger {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  append(events: readonly SchedulerEvent[]): Promise<void> {
    return this.#link.call('ledger.append', () => {
      for (const event of events) this.#link.store.addEvent(event);
    });
  }

  getRecent(limit: number, jobId?: string): Promise<RecordedEvent[]> {
    return this.#link.call('ledger.getRecent', () =>
      this.#link.store.events
        .filter((event) => jobId === undefined || event.jobId === jobId)
        .toReversed()
        .slice(0, limit),
    );
  }
}

export class StoredConnection implements DatabaseConnection {
  readonly #link: StoreLink;
  readonly kind = 'in memory';
  readonly description = 'a database in memory';

  constructor(link: StoreLink) {
    this.#link = link;
  }

  open(): Promise<void> {
    return this.#link.call('connection.open', () => {});
  }

  now(): Promise<number> {
    return this.#link.call('connection.now', () => this.#link.store.now());
  }

  async close(): Promise<void> {}
}
