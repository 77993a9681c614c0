/** The change feed over the store in memory. */
import type { Change, ChangeFeed, FeedState } from '../modules/foundation/application/ports/change-feed.ts';
import type { LiveEvent } from '../modules/foundation/domain/live-event.ts';
import type { StoreLink } from './store-link.ts';

export class StoredChangeFeed implements ChangeFeed {
  readonly #link: StoreLink;
  /** In a test's hands. */
  state: FeedState = 'heard';

  constructor(link: StoreLink) {
    this.#link = link;
  }

  publish(events: readonly LiveEvent[]): Promise<void> {
    return this.#link.call('feed.publish', () => this.#link.store.tell({ kind: 'live', events }));
  }

  subscribe(listener: (change: Change) => void): Promise<() => Promise<void>> {
    const { store } = this.#link;
    const tell = (change: Change): void => {
      if (!this.#link.isAway && !this.#link.isDead && !store.isAway) listener(change);
    };
    return this.#link.call('feed.subscribe', () => {
      store.listeners.add(tell);
      return async () => void store.listeners.delete(tell);
    });
  }
}
