/**
 * Changes of rows, told through LISTEN on the channel that the triggers notify.
 *
 * States of a subscription: up, or reconnecting (one attempt a second until it is up again), or ended. A connection can
 * die without a word: every 10 s the feed notifies itself, through another connection, and a connection that has missed
 * two of these beats is given up. Invariant: after any gap listeners are told `reconnected`, since changes may have been
 * missed.
 */
import type { Change, ChangeFeed } from '../../application/ports/change-feed.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { CancelTimer, Timers } from '../../application/ports/timers.ts';
import type { Database } from '../persistence/database.ts';
import { type FeedMessage, readFeedMessage } from './feed-message.ts';

export const CHANNEL = 'carillon_changes';
const HEARTBEAT_MS = 10_000;
const RETRY_MS = 1_000;
const MAX_MISSED_BEATS = 2;

export interface PostgresChangeFeedDeps {
  readonly database: Database;
  readonly timers: Timers;
  readonly logger: Logger;
}

export class PostgresChangeFeed implements ChangeFeed {
  readonly #deps: PostgresChangeFeedDeps;

  constructor(deps: PostgresChangeFeedDeps) {
    this.#deps = deps;
  }

  /** @throws DatabaseUnavailableError when the first attempt fails; later ones are its own affair */
  async subscribe(listener: (change: Change) => void): Promise<() => Promise<void>> {
    const subscription = new Subscription(this.#deps, listener);
    await subscription.start();
    return () => subscription.stop();
  }
}

class Subscription {
  readonly #deps: PostgresChangeFeedDeps;
  readonly #listener: (change: Change) => void;
  /** Beats are told apart by their sender: every replica sends its own on the same channel. */
  readonly #sender = crypto.randomUUID();
  #isEnded = false;
  #missedBeats = 0;
  #connection = 0;
  #unlisten: (() => Promise<void>) | null = null;
  #cancelTimer: CancelTimer = () => {};

  constructor(deps: PostgresChangeFeedDeps, listener: (change: Change) => void) {
    this.#deps = deps;
    this.#listener = listener;
  }

  async start(): Promise<void> {
    await this.#listen();
    this.#beatLater();
  }

  async stop(): Promise<void> {
    this.#isEnded = true;
    this.#cancelTimer();
    await this.#drop();
  }

  async #listen(): Promise<void> {
    this.#connection += 1;
    const connection = this.#connection;
    this.#missedBeats = 0;
    const unlisten = await this.#deps.database.listen(CHANNEL, {
      onMessage: (payload) => this.#received(readFeedMessage(payload)),
      onLost: () => {
        if (connection === this.#connection) this.#lost('the listening connection was closed');
      },
    });
    if (this.#isEnded) await unlisten();
    else this.#unlisten = unlisten;
  }

  #received(message: FeedMessage | null): void {
    if (message === null || this.#isEnded) return;
    if (message.kind !== 'beat') this.#listener(message);
    else if (message.sender === this.#sender) this.#missedBeats = 0;
  }

  #beatLater(): void {
    this.#cancelTimer = this.#deps.timers.wakeAfter(HEARTBEAT_MS, () => void this.#beat());
  }

  async #beat(): Promise<void> {
    if (this.#isEnded) return;
    if (this.#missedBeats >= MAX_MISSED_BEATS) {
      this.#lost(`${MAX_MISSED_BEATS} heartbeats did not arrive`);
      return;
    }
    this.#missedBeats += 1;
    const connection = this.#connection;
    try {
      const beat = JSON.stringify({ kind: 'beat', sender: this.#sender });
      await this.#deps.database.notify(CHANNEL, beat);
    } catch {
      // Not sent, hence not missed. What is wrong with the database shows elsewhere.
      this.#missedBeats -= 1;
    }
    if (!this.#isEnded && connection === this.#connection) this.#beatLater();
  }

  #lost(reason: string): void {
    if (this.#isEnded) return;
    this.#connection += 1;
    this.#cancelTimer();
    this.#deps.logger.warn('Changes are not heard at once: polling finds them within 30 s while the feed reconnects.', {
      reason,
    });
    void this.#drop().then(() => this.#reconnect());
  }

  async #reconnect(): Promise<void> {
    if (this.#isEnded) return;
    try {
      await this.#listen();
    } catch {
      if (!this.#isEnded) this.#cancelTimer = this.#deps.timers.wakeAfter(RETRY_MS, () => void this.#reconnect());
      return;
    }
    if (this.#isEnded) return;
    this.#deps.logger.info('Changes are heard at once again.');
    this.#listener({ kind: 'reconnected' });
    this.#beatLater();
  }

  async #drop(): Promise<void> {
    const unlisten = this.#unlisten;
    this.#unlisten = null;
    await unlisten?.().catch(() => undefined);
  }
}
