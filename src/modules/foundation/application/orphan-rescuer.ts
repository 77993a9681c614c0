/**
 * Finds runs whose instance has lost its lease: those that may have started are recorded as FAILED, reason LOST, and those
 * that it had only claimed ahead go back to their cursors. So are records of this instance that it knows nothing of, which
 * nothing should leave behind: nothing stays RUNNING for ever, and keeps its job from running, whatever went wrong.
 * Invariant: it goes through what was left a few portions at a time, and the lease is renewed in between.
 */
import type { Run } from '../domain/run.ts';
import type { DatabaseTime } from './database-time.ts';
import type { EventBus } from './event-bus.ts';
import type { FireDispatcher } from './fire-dispatcher.ts';
import type { HeldRuns } from './held-runs.ts';
import type { InstanceLease } from './instance-lease.ts';
import type { JobLoader } from './job-loader.ts';
import type { OutageJournal } from './outage-journal.ts';
import type { AheadClaims } from './ports/ahead-claims.ts';
import type { Clock } from './ports/clock.ts';
import type { ExecutionLogRepository } from './ports/execution-log-repository.ts';
import type { Instances } from './ports/instances.ts';
import type { Logger } from './ports/logger.ts';

/** So old is a record before it is asked whether anybody here runs it, and so much later that is asked again. */
const UNKNOWN_MS = 60_000;

/** A rescue makes good so many portions of each kind, and begins no second one after so long. */
const PORTIONS = 3;
const LONGEST_MS = 1_000;

export interface OrphanRescuerDeps {
  readonly instances: Instances;
  readonly aheadClaims: AheadClaims;
  readonly executions: ExecutionLogRepository;
  readonly dispatcher: Pick<FireDispatcher, 'activeRunIds' | 'isRunningUnrecorded'>;
  readonly journal: Pick<OutageJournal, 'runIds'>;
  readonly held: Pick<HeldRuns, 'runIds'>;
  readonly loader: JobLoader;
  readonly clock: Clock;
  readonly time: DatabaseTime;
  readonly lease: InstanceLease;
  readonly bus: EventBus;
  readonly logger: Logger;
}

export class OrphanRescuer {
  readonly #deps: OrphanRescuerDeps;
  #unknown: ReadonlySet<string> = new Set();
  #lookAgainAt: number;
  #lostFrom: string | null = null;
  #unstartedFrom: string | null = null;

  constructor(deps: OrphanRescuerDeps) {
    this.#deps = deps;
    this.#lookAgainAt = deps.clock.monotonicMs() + UNKNOWN_MS;
    const forget = (): void => void (this.#unknown = new Set());
    deps.lease.onDoubt(forget);
    deps.lease.onSuspended(forget);
  }

  /** @returns whether it is to be called again before long: there is more. @throws DatabaseUnavailableError */
  async rescue(): Promise<boolean> {
    const until = this.#deps.clock.monotonicMs() + LONGEST_MS;
    this.#lostFrom = await this.#inPortions(this.#lostFrom, until, (from) => this.#endOfDead(from));
    this.#unstartedFrom = await this.#inPortions(this.#unstartedFrom, until, (from) => this.#giveBack(from));
    return this.#lostFrom !== null || this.#unstartedFrom !== null;
  }

  async #inPortions(
    from: string | null,
    until: number,
    work: (from: string | null) => Promise<string | null>,
  ): Promise<string | null> {
    let rest = await work(from);
    for (let portions = 1; rest !== null && portions < PORTIONS; portions += 1) {
      if (this.#deps.clock.monotonicMs() >= until) break;
      rest = await work(rest);
    }
    return rest;
  }

  async #endOfDead(from: string | null): Promise<string | null> {
    const { instances, lease, bus, logger } = this.#deps;
    const { lost, rest } = await instances.rescue(lease.instanceId, from);
    for (const { id, jobId, scheduledAt, instanceId } of lost) {
      const reason = `Instance ${instanceId} stopped renewing its lease while it ran this.`;
      logger.warn(`A run was lost and is recorded as FAILED: ${reason}`, { jobId, executionId: id });
      bus.emit({ type: 'run.lost', jobId, executionId: id, scheduledAt, reason });
    }
    return rest;
  }

  /**
   * Unknown twice, under a lease that nothing cast doubt on between: one that ended while it was asked is RUNNING no more the
   * second time, and one that started is known, or was found by whoever asks about claims without an answer: it may wait there
   * for a run of its job to end that the database does not know of.
   * @throws DatabaseUnavailableError
   */
  async endUnknown(): Promise<void> {
    const { clock, dispatcher, held, instances, journal, lease } = this.#deps;
    if (clock.monotonicMs() < this.#lookAgainAt || !lease.isHeld) return;
    this.#lookAgainAt = clock.monotonicMs() + UNKNOWN_MS;
    const running = await instances.getRunning(lease.instanceId, UNKNOWN_MS);
    const known = new Set([...dispatcher.activeRunIds, ...journal.runIds, ...held.runIds]);
    const unknown = running.filter(({ id, jobId }) => !known.has(id) && !dispatcher.isRunningUnrecorded(jobId));
    await Promise.all(unknown.filter(({ id }) => this.#unknown.has(id)).map((run) => this.#endLost(run)));
    this.#unknown = new Set(lease.isHeld ? unknown.map(({ id }) => id) : []);
  }

  async #endLost(run: Run): Promise<void> {
    const { bus, executions, logger, time } = this.#deps;
    const reason = 'Its record says that this instance runs it, and it does not.';
    const finishedAt = new Date(Math.max(time.now(), run.startedAt.getTime()));
    const durationMs = finishedAt.getTime() - run.startedAt.getTime();
    const outcome = { status: 'FAILED', failureReason: 'LOST', errorMessage: reason, errorStack: null } as const;
    if (!(await executions.update(run, { ...outcome, finishedAt, durationMs }))) return;
    const { id, jobId, scheduledAt } = run;
    logger.error(`A run was lost and is recorded as FAILED: ${reason}`, { jobId, executionId: id });
    bus.emit({ type: 'run.lost', jobId, executionId: id, scheduledAt, reason });
  }

  async #giveBack(from: string | null): Promise<string | null> {
    const { aheadClaims, lease, loader, logger } = this.#deps;
    const { unstarted, rest: found } = await aheadClaims.giveBackOfDead(lease.instanceId, from);
    // Where an id does not come back from the driver as it is, it is begun anew at the next beat.
    const rest = found === from ? null : found;
    if (unstarted.length === 0) return rest;
    const claimable = unstarted.filter(({ isClaimable }) => isClaimable);
    logger.warn('Occurrences that an instance had claimed before it ended, and not started, are claimed again.', {
      instanceIds: [...new Set(unstarted.map(({ instanceId }) => instanceId))],
      claimedAgain: claimable.length,
      editedMeanwhile: unstarted.length - claimable.length,
    });
    // Behind whatever is being read just now, which the renewal of the lease does not wait for.
    void loader
      .reload(claimable.map(({ jobId }) => jobId))
      .catch((error: unknown) =>
        logger.warn('What was given back could not be read at once; it is looked for within 30 s.', { error }),
      );
    return rest;
  }
}
