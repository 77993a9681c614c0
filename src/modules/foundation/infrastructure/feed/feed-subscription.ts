/**
 * One listening connection to the change channel, kept alive.
 *
 * States: proving (it listens, and has not heard itself yet), heard, lost (one attempt a second until it listens again),
 * deaf (it listens and hears nothing, as behind a pooler that hands its session to others; tried again every minute),
 * ended. A connection can die without a word: the feed notifies itself through another connection, at once and then
 * every 10 s; one that has not heard its first beat within 5 s is deaf, one that later misses two is lost. Invariant: after
 * any gap listeners are told `reconnected`, since changes may have been missed.
 */
import type { Change, FeedState } from '../../application/ports/change-feed.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { CancelTimer, Timers } from '../../application/ports/timers.ts';
import type { Database } from '../persistence/database.ts';
import { type FeedMessage, readFeedMessage } from './feed-message.ts';

export const CHANNEL = 'carillon_changes';
const HEARTBEAT_MS = 10_000;
const ECHO_MS = 5_000;
const RETRY_MS = 1_000;
const DEAF_RETRY_MS = 60_000;
const MAX_MISSED_BEATS = 2;

export interface FeedSubscriptionDeps {
  readonly database: Database;
  readonly timers: Timers;
  readonly logger: Logger;
}

export class FeedSubscription {
  readonly #deps: FeedSubscriptionDeps;
  readonly #listener: (change: Change) => void;
  /** Beats are told apart by their sender: every replica sends its own on the same channel. */
  readonly #sender = crypto.randomUUID();
  #state: 'proving' | 'heard' | 'lost' | 'deaf' | 'ended' = 'proving';
  #missedBeats = 0;
  #connection = 0;
  /** Deafness is said once, however often it is tried again. */
  #wasDeaf = false;
  #unlisten: (() => Promise<void>) | null = null;
  #cancelTimer: CancelTimer = () => {};

  constructor(deps: FeedSubscriptionDeps, listener: (change: Change) => void) {
    this.#deps = deps;
    this.#listener = listener;
  }

  /** While it proves itself it counts as before: heard at its start, deaf after deafness. */
  get state(): FeedState {
    if (this.#state === 'ended') return 'unsubscribed';
    if (this.#state !== 'proving') return this.#state;
    return this.#wasDeaf ? 'deaf' : 'heard';
  }

  /** @throws DatabaseUnavailableError when the first attempt fails; later ones are its own affair */
  async start(): Promise<void> {
    if (await this.#listen()) await this.#beat();
  }

  async stop(): Promise<void> {
    this.#state = 'ended';
    this.#connection += 1;
    this.#cancelTimer();
    await this.#drop();
  }

  get #isEnded(): boolean {
    return this.#state === 'ended';
  }

  /** @returns whether it listens: the connection may be lost, or wanted no more, before that is known */
  async #listen(): Promise<boolean> {
    this.#connection += 1;
    const connection = this.#connection;
    this.#missedBeats = 0;
    const unlisten = await this.#deps.database.listen(CHANNEL, {
      onMessage: (payload) => this.#received(readFeedMessage(payload)),
      onLost: () => {
        if (connection === this.#connection) this.#lost('the listening connection was closed');
      },
    });
    if (connection !== this.#connection) {
      await unlisten().catch(() => undefined);
      return false;
    }
    this.#unlisten = unlisten;
    this.#state = 'proving';
    return true;
  }

  #received(message: FeedMessage | null): void {
    if (message === null || this.#isEnded) return;
    if (message.kind !== 'beat') this.#listener(message);
    else if (message.sender === this.#sender) this.#heardItself();
  }

  #heardItself(): void {
    this.#missedBeats = 0;
    if (this.#state !== 'proving') return;
    this.#state = 'heard';
    if (!this.#wasDeaf) return;
    this.#wasDeaf = false;
    this.#reconnected();
  }

  #reconnected(): void {
    this.#deps.logger.info('Changes are heard at once again.');
    this.#listener({ kind: 'reconnected' });
  }

  async #beat(): Promise<void> {
    if (this.#isEnded) return;
    if (this.#missedBeats > 0 && this.#state === 'proving') {
      this.#deafened();
      return;
    }
    if (this.#missedBeats >= MAX_MISSED_BEATS) {
      this.#lost(`${MAX_MISSED_BEATS} heartbeats did not arrive`);
      return;
    }
    this.#missedBeats += 1;
    const connection = this.#connection;
    try {
      await this.#deps.database.notify(CHANNEL, JSON.stringify({ kind: 'beat', sender: this.#sender }));
    } catch {
      // Not sent, hence not missed. What is wrong with the database shows elsewhere.
      if (connection === this.#connection) this.#missedBeats -= 1;
    }
    if (connection === this.#connection) this.#beatLater();
  }

  #beatLater(): void {
    const delayMs = this.#state === 'proving' ? ECHO_MS : HEARTBEAT_MS;
    this.#cancelTimer = this.#deps.timers.wakeAfter(delayMs, () => void this.#beat());
  }

  /** It is not kept: what a pooler does with a session that listens is the pooler's affair. */
  #deafened(): void {
    this.#connection += 1;
    this.#state = 'deaf';
    const isNews = !this.#wasDeaf;
    this.#wasDeaf = true;
    if (isNews) {
      this.#deps.logger.warn(
        'Notifications do not come through, as behind a pooler in transaction mode: changes are found by polling every 2 s, and runs ' +
          'of other replicas are not seen live. It is tried again every minute; a DATABASE_URL that reaches PostgreSQL itself heals it.',
      );
      this.#listener({ kind: 'deaf' });
    }
    this.#waitAndReconnect(DEAF_RETRY_MS);
    void this.#drop();
  }

  #lost(reason: string): void {
    if (this.#isEnded) return;
    this.#connection += 1;
    this.#cancelTimer();
    if (this.#wasDeaf) {
      this.#state = 'deaf';
      this.#waitAndReconnect(DEAF_RETRY_MS);
      void this.#drop();
      return;
    }
    this.#state = 'lost';
    this.#deps.logger.warn('Changes are not heard at once: polling finds them within 30 s while the feed reconnects.', {
      reason,
    });
    this.#listener({ kind: 'lost' });
    void this.#drop().then(() => this.#reconnect());
  }

  async #reconnect(): Promise<void> {
    if (this.#isEnded) return;
    try {
      if (!(await this.#listen())) return;
    } catch {
      this.#waitAndReconnect(this.#wasDeaf ? DEAF_RETRY_MS : RETRY_MS);
      return;
    }
    if (!this.#wasDeaf) this.#reconnected();
    await this.#beat();
  }

  #waitAndReconnect(delayMs: number): void {
    if (this.#isEnded) return;
    const { timers } = this.#deps;
    const step = Math.min(delayMs, LONGEST_SLEEP_MS);
    this.#cancelTimer = timers.wakeAfter(step, () => {
      if (delayMs > step) this.#waitAndReconnect(delayMs - step);
      else void this.#reconnect();
    });
  }

  async #drop(): Promise<void> {
    const unlisten = this.#unlisten;
    this.#unlisten = null;
    await unlisten?.().catch(() => undefined);
  }
}

/** Timers cut longer delays. */
const LONGEST_SLEEP_MS = 30_000;
