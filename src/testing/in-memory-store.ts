/**
 * The database in memory: the tables that the engine's ports read and write, and a clock of its own. Several replicas
 * share one store, each over a `StoreLink` that can be cut.
 *
 * Invariant: a call is one statement: its effect is whole and at one instant, or there is none.
 */
import type { RecordedEvent } from '../modules/foundation/application/ports/event-ledger.ts';
import type { FireCursor } from '../modules/foundation/application/ports/fire-claims.ts';
import type { LiveInstance } from '../modules/foundation/application/ports/instances.ts';
import type { Change } from '../modules/foundation/application/ports/change-feed.ts';
import type { OutageSettlement } from '../modules/foundation/application/ports/outage-settlements.ts';
import type { NewPendingRun, PendingRun } from '../modules/foundation/application/ports/pending-runs.ts';
import type { SchedulerEvent } from '../modules/foundation/domain/event.ts';
import type { JobConfig } from '../modules/foundation/domain/job-config.ts';
import type { RunLogLine } from '../modules/foundation/domain/run-output.ts';
import { isPaused } from '../modules/foundation/domain/next-fire.ts';
import type { Execution, RunTrigger } from '../modules/foundation/domain/run.ts';
import { jobConfig } from './job-row.ts';
import type { ManualTime } from './manual-time.ts';

export class InMemoryStore {
  readonly configs = new Map<string, JobConfig>();
  readonly cursors = new Map<string, FireCursor>();
  readonly executions = new Map<string, Execution>();
  readonly pending = new Map<string, PendingRun>();
  /** Ids of waiting runs that the database refuses to start, and how. */
  readonly refused = new Map<string, Error>();
  /** Cursors that somebody has locked, and what of an outage the database refuses. */
  readonly lockedCursors = new Set<string>();
  refusesOutage: (settlement: OutageSettlement) => boolean = () => false;
  /** What each execution has said. */
  readonly runLines = new Map<string, RunLogLine[]>();
  /** The executions that waited. */
  readonly wasPending = new Set<string>();
  /** Executions that somebody wants to stop, and why. */
  readonly cancelReasons = new Map<string, string>();
  readonly instances = new Map<string, LiveInstance>();
  /** What an instance's lease keeps beside its end; stays when it is released. */
  readonly leases = new Map<string, { heldFrom: number | null; confirmedUntil: number; renewals: number }>();
  readonly events: RecordedEvent[] = [];
  /** Where the event of a key is. */
  readonly #toldAs = new Map<string, number>();
  readonly listeners = new Set<(change: Change) => void>();
  readonly time: ManualTime;
  /** How far the database's clock is ahead of the replicas' monotonic one started at `time.now()`. */
  clockOffsetMs = 0;
  isAway = false;
  /** False: nobody is told of changes. */
  isFeedAlive = true;
  #revision = 0;
  readonly #startedAt: number;

  constructor(time: ManualTime) {
    this.time = time;
    this.#startedAt = time.now() - time.monotonicMs();
  }

  now(): number {
    return this.#startedAt + this.time.monotonicMs() + this.clockOffsetMs;
  }

  /** Inserts or edits a row, as SQL would: the revision goes up, the cursor is unarmed unless it is a pause, listeners are told. */
  save(jobId: string, edit: Partial<JobConfig> = {}): JobConfig {
    const at = new Date(this.now());
    const before = this.configs.get(jobId) ?? jobConfig(jobId, { createdAt: at });
    this.#revision += 1;
    const config: JobConfig = { ...before, updatedAt: at, ...edit, jobId, revision: this.#revision };
    this.configs.set(jobId, config);
    const isPause = Object.keys(edit).length > 0 && Object.keys(edit).every((key) => PAUSE_FIELDS.has(key));
    const nextFireAt = isPause ? (this.cursors.get(jobId)?.nextFireAt ?? 'unarmed') : 'unarmed';
    this.cursors.set(jobId, { jobId, revision: config.revision, nextFireAt });
    this.tell({ kind: 'job', jobId });
    return config;
  }

  /** Goes up with every change to a configuration, and when somebody wants a run to stop that was claimed ahead. */
  get tick(): number {
    return this.#revision;
  }

  /** @param renewals as often the lease had been renewed when the question was sent; left out: that is not asked */
  isLeased(instanceId: string, renewals = Number.POSITIVE_INFINITY): boolean {
    const isFresh = (this.leases.get(instanceId)?.renewals ?? 0) <= renewals + 1;
    return isFresh && (this.instances.get(instanceId)?.expiresAt.getTime() ?? 0) > this.now();
  }

  /** RUNNING records of others whose lease has ended. */
  orphansOf(rescuerId: string): Execution[] {
    return [...this.executions.values()].filter(
      (run) => run.status === 'RUNNING' && run.instanceId !== rescuerId && !this.isLeased(run.instanceId),
    );
  }

  /** Claimed ahead, and not confirmed by its instance. */
  isUnconfirmed({ status, trigger, claimedAt, scheduledAt, instanceId }: Execution): boolean {
    if (status !== 'RUNNING' || trigger !== 'schedule' || claimedAt == null || claimedAt >= scheduledAt) return false;
    return (this.leases.get(instanceId)?.confirmedUntil ?? 0) < scheduledAt.getTime();
  }

  /** Somebody asks for a run now. */
  trigger(jobId: string, id: string): void {
    const scheduledAt = new Date(this.freeInstant(jobId));
    this.addPending({ id, jobId, trigger: 'manual', jobKwargs: {}, reason: null, actor: 'test', scheduledAt });
  }

  /** A run that waits; one with its key already: that one stays alone. */
  addPending(run: NewPendingRun & Pick<PendingRun, 'scheduledAt'> & Partial<PendingRun>): PendingRun {
    const now = new Date(this.now());
    const pending: PendingRun = { attempt: 1, maxAttempts: null, availableAt: now, createdAt: now, ...run };
    const key = keyOf(pending);
    if ([...this.pending.values()].some((other) => keyOf(other) === key)) return pending;
    this.pending.set(run.id, pending);
    this.tell({ kind: 'pending' });
    return pending;
  }

  /** The first millisecond from now, and no whole second, that no run of the job stands for. */
  freeInstant(jobId: string): number {
    const waiting = [...this.pending.values()].filter((run) => run.jobId === jobId);
    const taken = new Set([...waiting, ...this.runsOf(jobId)].map((run) => run.scheduledAt.getTime()));
    let at = this.now();
    while (taken.has(at) || at % 1_000 === 0) at += 1;
    return at;
  }

  /** Somebody wants a run to stop. */
  cancel(executionId: string, reason: string): boolean {
    const run = this.executions.get(executionId);
    if (run?.status !== 'RUNNING') return false;
    if (this.cancelReasons.has(executionId)) return true;
    if (this.isUnconfirmed(run)) this.#revision += 1;
    this.cancelReasons.set(executionId, reason);
    this.tell({ kind: 'cancel', executionId });
    return true;
  }

  remove(jobId: string): void {
    this.#revision += 1;
    this.configs.delete(jobId);
    this.cursors.delete(jobId);
    this.tell({ kind: 'job', jobId });
  }

  /** Puts a cursor where no claim would. */
  setCursor(jobId: string, nextFireAt: Date): void {
    this.cursors.set(jobId, { ...this.cursors.get(jobId)!, nextFireAt });
  }

  dueOrUnarmed(): FireCursor[] {
    return [...this.cursors.values()].filter(({ jobId, nextFireAt }) => {
      const config = this.configs.get(jobId);
      const isHeld = config?.enabled !== true || isPaused(config, this.now());
      if (nextFireAt === 'unarmed') return config?.enabled === true;
      return nextFireAt instanceof Date && nextFireAt.getTime() <= this.now() && !isHeld;
    });
  }

  addEvent({ key, ...event }: SchedulerEvent): void {
    const at = key === undefined ? undefined : this.#toldAs.get(key);
    if (at !== undefined) this.events[at] = { ...this.events[at]!, ...event };
    else this.events.push({ ...event, id: this.events.length + 1, at: new Date(this.now()) });
    if (key !== undefined && at === undefined) this.#toldAs.set(key, this.events.length - 1);
  }

  /** The schedule has no occurrence left. */
  expire(jobId: string, revision: number): void {
    const key = `expired ${jobId} ${revision}`;
    this.addEvent({ type: 'job.expired', jobId, reason: 'expired', detail: { cause: 'expired', revision }, key });
  }

  tell(change: Change): void {
    if (this.isFeedAlive) for (const listener of this.listeners) listener(change);
  }

  runsOf(jobId: string): Execution[] {
    return [...this.executions.values()].filter((run) => run.jobId === jobId);
  }

  /** Occurrences of the schedule that wait behind a run. */
  waitingOccurrences(jobId: string): PendingRun[] {
    return [...this.pending.values()].filter(
      (run) => run.jobId === jobId && (run.trigger === 'schedule' || run.trigger === 'catchUp'),
    );
  }

  isExclusivelyRunning(jobId: string, as?: RunTrigger): boolean {
    return this.runsOf(jobId).some(({ status, trigger }) => status === 'RUNNING' && (as ?? trigger) === trigger);
  }
}

/** An edit of these alone leaves the cursor where it is. */
const PAUSE_FIELDS: ReadonlySet<string> = new Set(['pausedAt', 'pausedUntil', 'pauseReason']);

/** What is unique among executions, and among runs that wait. */
function keyOf(run: Pick<PendingRun, 'jobId' | 'scheduledAt' | 'attempt'>): string {
  return `${run.jobId}@${run.scheduledAt.getTime()}#${run.attempt}`;
}
