/** The change feed over the store in memory. Invariant: a listener that throws harms neither the others nor who made the change. */
import type { Change, ChangeFeed, FeedState } from '../modules/foundation/application/ports/change-feed.ts';
import type { Logger } from '../modules/foundation/application/ports/logger.ts';
import type { LiveEvent } from '../modules/foundation/domain/live-event.ts';
import type { StoreLink } from './store-link.ts';

export class StoredChangeFeed implements ChangeFeed {
  readonly #link: StoreLink;
  readonly #logger: Logger;
  readonly #own = new Set<(change: Change) => void>();
  /** In a test's hands, too. */
  state: FeedState = 'unsubscribed';

  constructor(link: StoreLink, logger: Logger) {
    this.#link = link;
    this.#logger = logger;
  }

  async publish(events: readonly LiveEvent[]): Promise<void> {
    if (events.length === 0) return;
    await this.#link.call('feed.publish', () => this.#link.store.tell({ kind: 'live', events }));
  }

  subscribe(listener: (change: Change) => void): Promise<() => Promise<void>> {
    const { store } = this.#link;
    const own = (change: Change): void => this.#tell(listener, change);
    return this.#link.call('feed.subscribe', () => {
      store.listeners.add(own);
      this.#own.add(own);
      if (this.state === 'unsubscribed') this.state = 'heard';
      return async () => {
        store.listeners.delete(own);
        if (this.#own.delete(own) && this.#own.size === 0) this.state = 'unsubscribed';
      };
    });
  }

  #tell(listener: (change: Change) => void, change: Change): void {
    if (this.#link.isAway || this.#link.isDead || this.#link.store.isAway) return;
    try {
      listener(change);
    } catch (error) {
      this.#logger.error('A listener of the change feed threw; the others hear it all the same.', {
        change: change.kind,
        error,
      });
    }
  }
}
