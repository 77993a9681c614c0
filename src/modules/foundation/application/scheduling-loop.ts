/**
 * The loop: look what is due → plan → claim → dispatch → sleep until the next instant.
 *
 * One turn at a time; a wake-up during a turn causes another. States: stopped, sleeping (one timer armed, or waiting for
 * a free slot), turning. The directory only says when to look. What is due, and who starts it, is decided by the claiming
 * statement; a cursor that could not be claimed is read again, never assumed.
 *
 * Failure modes. Database away: the due jobs are put back, the lease comes into doubt, and the turn after its renewal
 * looks at them again; meanwhile those that are to run without the database do (`outage-runs.ts`). The answer to a claim
 * lost: the ids of its runs are kept, and those that turn out to be RUNNING records of this instance are started then,
 * since nobody else can. A job that cannot be planned, or whose claim is refused: put off, the others go on. Woken early
 * or late: harmless. Killed: the cursors stand, and another replica, or the next start, finds them overdue.
 */
import { describeError } from '../domain/describe-error.ts';
import { DatabaseUnavailableError } from '../domain/errors.ts';
import { AheadRuns } from './ahead-runs.ts';
import { DueClaimer, type DueClaimerDeps, RETRY_MS } from './due-claimer.ts';
import { HerdClaimer } from './herd-claimer.ts';
import { startOf } from './job-directory.ts';
import { ManualFires } from './manual-fires.ts';
import type { OutageRuns } from './outage-runs.ts';
import { LEFT_OVER_MS } from './own-share.ts';
import type { FireCursor } from './ports/fire-claims.ts';
import type { CancelTimer } from './ports/timers.ts';

const MAX_BATCH = 1_000;
/** The directory should know of every due cursor. What it lost sight of is found this often. */
const SWEEP_EVERY_MS = 30_000;
const OVERDUE_MS = 2_000;
/** How soon the rest of a herd is looked at while those that were claimed ahead are being started. */
const STARTING_MS = 5;

export interface SchedulingLoopDeps extends DueClaimerDeps {
  readonly outageRuns: OutageRuns;
}

export class SchedulingLoop {
  readonly #deps: SchedulingLoopDeps;
  readonly #ahead: AheadRuns;
  readonly #claimer: DueClaimer;
  readonly #herds: HerdClaimer;
  readonly #manual: ManualFires;
  #isStarted = false;
  #turning: Promise<void> | null = null;
  #wokenAgain = false;
  #cancelTimer: CancelTimer = () => {};
  #unlisten: (() => void)[] = [];
  #lastTurnAt: number | null = null;
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(deps: SchedulingLoopDeps) {
    this.#deps = deps;
    this.#ahead = new AheadRuns(deps, () => this.wake());
    this.#claimer = new DueClaimer(deps, this.#ahead);
    this.#herds = new HerdClaimer(deps, this.#claimer, this.#ahead, (error) => {
      if (error !== null) this.#failed(error);
      this.wake();
    });
    this.#manual = new ManualFires(deps);
  }

  /** Starts turning. Starting a started loop changes nothing. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const wake = (): void => this.wake();
    this.#unlisten = [
      this.#deps.directory.onLook(wake),
      this.#deps.lease.onRegained(wake),
      this.#deps.lease.onSuspended(wake),
      this.#deps.dispatcher.onSlotFree((jobId) => this.#slotFree(jobId)),
    ];
    this.#ahead.start();
    this.wake();
  }

  /** Claims nothing more, and gives back what has not started; resolves when the turn under way has ended. Safe before `start`. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    for (const unlisten of this.#unlisten.splice(0)) unlisten();
    this.#cancelTimer();
    await this.#turning;
    await this.#herds.idle();
    await this.#ahead.stop();
  }

  /** Resolves when no turn is under way, and no claim. One that a timer begins later is not waited for. */
  async idle(): Promise<void> {
    do {
      await this.#herds.idle();
      await this.#turning;
    } while (this.#turning !== null);
  }

  /** Is something due that this instance may start? */
  get canClaim(): boolean {
    const { directory, dispatcher, lease, time } = this.#deps;
    const nextAt = directory.nextLook('persisted');
    return lease.isHeld && dispatcher.freeSlots > 0 && nextAt !== null && nextAt <= time.now();
  }

  /** When the last turn began, on the monotonic clock; null: none has. */
  get lastTurnAt(): number | null {
    return this.#lastTurnAt;
  }

  wake(): void {
    if (!this.#isStarted) return;
    if (this.#turning !== null) {
      this.#wokenAgain = true;
      return;
    }
    this.#cancelTimer();
    this.#turning = Promise.resolve()
      .then(() => this.#turn())
      .catch((error: unknown) => this.#failed(error))
      .finally(() => this.#sleep());
  }

  /** Looks at cursors that somebody left overdue. @throws DatabaseUnavailableError */
  async sweep(olderThanMs: number = OVERDUE_MS): Promise<void> {
    const { claims, clock } = this.#deps;
    if (olderThanMs === OVERDUE_MS) this.#sweptAt = clock.monotonicMs();
    let after: FireCursor | null = null;
    for (let found = 0; found < MAX_BATCH;) {
      const page: FireCursor[] = await claims.getOverdue(olderThanMs, { limit: MAX_BATCH, after });
      found += page.filter((cursor) => this.#lookAtOverdue(cursor)).length;
      after = page.at(-1) ?? null;
      if (page.length < MAX_BATCH) return;
    }
  }

  /** What waits in the queue for the same occurrence is looked at in its turn. @returns whether it was put there now */
  #lookAtOverdue({ jobId, revision, nextFireAt }: FireCursor): boolean {
    const { directory } = this.#deps;
    const entry = directory.get(jobId);
    if (entry?.job.isPersisted !== true || entry.job.revision !== revision) return false;
    if (!(nextFireAt instanceof Date) || nextFireAt.getTime() === entry.dueAt) return false;
    directory.put(entry.job, nextFireAt.getTime());
    return true;
  }

  /** What waited for this run to end can be claimed now, or once its jitter has passed. */
  #slotFree(jobId: string | null): void {
    if (jobId === null) return this.wake();
    const { directory, outageRuns, time } = this.#deps;
    outageRuns.startWaiting(jobId);
    const entry = directory.get(jobId);
    if (entry?.job.isPersisted !== true || entry.dueAt === null) return;
    const now = time.now();
    if (entry.dueAt <= now) directory.look(entry.job, Math.max(now, startOf(entry.job, entry.dueAt)));
  }

  #sleep(): void {
    this.#turning = null;
    if (!this.#isStarted) return;
    this.#cancelTimer();
    if (this.#wokenAgain) {
      this.#wokenAgain = false;
      this.wake();
      return;
    }
    this.#cancelTimer = this.#deps.timers.wakeAfter(this.#idleMs(), () => this.wake());
  }

  /** How long there is nothing to do. A slot that becomes free, and a lease that is regained, wake the loop. */
  #idleMs(): number {
    const { directory, dispatcher, lease, outageRuns, time } = this.#deps;
    const untilLook = (at: number | null, now: number): number => (at === null ? Number.POSITIVE_INFINITY : at - now);
    const manualMs = untilLook(directory.nextLook('manual'), time.now());
    const now = lease.isSuspended ? time.atLeast() : time.now();
    const settledMs = lease.isSuspended ? RETRY_MS : Number.POSITIVE_INFINITY;
    const isLooking = lease.isHeld || (outageRuns.isOpen && !this.#herds.isClaiming);
    const persistedMs = isLooking ? untilLook(directory.nextLook('persisted'), now) : settledMs;
    const leftOverMs = this.#isIdle() ? this.#herds.share.leftOverInMs : Number.POSITIVE_INFINITY;
    const askMs = lease.isHeld
      ? Math.min(this.#claimer.askInMs ?? Number.POSITIVE_INFINITY, this.#herds.inMs, leftOverMs)
      : Number.POSITIVE_INFINITY;
    const dueMs = Math.min(manualMs, lease.isHeld && this.#ahead.isStarting ? STARTING_MS : persistedMs);
    if (dueMs > 0 || dispatcher.freeSlots > 0) return Math.min(dueMs, askMs);
    dispatcher.askForSlot();
    return askMs;
  }

  async #turn(): Promise<void> {
    const { clock, lease, outageRuns } = this.#deps;
    const now = clock.monotonicMs();
    this.#lastTurnAt = now;
    this.#manual.fire();
    // What a claim under way may have taken runs under the id of that claim: it is waited for.
    if (outageRuns.isOpen && !this.#herds.isClaiming) outageRuns.fire(this.#claimer.unanswered);
    if (!lease.isHeld) return;
    await this.#claimer.settle();
    if (now - this.#sweptAt >= SWEEP_EVERY_MS) await this.sweep();
    await this.#claimDue();
    this.#herds.take();
    if (this.#herds.share.leftOverInMs > 0 || !this.#isIdle()) return;
    await this.sweep(LEFT_OVER_MS);
    this.#herds.share.lookedForLeftOvers();
  }

  /** What others left over is looked for after what is due here. */
  #isIdle(): boolean {
    const next = this.#deps.directory.nextLook('persisted');
    return next === null || next > this.#deps.time.now();
  }

  async #claimDue(): Promise<void> {
    const { directory, dispatcher, lease, time } = this.#deps;
    const next = directory.nextLook('persisted');
    if (next === null || next > time.now() || !lease.isHeld || this.#ahead.isStarting) return;
    const due = directory.takeDue('persisted', time.now(), Math.min(MAX_BATCH, dispatcher.freeSlots));
    const slots = dispatcher.reserveSlots(Math.max(1, due.length));
    try {
      await this.#claimer.claim(this.#herds.share.of(due));
    } finally {
      slots.release();
    }
  }

  #failed(error: unknown): void {
    const { lease, logger } = this.#deps;
    const reason = describeError(error).message;
    logger.error(
      `A turn of the scheduling loop failed (${reason}). What was due is looked at again within ${RETRY_MS} ms.`,
      {
        error,
      },
    );
    if (error instanceof DatabaseUnavailableError) lease.doubt();
  }
}
