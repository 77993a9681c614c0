/**
 * Keeps the database in reach: opens it, renews this instance's lease every 5 s, rescues what the dead left behind, and says
 * when it goes and comes back. States: away (asks again every second), up. Invariant: nobody is told 'up' before
 * everything that must be made good after an outage has been made good.
 */
import { describeError } from '../domain/describe-error.ts';
import { DatabaseLockedError, DatabaseVersionError } from '../domain/errors.ts';
import type { InstanceLease } from './instance-lease.ts';
import type { OrphanRescuer } from './orphan-rescuer.ts';
import type { DatabaseConnection } from './ports/database-connection.ts';
import type { Logger } from './ports/logger.ts';
import type { CancelTimer, Timers } from './ports/timers.ts';

const BEAT_MS = 5_000;
const RETRY_MS = 1_000;

export interface DatabaseSupervisorDeps {
  readonly connection: DatabaseConnection;
  readonly lease: InstanceLease;
  readonly rescuer: OrphanRescuer;
  readonly timers: Timers;
  readonly logger: Logger;
}

/** What to do once the database is there again. One that throws is asked again at the next beat. */
export type Recovery = () => Promise<void>;

export class DatabaseSupervisor {
  readonly #deps: DatabaseSupervisorDeps;
  readonly #recoveries: Recovery[] = [];
  #state: 'starting' | 'up' | 'away' = 'starting';
  #reason = 'The database has not been asked yet.';
  #isOpen = false;
  #isStarted = false;
  #beating: Promise<void> = Promise.resolve();
  #cancelTimer: CancelTimer = () => {};

  constructor(deps: DatabaseSupervisorDeps) {
    this.#deps = deps;
  }

  get isUp(): boolean {
    return this.#state === 'up';
  }

  get isMigrated(): boolean {
    return this.#isOpen;
  }

  /** Why the database is away; empty when it is up. */
  get reason(): string {
    return this.isUp ? '' : this.#reason;
  }

  /** Runs now if the database is up, and after each return of it, in the order they were added. */
  async onReturn(recovery: Recovery): Promise<void> {
    this.#recoveries.push(recovery);
    if (!this.isUp) return;
    try {
      await recovery();
    } catch (error) {
      this.#lost(error);
      this.beatNow();
    }
  }

  /**
   * The first attempt, then a beat every 5 s. A database that is away is no error: it is asked again.
   * @throws DatabaseLockedError, DatabaseVersionError which no waiting heals
   */
  async start(): Promise<void> {
    if (this.#isStarted) return;
    this.#isStarted = true;
    await this.#beat({ isFirst: true });
  }

  /** Stops beating. The lease is not released. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#cancelTimer();
    await this.#beating;
  }

  /** Asks at once: somebody saw the database fail, or return. */
  beatNow(): void {
    if (!this.#isStarted) return;
    this.#cancelTimer();
    this.#schedule(0);
  }

  #schedule(delayMs: number): void {
    if (!this.#isStarted) return;
    this.#cancelTimer = this.#deps.timers.wakeAfter(delayMs, () => {
      this.#beating = this.#beat({ isFirst: false });
    });
  }

  async #beat({ isFirst }: { isFirst: boolean }): Promise<void> {
    try {
      if (!this.#isOpen) await this.#deps.connection.open();
      this.#isOpen = true;
      await this.#deps.lease.renew();
      await this.#deps.rescuer.rescue();
      if (this.#state !== 'up') await this.#returned();
    } catch (error) {
      if (isFirst && (error instanceof DatabaseLockedError || error instanceof DatabaseVersionError)) throw error;
      this.#lost(error);
    }
    this.#schedule(this.isUp ? BEAT_MS : RETRY_MS);
  }

  async #returned(): Promise<void> {
    for (const recover of this.#recoveries) await recover();
    if (this.#state === 'away') {
      this.#deps.logger.info('The database is back: persisted jobs are scheduled, held records are written.', {
        database: this.#deps.connection.description,
      });
    }
    this.#state = 'up';
  }

  #lost(error: unknown): void {
    const reason = describeError(error).message;
    this.#deps.lease.doubt();
    this.#reason = reason;
    if (this.#state === 'away') return;
    this.#state = 'away';
    this.#deps.logger.error(
      `The database cannot be used (${reason}). Persisted jobs are not started until it is back; it is asked every second.`,
      { database: this.#deps.connection.description },
    );
  }
}
