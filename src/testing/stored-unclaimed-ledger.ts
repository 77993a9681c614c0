/** The port UnclaimedLedger over the store in memory. */
import type { Unclaimed, UnclaimedLedger } from '../modules/foundation/application/ports/unclaimed-ledger.ts';
import type { SchedulerEvent } from '../modules/foundation/domain/event.ts';
import type { InMemoryStore } from './in-memory-store.ts';
import type { StoreLink } from './store-link.ts';

export class StoredUnclaimedLedger implements UnclaimedLedger {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  tell(unclaimed: readonly Unclaimed[], everyMs: number): Promise<void> {
    const { store } = this.#link;
    return this.#link.call('unclaimed.tell', () => {
      for (const one of unclaimed) {
        const told = store.toldAs(one.event.key);
        const isNews = told === undefined || endOf(one.event) >= endOf(told) + everyMs;
        if (isNews && isUnclaimed(store, one)) store.addEvent(one.event);
      }
    });
  }
}

/** Of the span that it tells of; NaN: it tells of none. */
function endOf({ detail }: SchedulerEvent): number {
  const to = detail?.['to'];
  return typeof to === 'string' ? Date.parse(to) : Number.NaN;
}

function isUnclaimed(store: InMemoryStore, { event: { jobId }, revision, cursor, from }: Unclaimed): boolean {
  const stood = store.cursors.get(jobId);
  const isWhere = cursor === null ? stood?.nextFireAt === 'unarmed' : Number(stood?.nextFireAt) === cursor.getTime();
  return (
    stood?.revision === revision &&
    isWhere &&
    !store.runsOf(jobId).some((run) => run.status === 'RUNNING' || run.startedAt >= from)
  );
}
