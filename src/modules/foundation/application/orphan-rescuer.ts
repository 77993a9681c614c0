/**
 * Finds runs whose instance has lost its lease: those that may have started are recorded as FAILED, reason LOST, and those
 * that it had only claimed ahead go back to their cursors. So are records of this instance that it knows nothing of, which
 * nothing should leave behind: nothing stays RUNNING for ever, and keeps its job from running, whatever went wrong.
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

  constructor(deps: OrphanRescuerDeps) {
    this.#deps = deps;
    this.#lookAgainAt = deps.clock.monotonicMs() + UNKNOWN_MS;
    const forget = (): void => void (this.#unknown = new Set());
    deps.lease.onDoubt(forget);
    deps.lease.onSuspended(forget);
  }

  async rescue(): Promise<void> {
    const { instances, lease, bus, logger } = this.#deps;
    for (const { id, jobId, scheduledAt, instanceId } of await instances.rescue(lease.instanceId)) {
      const reason = `Instance ${instanceId} stopped renewing its lease while it ran this.`;
      logger.warn(`A run was lost and is recorded as FAILED: ${reason}`, { jobId, executionId: id });
      bus.emit({ type: 'run.lost', jobId, executionId: id, scheduledAt, reason });
    }
    await this.#giveBack();
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

  async #giveBack(): Promise<void> {
    const { aheadClaims, lease, loader, logger } = this.#deps;
    const unstarted = await aheadClaims.giveBackOfDead(lease.instanceId);
    if (unstarted.length === 0) return;
    const claimable = unstarted.filter(({ isClaimable }) => isClaimable);
    logger.warn('Occurrences that an instance had claimed before it ended, and not started, are claimed again.', {
      instanceIds: [...new Set(unstarted.map(({ instanceId }) => instanceId))],
      claimedAgain: claimable.length,
      editedMeanwhile: unstarted.length - claimable.length,
    });
    await loader.reload(claimable.map(({ jobId }) => jobId));
  }
}
