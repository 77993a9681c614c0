/**
 * The loop: look what is due → plan → claim → dispatch → sleep until the next instant.
 *
 * One turn at a time; a wake-up during a turn causes another. States: stopped, sleeping (one timer armed, or waiting for
 * a free slot), turning. The directory only says when to look. What is due, and who starts it, is decided by the claiming
 * statement; a cursor that could not be claimed is read again, never assumed.
 *
 * Failure modes. Database away: the due jobs are put back, and looked at again as soon as the lease is renewed. The answer
 * to a claim lost: the ids of its runs are kept, and those that turn out to be RUNNING records of this instance are
 * started then, since nobody else can. Woken early or late: harmless. Killed: the cursors stand, and another replica, or
 * the next start, finds them overdue.
 */
import type { JobConfig } from '../domain/job-config.ts';
import type { Run } from '../domain/run.ts';
import type { DatabaseTime } from './database-time.ts';
import type { FireDispatcher } from './fire-dispatcher.ts';
import type { InstanceLease } from './instance-lease.ts';
import type { DirectoryEntry, JobDirectory } from './job-directory.ts';
import type { JobLoader } from './job-loader.ts';
import { planDueFire } from './plan-due-fire.ts';
import type { Clock } from './ports/clock.ts';
import type { ClaimResult, DueFire, FireClaims } from './ports/fire-claims.ts';
import type { Logger } from './ports/logger.ts';
import type { CancelTimer, Timers } from './ports/timers.ts';

const MAX_BATCH = 1_000;
/** How soon a cursor is looked at again that was due by our clock and could not be claimed. */
const RECHECK_MS = 20;
const RETRY_MS = 1_000;

export interface SchedulingLoopDeps {
  readonly directory: JobDirectory;
  readonly loader: JobLoader;
  readonly claims: FireClaims;
  readonly dispatcher: FireDispatcher;
  readonly lease: InstanceLease;
  readonly time: DatabaseTime;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly newId: () => string;
}

export class SchedulingLoop {
  readonly #deps: SchedulingLoopDeps;
  #isStarted = false;
  #turning: Promise<void> | null = null;
  #wokenAgain = false;
  #cancelTimer: CancelTimer = () => {};
  #unlisten: (() => void)[] = [];
  #unanswered = new Map<string, JobConfig>();
  #lastTurnAt = 0;

  constructor(deps: SchedulingLoopDeps) {
    this.#deps = deps;
  }

  /** Starts turning. Starting a started loop changes nothing. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const wake = (): void => this.wake();
    this.#unlisten = [this.#deps.directory.onLook(wake), this.#deps.dispatcher.onRunEnded(wake)];
    this.wake();
  }

  /** Claims nothing more; resolves when the turn under way has ended. Safe before `start`. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    for (const unlisten of this.#unlisten.splice(0)) unlisten();
    this.#cancelTimer();
    await this.#turning;
  }

  /** When the last turn began, on the monotonic clock. */
  get lastTurnAt(): number {
    return this.#lastTurnAt;
  }

  wake(): void {
    if (!this.#isStarted) return;
    if (this.#turning !== null) {
      this.#wokenAgain = true;
      return;
    }
    this.#turning = Promise.resolve()
      .then(() => this.#turn())
      .catch((error: unknown) => this.#failed(error))
      .finally(() => this.#sleep());
  }

  /** Looks at cursors that somebody left overdue. */
  async sweep(): Promise<void> {
    const { directory, claims } = this.#deps;
    for (const cursor of await claims.getOverdue(2_000, MAX_BATCH)) {
      const entry = directory.get(cursor.jobId);
      if (
        entry?.job.isPersisted === true &&
        entry.job.config.revision === cursor.revision &&
        cursor.nextFireAt instanceof Date
      ) {
        directory.put(entry.job, cursor.nextFireAt.getTime());
      }
    }
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
    const next = this.#nextLook();
    const delayMs = next === null ? Infinity : next - this.#deps.time.now();
    this.#cancelTimer = this.#deps.timers.wakeAfter(delayMs, () => this.wake());
  }

  /** Null while there is nothing to look at, or no slot to run it in. */
  #nextLook(): number | null {
    const { directory, dispatcher, lease } = this.#deps;
    if (dispatcher.freeSlots === 0) return null;
    const persisted = lease.isHeld ? directory.nextLook('persisted') : null;
    const manual = directory.nextLook('manual');
    return persisted === null || manual === null ? (persisted ?? manual) : Math.min(persisted, manual);
  }

  async #turn(): Promise<void> {
    const { directory, dispatcher, lease, time } = this.#deps;
    this.#lastTurnAt = this.#deps.clock.monotonicMs();
    this.#fireManual();
    if (!lease.isHeld) return;
    if (this.#unanswered.size > 0) await this.#startUnanswered();
    const due = directory.takeDue('persisted', time.now(), Math.min(MAX_BATCH, dispatcher.freeSlots));
    if (due.length > 0) await this.#claim(due);
  }

  async #claim(due: readonly DirectoryEntry[]): Promise<void> {
    const { claims, directory, lease, time, newId } = this.#deps;
    const now = time.now();
    const plans = due.filter((entry) => entry.dueAt !== null).map((entry) => planDueFire(entry, now, newId()));
    let answer: ClaimResult;
    try {
      answer = await claims.claim(lease.instanceId, plans);
    } catch (error) {
      for (const { run, config } of plans) if (run !== null) this.#unanswered.set(run.id, config);
      for (const { job } of due) directory.look(job, now + RETRY_MS);
      throw error;
    }
    const configs = new Map(plans.map((plan) => [plan.config.jobId, plan.config]));
    this.#startClaimed(answer.runs, (run) => configs.get(run.jobId)!);
    const moved = plans.filter((plan) => answer.moved.has(plan.config.jobId));
    for (const plan of moved) this.#moveOn(plan);
    if (moved.length < plans.length)
      await this.#readAgain(plans.filter((plan) => !answer.moved.has(plan.config.jobId)));
  }

  #moveOn({ config, nextFireAt }: DueFire): void {
    const entry = this.#deps.directory.get(config.jobId);
    if (entry?.job.config.revision === config.revision)
      this.#deps.directory.put(entry.job, nextFireAt?.getTime() ?? null);
  }

  /** Somebody else has these, or they were edited, or our clock runs ahead of the database's. */
  async #readAgain(plans: readonly DueFire[]): Promise<void> {
    const { claims, directory, loader, time } = this.#deps;
    const jobIds = plans.map((plan) => plan.config.jobId);
    const cursors = new Map((await claims.getCursors(jobIds)).map((cursor) => [cursor.jobId, cursor]));
    const stale: string[] = [];
    for (const { config, dueAt } of plans) {
      const cursor = cursors.get(config.jobId);
      const entry = directory.get(config.jobId);
      if (entry === undefined) continue;
      if (cursor?.revision !== config.revision || cursor.nextFireAt === 'unarmed') stale.push(config.jobId);
      else if (cursor.nextFireAt === 'exhausted') directory.put(entry.job, null);
      else if (cursor.nextFireAt.getTime() === dueAt.getTime()) directory.look(entry.job, time.now() + RECHECK_MS);
      else directory.put(entry.job, cursor.nextFireAt.getTime());
    }
    if (stale.length > 0) await loader.reload(stale);
  }

  async #startUnanswered(): Promise<void> {
    const configs = new Map(this.#unanswered);
    const runs = await this.#deps.claims.getClaimed(this.#deps.lease.instanceId, [...configs.keys()]);
    for (const runId of configs.keys()) this.#unanswered.delete(runId);
    this.#startClaimed(runs, (run) => configs.get(run.id)!);
  }

  /** The answer may have come after the lease ended: then nothing is started before it is known whose the runs are. */
  #startClaimed(runs: readonly Run[], configOf: (run: Run) => JobConfig): void {
    const { dispatcher, directory, lease } = this.#deps;
    for (const run of runs) {
      if (lease.isHeld) dispatcher.dispatch({ ...run, isRecorded: true }, configOf(run), directory.registry);
      else this.#unanswered.set(run.id, configOf(run));
    }
  }

  /** Jobs registered by hand have no cursor: they fire here, once each, and their record is written as they start. */
  #fireManual(): void {
    const { directory, dispatcher, lease, time, newId } = this.#deps;
    const now = time.now();
    for (const entry of directory.takeDue('manual', now, dispatcher.freeSlots)) {
      const { run, config, nextFireAt } = planDueFire(entry, now, newId());
      directory.put(entry.job, nextFireAt?.getTime() ?? null);
      if (run === null) continue;
      if (dispatcher.isRunning(config.jobId)) {
        this.#deps.logger.warn('The occurrence is skipped: the run before it still goes on.', { jobId: config.jobId });
        continue;
      }
      dispatcher.dispatch(
        {
          ...run,
          jobId: config.jobId,
          startedAt: new Date(now),
          attempt: 1,
          maxAttempts: config.maxAttempts,
          instanceId: lease.instanceId,
          jobKwargs: config.jobKwargs,
          isRecorded: false,
        },
        config,
        new Map([[config.jobId, entry.job.handler]]),
      );
    }
  }

  #failed(error: unknown): void {
    this.#deps.logger.error('A turn of the scheduling loop failed; what was due is looked at again within a second.', {
      error,
    });
    this.#deps.lease.doubt();
  }
}
