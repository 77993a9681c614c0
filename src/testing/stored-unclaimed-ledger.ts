/** The port UnclaimedLedger over the store in memory. */
import type { Unclaimed, UnclaimedLedger } from '../modules/foundation/application/ports/unclaimed-ledger.ts';
import type { InMemoryStore } from './in-memory-store.ts';
import type { StoreLink } from './store-link.ts';

export class StoredUnclaimedLedger implements UnclaimedLedger {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  tell(unclaimed: readonly Unclaimed[]): Promise<void> {
    const { store } = this.#link;
    return this.#link.call('unclaimed.tell', () => {
      for (const one of unclaimed) if (isUnclaimed(store, one)) store.addEvent(one.event);
    });
  }
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
