/**
 * Edited rows take effect: told by the change feed at once, found by polling every 30 s where it is silent, every 2 s where
 * it is deaf. Owns no state but what waits to be read; a reading that fails is made good by the next poll.
 */
import { describeError } from '../domain/describe-error.ts';
import type { JobLoader } from './job-loader.ts';
import type { RunCanceller } from './run-canceller.ts';
import type { PendingRunStarter } from './pending-run-starter.ts';
import type { Change, ChangeFeed } from './ports/change-feed.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { CancelTimer, Timers } from './ports/timers.ts';

const POLL_MS = 30_000;
const DEAF_POLL_MS = 2_000;
/** Polling takes at most this part of the time, however many jobs there are. */
const READING_SHARE = 1 / 10;

export interface ConfigWatcherDeps {
  readonly feed: ChangeFeed;
  readonly loader: JobLoader;
  readonly pendingStarter: PendingRunStarter;
  readonly canceller: RunCanceller;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
}

export class ConfigWatcher {
  readonly #deps: ConfigWatcherDeps;
  readonly #changed = new Set<string>();
  #isStarted = false;
  #subscription: Promise<() => Promise<void>> | null = null;
  #reading: Promise<void> | null = null;
  #missedChanges = false;
  #lastReadingMs = 0;
  #cancelTimer: CancelTimer = () => {};

  constructor(deps: ConfigWatcherDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#poll();
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#cancelTimer();
    await this.#reading;
    const subscription = this.#subscription;
    this.#subscription = null;
    await (
      await subscription?.catch(() => null)
    )?.();
  }

  /** Subscribes to the feed, once, while it is started. @throws DatabaseUnavailableError; polling goes on */
  async listen(): Promise<void> {
    if (!this.#isStarted) return;
    this.#subscription ??= this.#deps.feed.subscribe((change) => this.#noted(change));
    const subscription = this.#subscription;
    try {
      await subscription;
    } catch (error) {
      if (this.#subscription === subscription) this.#subscription = null;
      throw error;
    }
  }

  #noted(change: Change): void {
    if (!this.#isStarted) return;
    if (change.kind === 'cancel') void this.#deps.canceller.noted(change.executionId);
    if (change.kind === 'pending') this.#deps.pendingStarter.wake();
    if (change.kind === 'job') {
      this.#changed.add(change.jobId);
      this.#read();
    }
    if (change.kind === 'reconnected') this.#lookForMissed();
    if (change.kind === 'deaf') {
      this.#cancelTimer();
      this.#poll();
    }
  }

  #lookForMissed(): void {
    this.#deps.pendingStarter.wake();
    this.#missedChanges = true;
    this.#deps.loader.noteGap();
    this.#read();
  }

  #poll(): void {
    if (!this.#isStarted) return;
    this.#cancelTimer = this.#deps.timers.wakeAfter(this.#pollMs(), () => {
      if (this.#deps.feed.state === 'deaf') this.#deps.pendingStarter.wake();
      this.#missedChanges = true;
      this.#read();
      this.#poll();
    });
  }

  #pollMs(): number {
    if (this.#deps.feed.state !== 'deaf') return POLL_MS;
    return Math.min(POLL_MS, Math.max(DEAF_POLL_MS, this.#lastReadingMs / READING_SHARE));
  }

  /** One reading at a time; what is noted meanwhile is read after it. */
  #read(): void {
    this.#reading ??= this.#readNoted().finally(() => {
      this.#reading = null;
    });
  }

  async #readNoted(): Promise<void> {
    try {
      while (this.#changed.size > 0 || this.#missedChanges) {
        const jobIds = [...this.#changed];
        const missedChanges = this.#missedChanges;
        this.#changed.clear();
        this.#missedChanges = false;
        if (jobIds.length > 0) await this.#deps.loader.reload(jobIds);
        const startedAt = this.#deps.clock.monotonicMs();
        if (missedChanges) await this.#deps.loader.reloadChanged();
        if (missedChanges) this.#lastReadingMs = this.#deps.clock.monotonicMs() - startedAt;
      }
    } catch (error) {
      this.#deps.logger.error('Changed configurations could not be read; the next poll, within 30 s, reads them.', {
        reason: describeError(error).message,
      });
    }
  }
}
