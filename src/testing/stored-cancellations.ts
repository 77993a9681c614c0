/** The port Cancellations over the store in memory. */
import type {
  Cancellations,
  CancelOrder,
  RequestedCancellation,
} from '../modules/foundation/application/ports/cancellations.ts';
import type { InMemoryStore } from './in-memory-store.ts';
import type { StoreLink } from './store-link.ts';

export class StoredCancellations implements Cancellations {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  request({ executionId, reason, actor }: CancelOrder): Promise<boolean> {
    const { store } = this.#link;
    return this.#link.call('cancellations.request', () => {
      store.held.needRecords([executionId]);
      const run = store.pending.get(executionId) ?? store.executions.get(executionId);
      if (run === undefined || !(store.cancel(executionId, reason) || dropWaiting(store, executionId, reason)))
        return false;
      const { jobId, scheduledAt } = run;
      store.addEvent({ type: 'run.cancelRequested', jobId, executionId, scheduledAt, reason, actor });
      return true;
    });
  }

  getRequested(instanceId: string): Promise<RequestedCancellation[]> {
    const { store } = this.#link;
    return this.#link.call('cancellations.getRequested', () =>
      [...store.cancelReasons]
        .filter(([id]) => {
          const run = store.executions.get(id);
          return run?.status === 'RUNNING' && run.instanceId === instanceId;
        })
        .map(([executionId, reason]) => ({ executionId, reason })),
    );
  }
}

/** Its record says that it was cancelled, and that no instance had it. @returns false: it does not wait */
function dropWaiting(store: InMemoryStore, id: string, reason: string): boolean {
  const waiting = store.pending.get(id);
  if (waiting === undefined) return false;
  const { jobId, scheduledAt, attempt, trigger, jobKwargs } = waiting;
  const now = new Date(store.now());
  store.pending.delete(id);
  store.wasPending.add(id);
  store.executions.set(id, {
    ...{ id, jobId, scheduledAt, attempt, trigger, jobKwargs, maxAttempts: waiting.maxAttempts ?? attempt },
    ...{ claimedAt: null, startedAt: now, finishedAt: now, durationMs: 0, instanceId: '' },
    ...{ status: 'FAILED', failureReason: 'CANCELLED', errorMessage: reason, errorStack: null },
    ...{ result: null, progress: null },
  });
  return true;
}
