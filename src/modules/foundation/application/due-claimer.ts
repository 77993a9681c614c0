/**
 * Due entries become runs: plan → claim → dispatch, and each entry is told when to be looked at next, whatever happens.
 *
 * Invariants: an entry that was taken out of the directory's queue always comes back to it, also where the database, a
 * plan or the reading afterwards fails; a fire that the database refuses holds up no other of its batch; what was
 * claimed is started by this instance alone, and only while it holds its lease.
 */
import { describeError } from '../domain/describe-error.ts';
import { DatabaseUnavailableError } from '../domain/errors.ts';
import type { JobConfig } from '../domain/job-config.ts';
import { isPaused } from '../domain/next-fire.ts';
import type { Run } from '../domain/run.ts';
import type { DatabaseTime } from './database-time.ts';
import type { EventBus } from './event-bus.ts';
import type { FireDispatcher } from './fire-dispatcher.ts';
import type { InstanceLease } from './instance-lease.ts';
import type { DirectoryEntry, JobDirectory } from './job-directory.ts';
import type { JobLoader } from './job-loader.ts';
import { planDueFire } from './plan-due-fire.ts';
import type { Clock } from './ports/clock.ts';
import type { ClaimResult, DueFire, FireClaims } from './ports/fire-claims.ts';
import type { Logger } from './ports/logger.ts';
import { UnansweredClaims } from './unanswered-claims.ts';

/** How soon a cursor is looked at again that is due by our clock and was not claimed; then ever later, up to `RETRY_MS`. */
const RECHECK_MS = 20;
export const RETRY_MS = 1_000;
/** When a job is looked at again that cannot be planned, or whose claim the database refuses. */
const REFUSED_MS = 60_000;

export interface DueClaimerDeps {
  readonly directory: JobDirectory;
  readonly loader: JobLoader;
  readonly claims: FireClaims;
  readonly dispatcher: FireDispatcher;
  readonly lease: InstanceLease;
  readonly bus: EventBus;
  readonly time: DatabaseTime;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly newId: () => string;
}

export class DueClaimer {
  readonly #deps: DueClaimerDeps;
  readonly #unanswered: UnansweredClaims;

  constructor(deps: DueClaimerDeps) {
    this.#deps = deps;
    this.#unanswered = new UnansweredClaims(deps.claims, deps.clock);
  }

  /** How long until a claim without an answer is worth asking about; null: there is none. */
  get askInMs(): number | null {
    return this.#unanswered.askInMs;
  }

  /** The run id of an occurrence whose claim was not answered, for whoever runs it now; null: there is none. */
  takeUnanswered(jobId: string, scheduledAt: Date): string | null {
    return this.#unanswered.take(jobId, scheduledAt);
  }

  /** Starts what earlier claims took although their answer was lost. @throws DatabaseUnavailableError */
  async settle(): Promise<void> {
    const settled = await this.#unanswered.settle(this.#deps.lease.instanceId);
    for (const { run, config } of settled) this.#start(run, config);
  }

  /** @throws DatabaseUnavailableError with every entry back in the queue */
  async claim(due: readonly DirectoryEntry[]): Promise<void> {
    const now = this.#deps.time.now();
    const plans = due.map((entry) => this.#plan(entry, now)).filter((plan) => plan !== null);
    if (plans.length > 0) await this.#claim(plans);
  }

  #plan(entry: DirectoryEntry, now: number): DueFire | null {
    if (entry.dueAt === null) return null;
    const { config } = entry.job;
    if (isPaused(config, now)) {
      this.#lookIn(config, (config.pausedUntil?.getTime() ?? Number.POSITIVE_INFINITY) - now);
      return null;
    }
    try {
      return planDueFire(entry, now, this.#deps.newId());
    } catch (error) {
      this.#putOff(entry.job.config, error);
      return null;
    }
  }

  async #claim(plans: readonly DueFire[]): Promise<void> {
    const { claims, lease } = this.#deps;
    for (const { config } of plans) this.#lookIn(config, RETRY_MS);
    let answer: ClaimResult;
    try {
      answer = await claims.claim(lease.instanceId, plans);
    } catch (error) {
      this.#unanswered.add(
        plans.flatMap(({ run, config }) =>
          run === null ? [] : [{ runId: run.id, scheduledAt: run.scheduledAt, config }],
        ),
      );
      if (error instanceof DatabaseUnavailableError) throw error;
      await this.#claimApart(plans, error);
      return;
    }
    const configs = new Map(plans.map((plan) => [plan.config.jobId, plan.config]));
    for (const run of answer.runs) this.#start(run, configs.get(run.jobId)!);
    for (const plan of plans) if (answer.moved.has(plan.config.jobId)) this.#moveOn(plan);
    const left = plans.filter((plan) => !answer.moved.has(plan.config.jobId));
    if (left.length > 0) await this.#readAgain(left);
  }

  /** The statement was refused: the fire at fault is found by halves, and put off alone. */
  async #claimApart(plans: readonly DueFire[], error: unknown): Promise<void> {
    if (plans.length === 1) {
      this.#putOff(plans[0]!.config, error);
      return;
    }
    const half = Math.ceil(plans.length / 2);
    await this.#claim(plans.slice(0, half));
    await this.#claim(plans.slice(half));
  }

  #putOff(config: JobConfig, error: unknown): void {
    const reason = describeError(error).message;
    const { jobId } = config;
    this.#deps.logger.error('A due job could not be claimed; it is tried again in a minute, and the others go on.', {
      jobId,
      reason,
    });
    this.#lookIn(config, REFUSED_MS);
  }

  #moveOn({ config, nextFireAt, event }: DueFire): void {
    const { bus, directory, logger } = this.#deps;
    const entry = directory.get(config.jobId);
    if (entry?.job.config.revision === config.revision) directory.put(entry.job, nextFireAt?.getTime() ?? null);
    if (event === null) return;
    logger.warn(`Occurrences are not run: ${event.reason}.`, { jobId: config.jobId, ...event.detail });
    bus.emit(event);
  }

  /** Somebody else has these, or they were edited, or they wait for a run to end, or our clock runs ahead of the database's. */
  async #readAgain(plans: readonly DueFire[]): Promise<void> {
    const { claims, directory, loader, time } = this.#deps;
    const jobIds = plans.map((plan) => plan.config.jobId);
    const cursors = new Map((await claims.getCursors(jobIds)).map((cursor) => [cursor.jobId, cursor]));
    const stale: string[] = [];
    for (const { config, dueAt } of plans) {
      const cursor = cursors.get(config.jobId);
      const entry = directory.get(config.jobId);
      if (entry?.job.config.revision !== config.revision) continue;
      if (cursor?.revision !== config.revision || cursor.nextFireAt === 'unarmed') stale.push(config.jobId);
      else if (cursor.nextFireAt === 'exhausted') directory.put(entry.job, null);
      else if (cursor.nextFireAt.getTime() !== dueAt.getTime()) directory.put(entry.job, cursor.nextFireAt.getTime());
      else this.#lookIn(config, Math.min(Math.max(time.now() - dueAt.getTime(), RECHECK_MS), RETRY_MS));
    }
    if (stale.length > 0) await loader.reload(stale);
  }

  /** Unless it was edited meanwhile: then it is looked at as its new schedule says. */
  #lookIn(config: JobConfig, delayMs: number): void {
    const { directory, time } = this.#deps;
    const entry = directory.get(config.jobId);
    if (entry?.job.isPersisted !== true || entry.job.config.revision !== config.revision) return;
    directory.look(entry.job, time.now() + delayMs);
  }

  /** The answer may have come after the lease ended: then nothing is started before it is known whose the run is. */
  #start(run: Run, config: JobConfig): void {
    const { dispatcher, directory, lease } = this.#deps;
    if (!lease.isHeld) {
      this.#unanswered.add([{ runId: run.id, scheduledAt: run.scheduledAt, config }]);
      return;
    }
    this.#unanswered.forget(run.id);
    dispatcher.dispatch({ ...run, isRecorded: true }, config, directory.registry);
  }
}
