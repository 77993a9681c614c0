/**
 * Changes of rows, told through LISTEN on the channel that the triggers notify, and what replicas tell one another there.
 *
 * Invariants: the subscribers of a process share one listening connection, so that all of them hear the same in the same
 * order; one that throws is logged and harms no other; the connection lives as long as somebody is subscribed.
 */
import type { Change, ChangeFeed, FeedState } from '../../application/ports/change-feed.ts';
import type { LiveEvent } from '../../domain/live-event.ts';
import { writeLiveMessages } from './feed-message.ts';
import { CHANNEL, FeedSubscription, type FeedSubscriptionDeps } from './feed-subscription.ts';

type Listener = (change: Change) => void;

export class PostgresChangeFeed implements ChangeFeed {
  readonly #deps: FeedSubscriptionDeps;
  readonly #listeners = new Set<Listener>();
  #subscription: FeedSubscription | null = null;
  #starting: Promise<void> | null = null;

  constructor(deps: FeedSubscriptionDeps) {
    this.#deps = deps;
  }

  get state(): FeedState {
    return this.#subscription?.state ?? 'unsubscribed';
  }

  async subscribe(listener: Listener): Promise<() => Promise<void>> {
    // The same function may be subscribed twice.
    const own: Listener = (change) => listener(change);
    this.#listeners.add(own);
    this.#starting ??= this.#start();
    try {
      await this.#starting;
    } catch (error) {
      this.#listeners.delete(own);
      throw error;
    }
    return async () => {
      if (this.#listeners.delete(own) && this.#listeners.size === 0) await this.#stop();
    };
  }

  async publish(events: readonly LiveEvent[]): Promise<void> {
    if (events.length > 0) await this.#deps.database.notify(CHANNEL, ...writeLiveMessages(events));
  }

  async #start(): Promise<void> {
    const subscription = new FeedSubscription(this.#deps, (change) => this.#tell(change));
    this.#subscription = subscription;
    try {
      await subscription.start();
    } catch (error) {
      this.#subscription = null;
      this.#starting = null;
      throw error;
    }
  }

  async #stop(): Promise<void> {
    const subscription = this.#subscription;
    this.#subscription = null;
    this.#starting = null;
    await subscription?.stop();
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#deps.logger.error('A listener of the change feed threw; the others hear it all the same.', {
          change: change.kind,
          error,
        });
      }
    }
  }
}
