/** The execution log, the ledger, the leases and the connection over the store in memory. */
import type { DatabaseConnection } from '../modules/foundation/application/ports/database-connection.ts';
import type { EventLedger, RecordedEvent } from '../modules/foundation/application/ports/event-ledger.ts';
import type {
  ExecutionLogRepository,
  ExecutionQuery,
} from '../modules/foundation/application/ports/execution-log-repository.ts';
import type { Instance, Instances, LostRun, Renewal } from '../modules/foundation/application/ports/instances.ts';
import type { Page } from '../modules/foundation/application/ports/job-config-repository.ts';
import { SCHEDULER_ACTOR } from '../modules/foundation/application/ports/pending-runs.ts';
import type { SchedulerEvent } from '../modules/foundation/domain/event.ts';
import { LOST_ATTEMPTS } from '../modules/foundation/domain/retry.ts';
import type { Execution, Outcome, Run } from '../modules/foundation/domain/run.ts';
import type { InMemoryStore } from './in-memory-store.ts';
import type { StoreLink } from './store-link.ts';
import { lastSuccessOf } from './last-success.ts';
import { insertRunning } from './stored-claims.ts';

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
      const { heldFrom = null, confirmedUntil = 0, renewals = 0 } = store.leases.get(instance.id) ?? {};
      const isUnbroken = store.isLeased(instance.id);
      store.leases.set(instance.id, {
        ...{ heldFrom: (isUnbroken ? heldFrom : null) ?? renewals + 1, confirmedUntil, renewals: renewals + 1 },
      });
      store.instances.set(instance.id, { ...instance, renewedAt: now, expiresAt: new Date(store.now() + leaseMs) });
      return {
        now,
        renewals: renewals + 1,
        live: [...store.instances.values()].filter((other) => other.expiresAt > now),
      };
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

  getRunning(instanceId: string, longerThanMs: number): Promise<Run[]> {
    const { store } = this.#link;
    const isOld = (run: Run): boolean => (run.claimedAt ?? run.startedAt).getTime() < store.now() - longerThanMs;
    return this.#link.call('instances.getRunning', () =>
      [...store.executions.values()].filter(
        (run) => run.status === 'RUNNING' && run.instanceId === instanceId && isOld(run),
      ),
    );
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
