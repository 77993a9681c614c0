/** The execution log, the ledger, the leases and the connection over the store in memory. */
import type { DatabaseConnection } from '../modules/foundation/application/ports/database-connection.ts';
import type { EventLedger, RecordedEvent } from '../modules/foundation/application/ports/event-ledger.ts';
import type {
  ExecutionLogRepository,
  ExecutionQuery,
} from '../modules/foundation/application/ports/execution-log-repository.ts';
import {
  type Instance,
  type Instances,
  type Rescue,
  MISSED_MS,
  type Renewal,
} from '../modules/foundation/application/ports/instances.ts';
import type { Page } from '../modules/foundation/application/ports/job-config-repository.ts';
import { SCHEDULER_ACTOR } from '../modules/foundation/application/ports/pending-runs.ts';
import type { SchedulerEvent } from '../modules/foundation/domain/event.ts';
import { LOST_ATTEMPTS } from '../modules/foundation/domain/retry.ts';
import type { Execution, Outcome, Run } from '../modules/foundation/domain/run.ts';
import { MAX_RESULT_CHARACTERS, toWritableJson, toWritableText } from '../modules/foundation/domain/writable-text.ts';
import type { InMemoryStore } from './in-memory-store.ts';
import type { StoreLink } from './store-link.ts';
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
      const { status, finishedAt } = record;
      if (status !== 'RUNNING') return status === outcome.status && Number(finishedAt) === Number(outcome.finishedAt);
      const { retryAfterMs } = { retryAfterMs: undefined, ...outcome };
      store.held.needRecords([run.id]);
      if (retryAfterMs !== undefined && record.attempt < record.maxAttempts) store.held.needConfig(run.jobId);
      const ended = endedBy(record, run, outcome);
      store.executions.set(run.id, ended);
      store.ran(ended);
      if (ended.failureReason === 'LOST') endLost(store, ended, run.instanceId);
      else if (retryAfterMs !== undefined && !store.cancelReasons.has(run.id))
        addRetry(store, ended, { availableAt: new Date(outcome.finishedAt.getTime() + retryAfterMs) });
      return true;
    });
  }

  async writeLastRuns(): Promise<void> {}

  async getRecentByJobId(jobId: string, limit: number): Promise<Execution[]> {
    return (await this.list({ jobId, limit })).items;
  }

  getById(id: string): Promise<Execution | null> {
    return this.#link.call('executions.getById', () => this.#link.store.executions.get(id) ?? null);
  }

  list({ limit, cursor = '0', ...query }: ExecutionQuery): Promise<Page<Execution>> {
    return this.#link.call('executions.list', () => {
      const rows = [...this.#link.store.executions.values()]
        .filter((row) => isAsked(row, query))
        .toReversed()
        .toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime())
        .slice(Number(cursor));
      const items = rows.slice(0, limit);
      return { items, nextCursor: rows.length > limit ? String(Number(cursor) + limit) : null };
    });
  }

  lastSuccessAt(jobId: string): Promise<Date | null> {
    return this.#link.call(
      'executions.lastSuccessAt',
      () => this.#link.store.configs.get(jobId)?.lastSuccessAt ?? null,
    );
  }
}

function isAsked(row: Execution, { jobId, status, trigger, from, to }: Omit<ExecutionQuery, 'limit'>): boolean {
  return (
    row.jobId === (jobId ?? row.jobId) &&
    row.status === (status ?? row.status) &&
    row.trigger === (trigger ?? row.trigger) &&
    (from === undefined || row.startedAt >= from) &&
    (to === undefined || row.startedAt < to)
  );
}

/** The record with its outcome, as far as a column takes that. */
function endedBy(record: Execution, { startedAt }: Run, outcome: Outcome): Execution {
  const { status, finishedAt, durationMs } = outcome;
  const ended = { ...record, startedAt, status, finishedAt, durationMs };
  if (outcome.status === 'SUCCESS') return { ...ended, result: toWritableJson(outcome.result, MAX_RESULT_CHARACTERS) };
  const errorStack = outcome.errorStack === null ? null : toWritableText(outcome.errorStack);
  return {
    ...ended,
    ...{ failureReason: outcome.failureReason, errorMessage: toWritableText(outcome.errorMessage), errorStack },
  };
}

/** The next attempt, where the job still is and attempts are left. */
function addRetry(
  store: InMemoryStore,
  failed: Execution,
  { availableAt, maxAttempts = failed.maxAttempts }: { readonly availableAt: Date; readonly maxAttempts?: number },
): void {
  const { jobId, scheduledAt, jobKwargs, attempt, failureReason } = failed;
  if (!store.configs.has(jobId) || attempt >= maxAttempts) return;
  store.addPending({
    ...{ id: store.newId(), jobId, scheduledAt, jobKwargs, attempt: attempt + 1, maxAttempts },
    ...{ trigger: 'retry', reason: `attempt ${attempt} failed: ${failureReason}` },
    ...{ actor: SCHEDULER_ACTOR, availableAt },
  });
}

function endLost(store: InMemoryStore, run: Execution, actor: string): void {
  const { id: executionId, jobId, scheduledAt, errorMessage: reason, instanceId } = run;
  store.addEvent({ type: 'run.lost', jobId, executionId, scheduledAt, reason, actor, detail: { instanceId } });
  if (store.configs.get(jobId)?.onLost !== 'retry' || store.cancelReasons.has(executionId)) return;
  addRetry(store, run, {
    availableAt: new Date(store.now()),
    maxAttempts: Math.max(run.maxAttempts, LOST_ATTEMPTS),
  });
}

const LOST_MESSAGE = 'The process that ran this job ended, or lost its lease, before the run was over.';

/** Nobody holds its record; nor its job, where its next attempt is to wait. */
function isFree({ configs, held }: InMemoryStore, { id, jobId }: Run): boolean {
  return !held.records.has(id) && !(configs.get(jobId)?.onLost === 'retry' && held.configs.has(jobId));
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
      const others = [...store.instances.values()].filter(({ id }) => id !== instance.id);
      return {
        now,
        renewals: renewals + 1,
        live: [...store.instances.values()].filter((other) => other.expiresAt > now),
        isAlone: others.every(({ expiresAt }) => expiresAt.getTime() <= store.now() - MISSED_MS),
      };
    });
  }

  release(instanceId: string): Promise<void> {
    return this.#link.call('instances.release', () => void this.#link.store.instances.delete(instanceId));
  }

  /** All at once. */
  rescue(instanceId: string): Promise<Rescue> {
    const { store } = this.#link;
    return this.#link.call('instances.rescue', () => {
      const lost = store.orphansOf(instanceId).filter((run) => !store.isUnconfirmed(run) && isFree(store, run));
      for (const run of lost) {
        const finishedAt = new Date(store.now());
        const durationMs = Math.max(0, store.now() - run.startedAt.getTime());
        const failed = { status: 'FAILED', failureReason: 'LOST', errorMessage: LOST_MESSAGE } as const;
        const ended = { ...run, ...failed, finishedAt, durationMs };
        store.executions.set(run.id, ended);
        store.ran(ended);
        endLost(store, ended, instanceId);
      }
      const told = lost.map(({ id, jobId, scheduledAt, instanceId: holder }) => ({
        ...{ id, jobId, scheduledAt, instanceId: holder },
      }));
      return { lost: told, rest: null };
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
