/** The port Backfills over the store in memory. */
import type {
  BackfilledOccurrence,
  BackfillOrder,
  Backfills,
} from '../modules/foundation/application/ports/backfills.ts';
import type { JobConfig } from '../modules/foundation/domain/job-config.ts';
import type { InMemoryStore } from './in-memory-store.ts';
import type { StoreLink } from './store-link.ts';

type Occurrence = BackfillOrder['occurrences'][number];

export class StoredBackfills implements Backfills {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  look(jobId: string, occurrences: BackfillOrder['occurrences']): Promise<BackfilledOccurrence[]> {
    const { store } = this.#link;
    return this.#link.call('backfills.look', () =>
      occurrences.map(({ scheduledAt }) => fateOf(store, jobId, scheduledAt)),
    );
  }

  add(order: BackfillOrder): Promise<BackfilledOccurrence[] | null> {
    const { store } = this.#link;
    const { jobId, actor, reason, range, includeCompleted } = order;
    return this.#link.call('backfills.add', () => {
      const config = store.configs.get(jobId);
      if (config === undefined) return null;
      const fates = order.occurrences.map((one) => addOne(store, config, { order, one }));
      const count = fates.filter(({ fate }) => fate === 'added').length;
      const detail = { from: range.from.toISOString(), to: range.to.toISOString(), includeCompleted, count };
      store.addEvent({ type: 'job.backfilled', jobId, actor, reason, detail });
      return fates;
    });
  }
}

function fateOf(store: InMemoryStore, jobId: string, scheduledAt: Date): BackfilledOccurrence {
  const isIt = (run: { scheduledAt: Date }): boolean => run.scheduledAt.getTime() === scheduledAt.getTime();
  const waiting = store.waitingOf(jobId).findLast(isIt);
  if (waiting !== undefined) return { scheduledAt, fate: 'waiting', executionId: waiting.id };
  const ran = newestOf(store, jobId, scheduledAt);
  if (ran !== undefined) return { scheduledAt, fate: 'completed', executionId: ran.id };
  return { scheduledAt, fate: 'open', executionId: null };
}

function newestOf(store: InMemoryStore, jobId: string, scheduledAt: Date) {
  return store
    .runsOf(jobId)
    .filter((run) => run.scheduledAt.getTime() === scheduledAt.getTime())
    .toSorted((a, b) => a.attempt - b.attempt)
    .at(-1);
}

/** An id that has a record is that of an order which is repeated. */
function addOne(
  store: InMemoryStore,
  { jobId, jobKwargs, maxAttempts }: JobConfig,
  { order, one: { id, scheduledAt } }: { order: BackfillOrder; one: Occurrence },
): BackfilledOccurrence {
  const known = fateOf(store, jobId, scheduledAt);
  const isWanted = known.fate === 'open' || (known.fate === 'completed' && order.includeCompleted);
  if (!isWanted || store.executions.has(id)) return known;
  const attempt = (newestOf(store, jobId, scheduledAt)?.attempt ?? 0) + 1;
  const { actor, reason } = order;
  const waiting = { id, jobId, scheduledAt, jobKwargs, attempt, maxAttempts: Math.max(maxAttempts, attempt) };
  store.addPending({ ...waiting, trigger: 'backfill', reason, actor });
  return { scheduledAt, fate: 'added', executionId: id };
}
