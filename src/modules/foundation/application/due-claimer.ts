/**
 * Due entries become runs: plan → claim → dispatch, and each entry is told when to be looked at next, whatever happens.
 *
 * Invariants: an entry that was taken out of the directory's queue always comes back to it, also where the database, a
 * plan or the reading afterwards fails; a fire that the database refuses holds up no other of its batch; what was
 * claimed is started by this instance alone, and only while it holds its lease; what was claimed ahead is started by
 * `AheadRuns` alone; where a run goes on here that the database does not know of, the next of its job waits for it.
 */
import { describeError } from '../domain/describe-error.ts';
import { DatabaseUnavailableError } from '../domain/errors.ts';
import type { RunnableConfig } from '../domain/job-config.ts';
import { isPaused } from '../domain/next-fire.ts';
import { wasClaimedAhead } from '../domain/run.ts';
import type { AheadRuns, AheadRunsDeps } from './ahead-runs.ts';
import type { ArmedJob } from './armed-job.ts';
import type { EventBus } from './event-bus.ts';
import { UNKNOWN_TICK } from './held-runs.ts';
import { type DirectoryEntry, startOf } from './job-directory.ts';
import type { OutageRuns } from './outage-runs.ts';
import { planDueFire } from './plan-due-fire.ts';
import type { AheadRun } from './ports/ahead-claims.ts';
import type { ClaimResult, DueFire } from './ports/fire-claims.ts';
import { type SettledRun, UnansweredClaims, type UnansweredLookup, unansweredOf } from './unanswered-claims.ts';

/** How soon a cursor is looked at again that is due by our clock and was not claimed; then ever later, up to `RETRY_MS`. */
const RECHECK_MS = 20;
export const RETRY_MS = 1_000;
/** When a job is looked at again that cannot be planned, or whose claim the database refuses. */
const REFUSED_MS = 60_000;

/** A job as it was when it was looked at. */
type JobRevision = Pick<RunnableConfig, 'jobId' | 'revision'>;

/** A batch of one claim. */
interface Claiming {
  readonly plans: readonly DueFire[];
  readonly aheadMs: number;
  /** The database's clock, milliseconds since 1970. */
  readonly plannedAt: number;
}

export interface DueClaimerDeps extends AheadRunsDeps {
  readonly outageRuns: Pick<OutageRuns, 'isUnsettled'>;
  readonly bus: EventBus;
  readonly newId: () => string;
}

export class DueClaimer {
  readonly #deps: DueClaimerDeps;
  readonly #ahead: AheadRuns;
  readonly #unanswered: UnansweredClaims;

  constructor(deps: DueClaimerDeps, ahead: AheadRuns) {
    this.#deps = deps;
    this.#ahead = ahead;
    this.#unanswered = new UnansweredClaims(deps);
  }

  /** How long until a claim without an answer is worth asking about; null: there is none. */
  get askInMs(): number | null {
    return this.#unanswered.askInMs;
  }

  get unanswered(): UnansweredLookup {
    return this.#unanswered;
  }

  /**
   * Starts what earlier claims took although their answer was lost; its job waits for the next occurrence then, so that
   * without the database it is not run again. @throws DatabaseUnavailableError
   */
  async settle(): Promise<void> {
    await this.#unanswered.settle(this.#deps.lease.instanceId, (found) => this.#startFound(found));
  }

  /** @returns false: it waits for the lease, or would overlap what started meanwhile, without the database */
  #startFound(found: SettledRun): boolean {
    const { directory, dispatcher, lease } = this.#deps;
    const { config, nextFireAt } = found;
    const entry = directory.get(config.jobId);
    if (!lease.isHeld || dispatcher.isFullUnrecorded(config.jobId, entry?.job.terms ?? config)) return false;
    this.#start([found], UNKNOWN_TICK);
    const dueAt = entry?.dueAt ?? null;
    if (dueAt !== null && (nextFireAt === null || dueAt < nextFireAt.getTime())) this.#moveTo(config, nextFireAt);
    return true;
  }

  /** @throws DatabaseUnavailableError with every entry back in the queue */
  async claim(due: readonly DirectoryEntry[]): Promise<void> {
    const now = this.#deps.time.atLeast();
    const plans = due.map((entry) => this.#plan(entry, now)).filter((plan) => plan !== null);
    if (plans.length > 0) await this.#claim({ plans, aheadMs: 0, plannedAt: now });
  }

  /**
   * The same, for what is due within `aheadMs`. A run that is still going when it is claimed may have ended when it is
   * due: what would overlap is left until then.
   */
  async claimAhead(coming: readonly DirectoryEntry[], aheadMs: number): Promise<void> {
    const now = this.#deps.time.atLeast();
    const plans = coming.map((entry) => this.#plan(entry, now)).filter((plan) => plan !== null);
    const waiting = plans.map((plan): DueFire => ({ ...plan, whenOverlapping: 'wait' }));
    if (waiting.length > 0) await this.#claim({ plans: waiting, aheadMs, plannedAt: now });
  }

  /** @param now the least that the database's clock says: nothing is planned as if an occurrence to come were due */
  #plan(entry: DirectoryEntry, now: number): DueFire | null {
    if (entry.dueAt === null) return null;
    try {
      const restMs = this.#restMs(entry.job, entry.dueAt, now);
      if (restMs <= 0) return this.#unanswered.asBefore(planDueFire(entry, now, this.#deps.newId()));
      this.#lookIn(entry.job, restMs);
    } catch (error) {
      this.#putOff(entry.job, error);
    }
    return null;
  }

  /** How long it is left alone; 0: it can be claimed. */
  #restMs(job: ArmedJob, dueAt: number, now: number): number {
    const { jobId, terms } = job;
    const { dispatcher, outageRuns } = this.#deps;
    if (isPaused(terms, now)) return (terms.pausedUntil?.getTime() ?? Number.POSITIVE_INFINITY) - now;
    if (dispatcher.isFullUnrecorded(jobId, terms) || outageRuns.isUnsettled(jobId)) return RETRY_MS;
    return terms.jitterMs === 0 ? 0 : startOf(job, dueAt) - now;
  }

  async #claim(claiming: Claiming): Promise<void> {
    const { plans, aheadMs, plannedAt } = claiming;
    const { claims, directory, lease, time } = this.#deps;
    const sent = { plannedAt, renewals: lease.renewals };
    const later = (plan: DueFire, restMs: number): void =>
      this.#lookIn(plan.config, Math.max(RETRY_MS, plan.dueAt.getTime() - time.now() + restMs));
    // What is due before the answer is there is not claimed a second time.
    for (const plan of plans) later(plan, aheadMs > 0 ? RETRY_MS : 0);
    const looks = new Map(plans.map(({ config: { jobId } }) => [jobId, directory.lookOf(jobId)]));
    let answer: ClaimResult;
    try {
      answer = await claims.claim(lease.instanceId, plans, { aheadMs, renewals: sent.renewals });
    } catch (error) {
      this.#unanswered.add(plans.flatMap((plan) => unansweredOf(plan, sent)));
      if (error instanceof DatabaseUnavailableError) {
        for (const plan of plans) later(plan, 0);
        throw error;
      }
      await this.#claimApart(claiming, error);
      return;
    }
    const planOf = new Map(plans.map((plan) => [plan.config.jobId, plan]));
    const claimed = answer.runs.map((run) => ({ ...planOf.get(run.jobId)!, run, ...sent }));
    this.#start(claimed, answer.tick);
    for (const plan of plans) if (answer.moved.has(plan.config.jobId)) this.#moveOn(plan);
    const left = plans.filter((plan) => !answer.moved.has(plan.config.jobId));
    if (left.length > 0) await this.#readAgain(left, looks);
  }

  /** The statement was refused: the fire at fault is found by halves, and put off alone. */
  async #claimApart(claiming: Claiming, error: unknown): Promise<void> {
    const { plans } = claiming;
    if (plans.length === 1) {
      this.#putOff(plans[0]!.config, error);
      return;
    }
    const half = Math.ceil(plans.length / 2);
    await this.#claim({ ...claiming, plans: plans.slice(0, half) });
    await this.#claim({ ...claiming, plans: plans.slice(half) });
  }

  #putOff(job: JobRevision, error: unknown): void {
    const reason = describeError(error).message;
    const { jobId } = job;
    this.#deps.logger.error('A due job could not be claimed; it is tried again in a minute, and the others go on.', {
      jobId,
      reason,
    });
    this.#lookIn(job, REFUSED_MS);
  }

  /** What waits for the lease is not passed over: without the database it is run under the id of its claim. */
  #moveOn({ config, dueAt, nextFireAt, run, event }: DueFire): void {
    const { bus, lease, logger } = this.#deps;
    this.#moveTo(config, run === null || lease.isHeld ? nextFireAt : dueAt);
    if (event === null) return;
    logger.warn(`Occurrences are not run: ${event.reason}.`, { jobId: config.jobId, ...event.detail });
    bus.emit(event);
  }

  #moveTo(config: RunnableConfig, at: Date | null): void {
    const { directory } = this.#deps;
    const entry = directory.get(config.jobId);
    if (entry?.job.revision === config.revision) directory.put(entry.job, at?.getTime() ?? null);
  }

  /**
   * Somebody else has these, or they were edited, or they wait for a run to end, or our clock runs ahead of the database's.
   * @param looks when each was to be looked at while it was being claimed: where that has changed, something happened
   * meanwhile that it was waiting for, and it is looked at then
   */
  async #readAgain(plans: readonly DueFire[], looks: ReadonlyMap<string, number | null>): Promise<void> {
    const { claims, directory, loader, time } = this.#deps;
    const jobIds = plans.map((plan) => plan.config.jobId);
    const cursors = new Map((await claims.getCursors(jobIds)).map((cursor) => [cursor.jobId, cursor]));
    const stale: string[] = [];
    for (const plan of plans) {
      const { config, dueAt } = plan;
      const cursor = cursors.get(config.jobId);
      const entry = directory.get(config.jobId);
      if (entry?.job.revision !== config.revision) continue;
      if (cursor?.revision !== config.revision || cursor.nextFireAt === 'unarmed') stale.push(config.jobId);
      else if (cursor.nextFireAt === 'exhausted') directory.put(entry.job, null);
      else if (cursor.nextFireAt.getTime() !== dueAt.getTime()) directory.put(entry.job, cursor.nextFireAt.getTime());
      else if (directory.lookOf(config.jobId) === looks.get(config.jobId)) {
        const lateMs = time.now() - dueAt.getTime();
        this.#lookIn(config, lateMs < 0 ? -lateMs : Math.min(Math.max(lateMs, RECHECK_MS), RETRY_MS));
      }
    }
    if (stale.length > 0) await loader.reload(stale);
  }

  /** Unless it was edited meanwhile: then it is looked at as its new schedule says. */
  #lookIn({ jobId, revision }: JobRevision, delayMs: number): void {
    const { directory, time } = this.#deps;
    const entry = directory.get(jobId);
    if (entry?.job.isPersisted !== true || entry.job.revision !== revision) return;
    directory.look(entry.job, time.now() + delayMs);
  }

  /**
   * What was claimed ahead is held until it is due. The answer may have come after the lease ended: then nothing is started
   * before it is known whose the run is.
   */
  #start(claimed: readonly SettledRun[], tick: number): void {
    const { dispatcher, directory, lease } = this.#deps;
    const ahead: AheadRun[] = [];
    for (const settled of claimed) {
      const { run, config, nextFireAt, renewals } = settled;
      if (!lease.isHeld) {
        this.#unanswered.add([{ ...settled, runId: run.id, scheduledAt: run.scheduledAt }]);
        continue;
      }
      this.#unanswered.forget(run.id);
      if (wasClaimedAhead(run)) ahead.push({ run, config, nextFireAt, renewals });
      else dispatcher.dispatch({ ...run, isRecorded: true }, config, directory.registry);
    }
    this.#ahead.hold(ahead, tick);
  }
}
