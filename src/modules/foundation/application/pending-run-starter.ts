/**
 * Starts the runs that wait for an instance: manual ones now, retries and backfills by the same way. Woken by the change
 * feed, by a run that ended, when the next one becomes available, and every 2 s.
 *
 * Invariants: claims no more than half the free slots at a time, so that the loop always finds some, and none of a job
 * that excludes itself and of which a run goes on here that the database does not know of; what was claimed is
 * started, also where the answer to the claim, or what it takes to start it, was lost: RUNNING records of this instance
 * that waited here and that nobody runs are looked for until the lost statement can no longer take effect. Runs that end
 * where nothing waited a moment ago do not cause a claim each, unless their job queues: a herd of them causes a few.
 */
import { describeError } from '../domain/describe-error.ts';
import { DatabaseUnavailableError, JobNotFoundError } from '../domain/errors.ts';
import type { Run } from '../domain/run.ts';
import type { DatabaseTime } from './database-time.ts';
import type { FireDispatcher } from './fire-dispatcher.ts';
import type { InstanceLease } from './instance-lease.ts';
import type { JobDirectory } from './job-directory.ts';
import { LateClaim } from './late-claim.ts';
import type { OutageJournal } from './outage-journal.ts';
import { PendingRunClaimer } from './pending-run-claimer.ts';
import type { Clock } from './ports/clock.ts';
import type { ClaimedRun } from './ports/fire-claims.ts';
import type { ExecutionLogRepository } from './ports/execution-log-repository.ts';
import type { JobConfigRepository } from './ports/job-config-repository.ts';
import type { Logger } from './ports/logger.ts';
import type { PendingRuns } from './ports/pending-runs.ts';
import type { CancelTimer, Timers } from './ports/timers.ts';

const POLL_MS = 2_000;
/** After a claim that found nothing, an ended run causes the next one no sooner. */
const REST_MS = 25;
/** A claim keeps its slots from the loop while it is under way. */
const MAX_CLAIM = 200;

export interface PendingRunStarterDeps {
  readonly pending: PendingRuns;
  readonly configs: JobConfigRepository;
  readonly executions: ExecutionLogRepository;
  readonly directory: JobDirectory;
  readonly dispatcher: FireDispatcher;
  readonly journal: OutageJournal;
  readonly lease: InstanceLease;
  readonly time: DatabaseTime;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
}

export class PendingRunStarter {
  readonly #deps: PendingRunStarterDeps;
  readonly #claimer: PendingRunClaimer;
  #isStarted = false;
  #turning: Promise<void> | null = null;
  #wokenAgain = false;
  #hasEndedRun = false;
  /** As far as is known: what is added after a claim is told. */
  #isAnyLeft = true;
  #foundNothingAt = Number.NEGATIVE_INFINITY;
  /** The last claim that was not answered; null: what it took is known. */
  #late: LateClaim | null = null;
  #nextInMs: number | null = null;
  #cancelTimer: CancelTimer = () => {};
  #unlisten: () => void = () => {};

  constructor(deps: PendingRunStarterDeps) {
    this.#deps = deps;
    this.#claimer = new PendingRunClaimer(deps);
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#unlisten = this.#deps.dispatcher.onSlotFree((jobId) => {
      if (jobId !== null) this.#runEnded(jobId);
    });
    this.wake();
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#unlisten();
    this.#cancelTimer();
    await this.#turning;
  }

  /** Resolves when no claim is under way. One that a timer begins later is not waited for. */
  async idle(): Promise<void> {
    while (this.#turning !== null) await this.#turning;
  }

  wake(): void {
    if (!this.#isStarted) return;
    if (this.#turning !== null) {
      this.#wokenAgain = true;
      return;
    }
    this.#cancelTimer();
    this.#hasEndedRun = false;
    this.#turning = this.#turn().then((isSound) => this.#sleep(isSound));
  }

  /** Of a job that queues, the next occurrence may wait for just this: it is not kept waiting. */
  #runEnded(jobId: string): void {
    const policy = this.#deps.directory.get(jobId)?.job.terms.overlapPolicy;
    if (policy !== undefined && policy !== 'skip' && policy !== 'allow') return this.wake();
    if (!this.#isStarted || this.#hasEndedRun || !this.#isAnyLeft) return;
    this.#hasEndedRun = true;
    if (this.#turning === null) this.#sleep(true);
  }

  /** After a failure it is not asked again at once, whoever wakes it. */
  #sleep(isSound: boolean): void {
    this.#turning = null;
    const isWoken = this.#wokenAgain && isSound;
    const restMs = Math.min(this.#foundNothingAt + REST_MS - this.#deps.clock.monotonicMs(), REST_MS);
    this.#wokenAgain = false;
    if (isWoken || (isSound && this.#hasEndedRun && restMs <= 0)) return this.wake();
    if (!this.#isStarted) return;
    const nextMs = isSound ? Math.min(this.#nextInMs ?? POLL_MS, POLL_MS) : POLL_MS;
    this.#sleepFor(isSound && this.#hasEndedRun ? Math.min(nextMs, restMs) : nextMs);
  }

  #sleepFor(delayMs: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#deps.timers.wakeAfter(Math.max(1, Math.ceil(delayMs)), () => this.wake());
  }

  /** @returns whether the database answered, or was not asked. Never rejects. */
  async #turn(): Promise<boolean> {
    const { dispatcher, lease } = this.#deps;
    this.#nextInMs = null;
    this.#isAnyLeft = true;
    if (!lease.isHeld) return true;
    const slots = dispatcher.reserveSlots(Math.min(Math.ceil(dispatcher.freeSlots / 2), MAX_CLAIM));
    try {
      if (this.#late !== null) await this.#startUnanswered(this.#late);
      await this.#claim(slots.size);
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    } finally {
      slots.release();
    }
  }

  async #claim(limit: number): Promise<void> {
    const { directory, dispatcher, lease } = this.#deps;
    const handlers = [...directory.registry.keys()];
    if (limit === 0 || handlers.length === 0 || !lease.isHeld) return;
    const exceptJobs = dispatcher.unrecordedJobIds.filter((jobId) => this.#isFullUnrecorded(jobId));
    const { runs, nextInMs, isAnyLeft } = await this.#claimer.claim({ handlers, exceptJobs }, limit);
    this.#nextInMs = nextInMs;
    this.#isAnyLeft = isAnyLeft;
    if (runs.length >= limit) this.#wokenAgain = true;
    this.#foundNothingAt = runs.length === 0 ? this.#deps.clock.monotonicMs() : Number.NEGATIVE_INFINITY;
    await this.#dispatch(runs);
  }

  #isFullUnrecorded(jobId: string): boolean {
    return this.#deps.dispatcher.isFullUnrecorded(jobId, this.#deps.directory.get(jobId)?.job.terms);
  }

  /** What ended here is known before it is asked for: an answer may be older than the outcome that was written meanwhile. */
  async #startUnanswered(late: LateClaim): Promise<void> {
    const { dispatcher, journal, lease, pending } = this.#deps;
    const isFinal = late.isSettled();
    const known = new Set([...dispatcher.activeRunIds, ...journal.runIds]);
    const claimed = await pending.getClaimed(lease.instanceId);
    let isAnyWaiting = false;
    for (const run of claimed.filter(({ id }) => !known.has(id))) {
      // What would overlap one that started meanwhile, without the database, is found again.
      if (this.#isFullUnrecorded(run.jobId)) isAnyWaiting = true;
      else await this.#dispatch([run]);
    }
    if (isFinal && !isAnyWaiting) this.#late = null;
  }

  async #dispatch(runs: readonly ClaimedRun[]): Promise<void> {
    if (runs.length === 0) return;
    const { configs, directory, dispatcher, lease } = this.#deps;
    const unknown = runs.map((run) => run.jobId).filter((jobId) => directory.get(jobId)?.job.isPersisted !== true);
    const read = unknown.length === 0 ? [] : await configs.getByJobIds([...new Set(unknown)]);
    const found = new Map(read.map((config) => [config.jobId, config]));
    if (!lease.isHeld) throw new DatabaseUnavailableError('The lease ended before the claimed runs could be started.');
    for (const run of runs) {
      const config = found.get(run.jobId) ?? directory.get(run.jobId)?.job.config;
      if (config === undefined) await this.#failDeleted(run);
      else dispatcher.dispatch({ ...run, isRecorded: true }, config, directory.registry);
    }
  }

  async #failDeleted(run: Run): Promise<void> {
    const errorMessage = new JobNotFoundError(run.jobId).message;
    await this.#deps.executions.update(run, {
      status: 'FAILED',
      finishedAt: new Date(this.#deps.time.now()),
      durationMs: 0,
      failureReason: 'ERROR',
      errorMessage,
      errorStack: null,
    });
  }

  #failed(error: unknown): void {
    const { lease, logger } = this.#deps;
    this.#late = new LateClaim(this.#deps);
    if (error instanceof DatabaseUnavailableError) lease.doubt();
    logger.error('Waiting runs could not be claimed; they are tried again within 2 s.', {
      reason: describeError(error).message,
    });
  }
}
