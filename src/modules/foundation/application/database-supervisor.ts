/**
 * Keeps the database in reach: opens it, renews this instance's lease every 5 s, rescues what the dead left behind (the next
 * beat comes at once while there is more), stops what is to be cancelled, writes what is held in memory, and says when the
 * database goes and comes back.
 *
 * States: starting, away (asks again every second), returning (the lease is renewed, recoveries run), up. Invariants:
 * nobody is told 'up' before everything that must be made good after an outage has been made good; there is one beat at
 * a time, and recoveries, however long they take, never keep the lease from being renewed; after `stop` there is no beat,
 * and a `start` after it begins anew: the database was closed meanwhile, and who wants to recover says so again.
 */
import { describeError } from '../domain/describe-error.ts';
import {
  DatabaseBusyError,
  DatabaseLockedError,
  DatabaseUnavailableError,
  DatabaseVersionError,
} from '../domain/errors.ts';
import type { InstanceLease } from './instance-lease.ts';
import type { RunCanceller } from './run-canceller.ts';
import type { UnclaimedTeller } from './unclaimed-teller.ts';
import type { OrphanRescuer } from './orphan-rescuer.ts';
import type { OutageJournal } from './outage-journal.ts';
import type { OutageRuns } from './outage-runs.ts';
import type { DatabaseConnection } from './ports/database-connection.ts';
import type { ExecutionLogRepository } from './ports/execution-log-repository.ts';
import type { Logger } from './ports/logger.ts';
import type { CancelTimer, Timers } from './ports/timers.ts';

const BEAT_MS = 5_000;
const RETRY_MS = 1_000;

export interface DatabaseSupervisorDeps {
  readonly connection: DatabaseConnection;
  readonly lease: InstanceLease;
  readonly executions: Pick<ExecutionLogRepository, 'writeLastRuns'>;
  readonly rescuer: OrphanRescuer;
  readonly canceller: RunCanceller;
  readonly unclaimedTeller: Pick<UnclaimedTeller, 'tell'>;
  readonly journal: OutageJournal;
  readonly outageRuns: OutageRuns;
  readonly timers: Timers;
  readonly logger: Logger;
}

/** What to do once the database is there again. One that throws is asked again at the next beat. */
export type Recovery = () => Promise<void>;

export class DatabaseSupervisor {
  readonly #deps: DatabaseSupervisorDeps;
  readonly #recoveries: Recovery[] = [];
  #state: 'starting' | 'away' | 'returning' | 'up' = 'starting';
  #wasAway = false;
  #reason = 'It has not been asked yet.';
  #isOpen = false;
  #isStarted = false;
  #fatal: Error | null = null;
  #beating: Promise<void> | null = null;
  #beatAgain = false;
  #recovering: Promise<void> | null = null;
  #tidying: Promise<void> | null = null;
  #cancelTimer: CancelTimer = () => {};
  #unlisten: () => void = () => {};

  constructor(deps: DatabaseSupervisorDeps) {
    this.#deps = deps;
  }

  get isUp(): boolean {
    return this.#state === 'up';
  }

  /** False: nobody looks after the database, which is closed after a stop. */
  get isStarted(): boolean {
    return this.#isStarted;
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
    }
  }

  /**
   * The first attempt, then a beat every 5 s. A database that is away is no error: it is asked again.
   * @throws DatabaseLockedError, DatabaseVersionError which no waiting heals
   */
  async start(): Promise<void> {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#state = 'starting';
    this.#isOpen = false;
    this.#wasAway = false;
    this.#fatal = null;
    this.#unlisten = this.#deps.lease.onDoubt(() => {
      if (this.#state !== 'away') this.beatNow();
    });
    this.#deps.canceller.start();
    await this.#startBeat();
    if (this.#fatal !== null) {
      this.#isStarted = false;
      this.#deps.canceller.stop();
      throw this.#fatal;
    }
    await this.#recovering;
  }

  /** Stops beating, and forgets what was to be done on a return. The lease is not released. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#unlisten();
    this.#deps.canceller.stop();
    this.#cancelTimer();
    await this.#beating;
    await this.#recovering;
    await this.#tidying;
    this.#recoveries.length = 0;
  }

  /** Asks at once: somebody saw the database fail, or return. */
  beatNow(): void {
    if (!this.#isStarted) return;
    if (this.#beating === null) void this.#startBeat();
    else this.#beatAgain = true;
  }

  #startBeat(): Promise<void> {
    this.#cancelTimer();
    this.#beatAgain = false;
    this.#beating = this.#beat().finally(() => {
      this.#beating = null;
      this.#sleep();
    });
    return this.#beating;
  }

  /** While the database is away, asking again at once asks too much: the next attempt comes within a second anyway. */
  #sleep(): void {
    this.#cancelTimer();
    if (!this.#isStarted || this.#fatal !== null) return;
    if (this.#beatAgain && this.#state !== 'away') {
      void this.#startBeat();
      return;
    }
    this.#cancelTimer = this.#deps.timers.wakeAfter(this.#state === 'away' ? RETRY_MS : BEAT_MS, () => this.beatNow());
  }

  async #beat(): Promise<void> {
    try {
      if (!this.#isOpen) await this.#deps.connection.open();
      this.#isOpen = true;
      await this.#deps.lease.renew();
      if (await this.#deps.rescuer.rescue()) this.#beatAgain = true;
      await this.#deps.canceller.check();
      if (this.#state !== 'up') {
        this.#recover();
        return;
      }
      await this.#deps.outageRuns.settleRest();
      this.#tidy();
    } catch (error) {
      if (this.#state === 'starting' && isFatal(error)) this.#fatal = error;
      else this.#lost(error);
    }
  }

  /** Beside the beats, which wait for nobody who holds a row. */
  #tidy(): void {
    if (this.#tidying !== null) return;
    const { executions, journal, rescuer, unclaimedTeller } = this.#deps;
    const flushed = journal.size > 0 ? journal.flush() : Promise.resolve();
    this.#tidying = Promise.all([flushed, executions.writeLastRuns(), rescuer.endUnknown(), unclaimedTeller.tell()])
      .then(() => undefined)
      .catch((error: unknown) => this.#lost(error))
      .finally(() => {
        this.#tidying = null;
      });
  }

  /** One recovery at a time; a database that went away and came back during one is made good by the next beat. */
  #recover(): void {
    if (this.#recovering !== null) return;
    this.#state = 'returning';
    this.#recovering = this.#makeGood()
      .catch((error: unknown) => this.#lost(error))
      .finally(() => {
        this.#recovering = null;
      });
  }

  async #makeGood(): Promise<void> {
    const { journal, outageRuns } = this.#deps;
    await outageRuns.settle();
    // What ended while the rest was written.
    if (journal.size > 0) await journal.flush();
    for (const recover of this.#recoveries) {
      if (!this.#isStarted) return;
      await recover();
    }
    if (this.#state !== 'returning') return;
    this.#state = 'up';
    if (!this.#wasAway) return;
    this.#wasAway = false;
    this.#deps.logger.info('The database is back: persisted jobs are scheduled, held records are written.', {
      database: this.#deps.connection.description,
    });
  }

  #lost(error: unknown): void {
    this.#state = 'away';
    this.#reason = describeError(error).message;
    const { lease } = this.#deps;
    // Somebody who holds a row does not take the database away from everybody, but where it is the lease's, until that is over.
    const isPassing = error instanceof DatabaseBusyError && lease.term !== null;
    if (error instanceof DatabaseUnavailableError && !isPassing) {
      lease.doubt();
      lease.suspend();
    }
    if (this.#beating === null) this.#sleep();
    if (this.#wasAway) return;
    this.#wasAway = true;
    this.#deps.logger.error(
      `The database cannot be used (${this.#reason}). Persisted jobs are held or run without their log until it is back, as their outage policy says; it is asked every second.`,
      { database: this.#deps.connection.description },
    );
  }
}

function isFatal(error: unknown): error is Error {
  return error instanceof DatabaseLockedError || error instanceof DatabaseVersionError;
}
