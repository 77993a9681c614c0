/**
 * Edited rows take effect: told by the change feed at once, found by polling every 30 s where it is silent. Owns no state
 * but what waits to be read; a reading that fails is made good by the next poll.
 */
import { describeError } from '../domain/describe-error.ts';
import type { JobLoader } from './job-loader.ts';
import type { RunCanceller } from './run-canceller.ts';
import type { PendingRunStarter } from './pending-run-starter.ts';
import type { Change, ChangeFeed } from './ports/change-feed.ts';
import type { Logger } from './ports/logger.ts';
import type { CancelTimer, Timers } from './ports/timers.ts';

const POLL_MS = 30_000;

export interface ConfigWatcherDeps {
  readonly feed: ChangeFeed;
  readonly loader: JobLoader;
  readonly pendingStarter: PendingRunStarter;
  readonly canceller: RunCanceller;
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
    const { canceller, pendingStarter } = this.#deps;
    if (change.kind === 'cancel') {
      void canceller.noted(change.executionId);
      return;
    }
    if (change.kind === 'job') this.#changed.add(change.jobId);
    else pendingStarter.wake();
    if (change.kind === 'reconnected') this.#missedChanges = true;
    if (change.kind !== 'pending') this.#read();
  }

  #poll(): void {
    if (!this.#isStarted) return;
    this.#cancelTimer = this.#deps.timers.wakeAfter(POLL_MS, () => {
      this.#missedChanges = true;
      this.#read();
      this.#poll();
    });
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
        if (missedChanges) await this.#deps.loader.reloadChanged();
      }
    } catch (error) {
      this.#deps.logger.error('Changed configurations could not be read; the next poll, within 30 s, reads them.', {
        reason: describeError(error).message,
      });
    }
  }
}
