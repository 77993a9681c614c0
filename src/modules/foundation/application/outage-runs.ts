/**
 * Persisted jobs while the database is away: which of them run without their log, and how the database is told of it.
 *
 * `run` runs; `auto` does where this instance was alone at the last renewal of its lease; `hold`, and `auto`
 * among several, leave the cursor where it is, and what was held is told and judged by the misfire policy afterwards.
 *
 * Invariants: nothing is claimed between the return of the database and the moment it knows what ran here (the lease is
 * suspended until then), so that this instance starts no occurrence twice; an occurrence that was claimed ahead, or whose
 * claim was not answered, runs under the id that the claim gave it, so that the record which the claim may have written is
 * that run's own, and is planned as that claim planned it; one that was claimed ahead and not run is given back as the rest is told. What another instance starts
 * meanwhile cannot be known: of `run` each occurrence starts at most once an instance, and of `auto` once here and once
 * where an instance started unseen; the unique key decides whose record stands.
 *
 * Failure modes. Process killed: what ran since the database went away has no record, and may be run again as missed.
 * Database back and away again during the telling: it is told again, whole, under the same ids and keys; and what waits is
 * not started here any more, since it may wait there.
 * One job's refused, or its cursor locked: `outage-telling.ts`; nothing of it is claimed here until it is told.
 */
import { describeError } from '../domain/describe-error.ts';
import type { RunnableConfig } from '../domain/job-config.ts';
import { isPaused, nextFire } from '../domain/next-fire.ts';
import type { DatabaseTime } from './database-time.ts';
import type { FireDispatcher } from './fire-dispatcher.ts';
import { findHeld } from './held-occurrences.ts';
import type { HeldRuns } from './held-runs.ts';
import { type InstanceLease, LEASE_MS } from './instance-lease.ts';
import type { DirectoryEntry, JobDirectory } from './job-directory.ts';
import { JobOutage, type WaitingOccurrence } from './job-outage.ts';
import type { OutageJournal } from './outage-journal.ts';
import { OutageTelling } from './outage-telling.ts';
import { planDueFire } from './plan-due-fire.ts';
import type { EventLedger } from './ports/event-ledger.ts';
import type { DueFire, FireClaims } from './ports/fire-claims.ts';
import type { Logger } from './ports/logger.ts';
import type { OutageSettlement, OutageSettlements } from './ports/outage-settlements.ts';
import type { UnansweredLookup } from './unanswered-claims.ts';
import { sayCount } from '../domain/words/say-count.ts';

/** When a job is looked at again that is held, or that cannot be planned; sooner once the database is back. */
const PUT_OFF_MS = 60_000;

export interface OutageRunsDeps {
  readonly claims: FireClaims;
  readonly directory: JobDirectory;
  readonly dispatcher: FireDispatcher;
  readonly held: HeldRuns;
  readonly journal: OutageJournal;
  readonly ledger: EventLedger;
  readonly lease: InstanceLease;
  readonly settlements: OutageSettlements;
  readonly time: DatabaseTime;
  readonly logger: Logger;
  readonly newId: () => string;
}

export class OutageRuns {
  readonly #deps: OutageRunsDeps;
  readonly #telling: OutageTelling;
  readonly #jobs = new Map<string, JobOutage>();
  #unanswered: UnansweredLookup | null = null;
  #isSettling = false;

  constructor(deps: OutageRunsDeps) {
    this.#deps = deps;
    this.#telling = new OutageTelling(deps);
  }

  /** The database is away, and is not just being told what ran without it. */
  get isOpen(): boolean {
    return this.#deps.lease.isSuspended && !this.#isSettling;
  }

  /** Starts what is due of the jobs that run without the database, as far as there are slots. Never throws. */
  fire(unanswered: UnansweredLookup): void {
    this.#unanswered = unanswered;
    const { directory, dispatcher, logger, time } = this.#deps;
    const now = time.atLeast();
    this.#startAllWaiting();
    for (const entry of directory.takeDue('persisted', now, dispatcher.freeSlots)) {
      const { config } = entry.job;
      directory.look(entry.job, now + PUT_OFF_MS);
      if (!this.#isRun(config) || isPaused(config, now)) continue;
      try {
        this.#fireOne(entry, now);
      } catch (error) {
        logger.error('A due job could not be planned; it is tried again in a minute, and the others go on.', {
          jobId: config.jobId,
          reason: describeError(error).message,
        });
      }
    }
  }

  /**
   * Tells the database what ran and what was held, writes the records that are held in memory, and lets runs be claimed
   * again: nothing starts in between that would not be told. @throws DatabaseUnavailableError with the rest still to be told
   */
  async settle(): Promise<void> {
    const { journal, lease } = this.#deps;
    await this.#whileNothingStarts(async () => {
      await this.#settleAll();
      await journal.flush();
      lease.resume();
    });
  }

  /** Whether the database does not know yet how far this job came without it: nothing of it is claimed here before. */
  isUnsettled(jobId: string): boolean {
    return this.#jobs.has(jobId);
  }

  /** Tells again what was refused, or was held up by a lock, when the rest was told. @throws DatabaseUnavailableError */
  async settleRest(): Promise<void> {
    if (this.#jobs.size === 0 || this.#deps.lease.isSuspended) return;
    await this.#whileNothingStarts(() => this.#settleAll());
  }

  /** A run has ended: the occurrence that waits behind it starts, as soon as there is a slot. */
  startWaiting(jobId: string): void {
    const { dispatcher } = this.#deps;
    const job = this.#jobs.get(jobId);
    if (job === undefined || job.waiting.length === 0 || !this.isOpen || dispatcher.isFull(jobId, job.config)) return;
    if (dispatcher.freeSlots === 0) return dispatcher.askForSlot();
    const next = job.takeWaiting();
    if (next !== undefined) this.#start(job.config, next);
  }

  #startAllWaiting(): void {
    for (const jobId of this.#jobs.keys()) this.startWaiting(jobId);
  }

  /**
   * Also should the database go away meanwhile: what is told is then forgotten, and with it what had started since. What was
   * waiting for a run that has ended then starts.
   */
  async #whileNothingStarts(work: () => Promise<void>): Promise<void> {
    this.#isSettling = true;
    try {
      await work();
    } finally {
      this.#isSettling = false;
      this.#startAllWaiting();
    }
  }

  async #settleAll(): Promise<void> {
    const { journal, lease } = this.#deps;
    const ran = [...this.#jobs.values()];
    const held = lease.isSuspended ? findHeld(this.#deps, (jobId) => this.#jobs.has(jobId)) : [];
    const offered = this.#deps.held.offeredByJob();
    const settlements = [...ran.map((job) => this.#settlementOf(job)), ...held];
    await this.#telling.tell(
      settlements.map((each) => ({ ...each, unstarted: offered.get(each.config.jobId) ?? [] })),
      {
        sending: (jobId) => {
          this.#jobs.get(jobId)?.handOver();
          journal.handOver(jobId);
        },
        told: async (batch, unsettled) => {
          await this.#noteUnrecorded(batch.flatMap(({ active }) => active.map(({ id }) => id)));
          for (const { config } of batch) if (!unsettled.has(config.jobId)) this.#jobs.delete(config.jobId);
        },
      },
    );
    if (ran.length + held.length === 0) return;
    const withoutLog = sayCount(ran.length, 'job ran without its log', 'jobs ran without their log');
    const wereHeld = sayCount(held.length, 'was held', 'were held');
    this.#deps.logger.info(`The database knows of the outage now: ${withoutLog}, ${wereHeld}.`);
  }

  #isRun({ outagePolicy }: RunnableConfig): boolean {
    return outagePolicy === 'run' || (outagePolicy === 'auto' && this.#deps.lease.wasAlone);
  }

  #fireOne(entry: DirectoryEntry, now: number): void {
    const { directory, dispatcher, newId } = this.#deps;
    if (entry.dueAt === null) return;
    // A row may have been read before what has started here since; an edit may have set the cursor to what has run.
    const startedUntil = directory.startedUntil(entry.job.jobId);
    if (entry.dueAt <= startedUntil)
      return directory.put(entry.job, nextFire(entry.job.terms, entry.job.schedule, startedUntil));
    // A claim may have taken it: it is planned as it was then, and not told to be missed because it took so long to know.
    const claimedAt = this.#unanswered?.plannedAt(entry.job.jobId, entry.dueAt) ?? null;
    // Others may have called it lost since, or given it to its next attempt: the database says, once it is back.
    if (claimedAt !== null && now - claimedAt >= LEASE_MS) return directory.look(entry.job, now + PUT_OFF_MS);
    const plan = planDueFire(entry, claimedAt ?? now, newId());
    const { config, run, whenOverlapping } = plan;
    const job = this.#jobs.get(config.jobId) ?? new JobOutage(plan, newId());
    if (job.isAheadOf(plan)) return directory.put(entry.job, job.nextFireAt?.getTime() ?? null);
    const isBusy = dispatcher.isFull(config.jobId, config);
    if (run !== null && isBusy && whenOverlapping === 'wait') return directory.look(entry.job, now + 1_000);
    this.#jobs.set(config.jobId, job);
    job.moveOn(plan);
    directory.put(entry.job, plan.nextFireAt?.getTime() ?? null);
    if (plan.event !== null) job.tell(plan.event);
    if (run === null) return;
    if (isBusy || job.waiting.length > 0) this.#overlap(job, plan, isBusy);
    else this.#start(config, run);
  }

  #overlap(job: JobOutage, { config, run, whenOverlapping }: DueFire, isBusy: boolean): void {
    if (whenOverlapping === 'skip' || whenOverlapping === 'waitBehindCatchUp')
      return job.skip(run!.scheduledAt, 'overlap: the run before it was still running');
    if (!job.queue(run!, isBusy)) return;
    this.#deps.dispatcher.cancelJob(
      config.jobId,
      'The next occurrence of the job is due (overlap policy is cancelPrevious).',
    );
  }

  #start(config: RunnableConfig, occurrence: WaitingOccurrence): void {
    const { directory, dispatcher, held, lease, time } = this.#deps;
    const { jobId } = config;
    const claimedId =
      held.takeOffered(jobId, occurrence.scheduledAt) ?? this.#unanswered?.take(jobId, occurrence.scheduledAt);
    const run = {
      ...occurrence,
      ...(claimedId == null ? {} : { id: claimedId, mayBeRecorded: true }),
      jobId,
      startedAt: new Date(time.atLeast()),
      attempt: 1,
      maxAttempts: config.maxAttempts,
      instanceId: lease.instanceId,
      jobKwargs: config.jobKwargs,
      isRecorded: false,
    };
    dispatcher.dispatch(run, config, directory.registry);
  }

  #settlementOf(job: JobOutage): OutageSettlement {
    const { dispatcher, journal } = this.#deps;
    const { config, firstDueAt, nextFireAt, waiting, events } = job;
    const { jobId } = config;
    const active = dispatcher.runsOf(jobId).filter(({ isRecorded }) => !isRecorded);
    return { config, firstDueAt, nextFireAt, waiting, events, active, ended: journal.unrecordedOf(jobId) };
  }

  async #noteUnrecorded(goingOn: readonly string[]): Promise<void> {
    if (goingOn.length === 0) return;
    const { claims, dispatcher, lease } = this.#deps;
    const exclusive = await claims.getExclusive(lease.instanceId, goingOn);
    for (const id of goingOn) if (!exclusive.has(id)) dispatcher.noteUnrecorded(id);
  }
}
