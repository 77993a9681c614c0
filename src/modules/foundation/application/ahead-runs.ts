/**
 * The runs that this instance claimed before they are due: held, confirmed when they are, and then started, or given back.
 * Invariants: while the database is there, none starts before it has renewed this instance's lease at or after the due
 * time, in one unbroken stretch since it was claimed, and has said that its job is still the one that was claimed, and
 * nobody wants the run to stop; what does not start is given back, so that it is claimed again as its row says by then.
 *
 * Failure modes. Lease in doubt when it is due: held until it is renewed; whoever rescued it meanwhile has ended that stretch,
 * and it is confirmed no more. Database away: its job waits as if it had not been claimed (`outage-runs.ts`); what has not
 * started by then is given back. Killed: others see that it was never confirmed. Stopped, or no slot for a second: given back.
 */
import { describeError } from '../domain/describe-error.ts';
import { DatabaseUnavailableError } from '../domain/errors.ts';
import type { FireDispatcher } from './fire-dispatcher.ts';
import { confirmDue, type ConfirmDueDeps, type HeldRun } from './confirm-due.ts';
import { claimAgain, giveBackDoomed } from './give-back-doomed.ts';
import { type HeldRuns, MAX_HELD } from './held-runs.ts';
import type { JobDirectory } from './job-directory.ts';
import type { JobLoader } from './job-loader.ts';
import type { AheadRun } from './ports/ahead-claims.ts';
import type { FireClaims } from './ports/fire-claims.ts';
import type { Logger } from './ports/logger.ts';
import type { CancelTimer, Timers } from './ports/timers.ts';
import type { StartBurst } from './start-burst.ts';

/** The confirmed wait so long for the next slot, and what could not be given back is given back after it. */
const PATIENCE_MS = 1_000;
/** So long at a time nothing is done but to start. */
const BURST_MS = 50;
/** So many turns of the microtask queue after work that ends at once its slot is free again. */
const HOPS = 16;
/** So long at most what has ended waits for those that have not started. */
const STARTS_FIRST_MS = 500;

export interface AheadRunsDeps extends ConfirmDueDeps {
  readonly claims: FireClaims;
  readonly dispatcher: FireDispatcher;
  readonly directory: JobDirectory;
  readonly held: HeldRuns;
  readonly loader: JobLoader;
  readonly starts: StartBurst;
  readonly timers: Timers;
  readonly logger: Logger;
}

export class AheadRuns {
  readonly #deps: AheadRunsDeps;
  readonly #onRoom: () => void;
  #isFull = false;
  /** The stretch of the lease that they were confirmed in. */
  #confirmedTerm: number | null = null;
  /** This and the next two on the monotonic clock: the database's may be set back. */
  #patientUntil = 0;
  #startsFirstUntil = 0;
  #retryAt = 0;
  /** Those that could not be given back are given back then. */
  #giveBackAt = 0;
  #isStarted = false;
  #turning: Promise<void> | null = null;
  #wokenAgain = false;
  #cancelTimer: CancelTimer = () => {};
  #unlisten: (() => void)[] = [];

  /** @param onRoom is told when more may be held again, of which there was no room */
  constructor(deps: AheadRunsDeps, onRoom: () => void) {
    this.#deps = deps;
    this.#onRoom = onRoom;
  }

  get size(): number {
    return this.#deps.held.size;
  }

  /** Something that is due waits for its confirmation or its slot: it goes before what has not been claimed yet. */
  get isStarting(): boolean {
    const { held, time } = this.#deps;
    return held.hasConfirmed || held.earliestAt <= time.now();
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const { dispatcher, held, lease } = this.#deps;
    this.#unlisten = [
      lease.onRegained(() => this.#wake()),
      lease.onSuspended(() => this.#wake()),
      held.onCancelled(() => this.#wake()),
      dispatcher.onSlotFree((jobId) => {
        if (jobId === null && held.hasConfirmed) this.#wake();
      }),
    ];
    this.#wake();
  }

  /** Gives back whatever has not started. Safe before `start`. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    for (const unlisten of this.#unlisten.splice(0)) unlisten();
    this.#cancelTimer();
    await this.#turning;
    this.#deps.starts.end();
    this.#deps.held.doomAll();
    await this.#giveBackTillEnd();
  }

  /** While the runs drain this instance has its lease, and nobody else may have what could not be given back at once. */
  async #giveBackTillEnd(): Promise<void> {
    if (this.#deps.lease.isEnded) return;
    await this.#giveBack().catch((error: unknown) => this.#failed(error));
    if (this.#isStarted || this.#deps.held.doomed.length === 0) return;
    this.#cancelTimer = this.#deps.timers.wakeAfter(PATIENCE_MS, () => void this.#giveBackTillEnd());
  }

  /** @param tick of the claim; `UNKNOWN_TICK` makes each job be looked at again */
  hold(runs: readonly AheadRun[], tick: number): void {
    for (const run of runs) this.#deps.held.hold({ ...run, tick });
    this.#isFull ||= this.size >= MAX_HELD;
    if (runs.length > 0) this.#wake();
  }

  #wake(): void {
    if (!this.#isStarted) return;
    if (this.#turning !== null) {
      this.#wokenAgain = true;
      return;
    }
    this.#cancelTimer();
    this.#turning = this.#turn()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => this.#sleep());
  }

  #sleep(): void {
    this.#turning = null;
    if (!this.#isStarted) return;
    if (this.#isFull && this.size < MAX_HELD) {
      this.#isFull = false;
      this.#onRoom();
    }
    const isWoken = this.#wokenAgain;
    this.#wokenAgain = false;
    if (isWoken) return this.#wake();
    const inMs = this.#idleMs();
    if (inMs === null) return;
    const delayMs = Math.max(inMs, this.#retryAt - this.#deps.clock.monotonicMs());
    this.#cancelTimer = this.#deps.timers.wakeAfter(delayMs, () => this.#wake());
  }

  /** Null: nothing is held, or nothing can be done before the lease is renewed, which wakes it. */
  #idleMs(): number | null {
    const { clock, dispatcher, held, lease, time } = this.#deps;
    if (!lease.isHeld || held.size === 0) return null;
    if (held.hasConfirmed) {
      if (dispatcher.freeSlots > 0) return 0;
      dispatcher.askForSlot();
      return Math.max(1, this.#patientUntil - clock.monotonicMs());
    }
    const untilDueMs = Math.max(0, held.earliestAt - time.now());
    return held.doomed.length === 0 ? untilDueMs : Math.min(untilDueMs, this.#untilGivenBackMs);
  }

  /** @throws DatabaseUnavailableError with everything still held */
  async #turn(): Promise<void> {
    const { clock, dispatcher, held, lease, starts, time } = this.#deps;
    if (lease.isSuspended) held.offer();
    else held.withdraw();
    // What has ended waits for no start that waits for the lease.
    if (!lease.isHeld) return starts.end();
    if (lease.term !== this.#confirmedTerm) held.holdAgain(held.takeConfirmed(Number.POSITIVE_INFINITY));
    if (held.earliestAt <= time.now()) await this.#confirm();
    await this.#startConfirmed();
    if (dispatcher.freeSlots === 0 && clock.monotonicMs() >= this.#patientUntil) held.doomConfirmed();
    if (this.#untilGivenBackMs === 0) await this.#giveBack();
  }

  /** What somebody holds keeps what is due from starting no longer than it takes to ask once a second. */
  get #untilGivenBackMs(): number {
    return Math.max(0, this.#giveBackAt - this.#deps.clock.monotonicMs());
  }

  async #confirm(): Promise<void> {
    const { clock, held, lease, time } = this.#deps;
    const { term } = lease;
    const due = held.dueBy(time.now());
    const answer = await confirmDue(this.#deps, due);
    if (answer === null) return;
    this.#confirmedTerm = term;
    this.#patientUntil = clock.monotonicMs() + PATIENCE_MS;
    if (answer === 'all') return held.confirmAll(due);
    for (const each of due) {
      if (answer.confirmed.has(each.run.id)) held.confirm(each);
      else if (answer.givenBack.has(each.run.id)) held.forget(each);
      else held.doom(each);
    }
    await this.#claimAgain(due.filter(({ run }) => answer.givenBack.has(run.id)));
  }

  /** As many as there are slots for, those that become free at once included; what has ended is recorded afterwards. */
  async #startConfirmed(): Promise<void> {
    const { clock, dispatcher, held, starts } = this.#deps;
    if (!held.hasConfirmed) return starts.end();
    const until = clock.monotonicMs() + BURST_MS;
    if (!starts.isGoing) this.#startsFirstUntil = clock.monotonicMs() + STARTS_FIRST_MS;
    starts.start();
    try {
      for (let hops = 0; held.hasConfirmed && hops < HOPS && clock.monotonicMs() < until; hops += 1) {
        if (dispatcher.freeSlots === 0) await Promise.resolve();
        else {
          this.#startNext();
          hops = 0;
        }
      }
    } finally {
      const isLater = clock.monotonicMs() >= this.#startsFirstUntil;
      if (!held.hasConfirmed || dispatcher.freeSlots === 0 || isLater) starts.end();
    }
  }

  /** Where the lease has ended since, they have to be confirmed again. */
  #startNext(): void {
    const { clock, directory, dispatcher, held, lease, time } = this.#deps;
    const starting = held.takeConfirmed(dispatcher.freeSlots);
    if (lease.term === null || lease.term !== this.#confirmedTerm) return held.holdAgain(starting);
    const now = new Date(time.atLeast());
    if (starting.length > 0) this.#patientUntil = clock.monotonicMs() + PATIENCE_MS;
    for (const { run, config } of starting) {
      const startedAt = run.scheduledAt > now ? run.scheduledAt : now;
      dispatcher.dispatch({ ...run, startedAt, isRecorded: true }, config, directory.registry);
    }
  }

  async #giveBack(): Promise<void> {
    const { clock, held } = this.#deps;
    await giveBackDoomed(this.#deps, (givenBack) => this.#claimAgain(givenBack));
    this.#giveBackAt = held.doomed.length > 0 ? clock.monotonicMs() + PATIENCE_MS : 0;
  }

  async #claimAgain(givenBack: readonly HeldRun[]): Promise<void> {
    if (this.#isStarted) await claimAgain(this.#deps, givenBack);
  }

  #failed(error: unknown): void {
    const { clock, lease, logger } = this.#deps;
    this.#retryAt = clock.monotonicMs() + PATIENCE_MS;
    if (error instanceof DatabaseUnavailableError) lease.doubt();
    logger.error(
      'Runs that were claimed ahead could not be confirmed or given back. They are tried again within a second, or as soon as the lease is renewed; if this process ends before, another puts them back.',
      { count: this.size, reason: describeError(error).message },
    );
  }
}
