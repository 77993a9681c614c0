/**
 * The database in memory: the tables that the engine's ports read and write, and a clock of its own. Several replicas
 * share one store, each over a `StoreLink` that can be cut.
 *
 * Invariant: a call is one statement: its effect is whole and at one instant, or there is none.
 */
import type { RecordedEvent } from '../modules/foundation/application/ports/event-ledger.ts';
import type { ClaimedRun, FireCursor } from '../modules/foundation/application/ports/fire-claims.ts';
import type { LiveInstance } from '../modules/foundation/application/ports/instances.ts';
import type { Change } from '../modules/foundation/application/ports/change-feed.ts';
import type { OutageSettlement } from '../modules/foundation/application/ports/outage-settlements.ts';
import type { NewPendingRun, PendingRun } from '../modules/foundation/application/ports/pending-runs.ts';
import type { SchedulerEvent } from '../modules/foundation/domain/event.ts';
import type { JobConfig } from '../modules/foundation/domain/job-config.ts';
import type { RunLogLine } from '../modules/foundation/domain/run-output.ts';
import type { JsonObject } from '../modules/foundation/domain/job-definition.ts';
import { isPaused } from '../modules/foundation/domain/next-fire.ts';
import type { Execution, Run, RunTrigger } from '../modules/foundation/domain/run.ts';
import { toWritableJson, toWritableText } from '../modules/foundation/domain/writable-text.ts';
import { freeInstant } from './free-instant.ts';
import { HeldRows } from './held-rows.ts';
import { droppedRun, isSameRow, isSameSchedule, skippedWith } from './job-row-changes.ts';
import { afterRun, jobConfig } from './job-row.ts';
import type { ManualTime } from './manual-time.ts';
import { excludeNext } from './stored-overlaps.ts';

export class InMemoryStore {
  readonly configs = new Map<string, JobConfig>();
  readonly cursors = new Map<string, FireCursor>();
  readonly executions = new Map<string, Execution>();
  readonly pending = new Map<string, PendingRun>();
  /** Ids of waiting runs that the database refuses to start, and how. */
  readonly refused = new Map<string, Error>();
  /** What somebody holds, and what of an outage the database refuses. */
  readonly held = new HeldRows();
  refusesOutage: (settlement: OutageSettlement, instanceId: string) => boolean = () => false;
  /** What each execution has said. */
  readonly runLines = new Map<string, RunLogLine[]>();
  /** RUNNING records that keep other runs of their job away. */
  readonly exclusive = new Set<string>();
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
  #ids = 0;
  readonly #startedAt: number;

  constructor(time: ManualTime) {
    this.time = time;
    this.#startedAt = time.now() - time.monotonicMs();
  }

  now(): number {
    return this.#startedAt + this.time.monotonicMs() + this.clockOffsetMs;
  }

  /** A UUID, the same in each telling of a story. */
  newId(): string {
    this.#ids += 1;
    return `00000000-0000-7000-8000-${this.#ids.toString(16).padStart(12, '0')}`;
  }

  /** Inserts or edits a row, as SQL would: what follows is the triggers' work. */
  save(jobId: string, edit: Partial<JobConfig> = {}): JobConfig {
    const at = new Date(this.now());
    const before = this.configs.get(jobId);
    const after: JobConfig = { ...(before ?? jobConfig(jobId, { createdAt: at })), updatedAt: at, ...edit, jobId };
    if (before !== undefined && isSameRow(before, after)) return before;
    this.#revision += 1;
    const config: JobConfig = { ...after, revision: this.#revision };
    const was = this.cursors.get(jobId)?.nextFireAt ?? 'unarmed';
    const isKept = before?.enabled === config.enabled && isSameSchedule(before, config);
    this.configs.set(jobId, config);
    this.cursors.set(jobId, { jobId, revision: config.revision, nextFireAt: isKept ? was : 'unarmed' });
    const change = { at, cause: config.enabled ? 'edited' : 'disabled' } as const;
    const skipped = before === undefined || isKept ? null : skippedWith(before, was, change);
    if (skipped !== null) this.addEvent(skipped);
    if (before !== undefined) excludeNext(this, before, config);
    this.tell({ kind: 'job', jobId });
    return config;
  }

  /** The job's last run and success, which never go back. */
  ran(run: Execution): void {
    const config = this.configs.get(run.jobId);
    if (config !== undefined) this.configs.set(run.jobId, afterRun(config, run));
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
    const scheduledAt = new Date(freeInstant(this, jobId));
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
    const config = this.configs.get(jobId);
    if (config === undefined) return;
    this.#revision += 1;
    for (const run of this.waitingOf(jobId)) {
      this.pending.delete(run.id);
      this.addEvent(droppedRun(run));
    }
    const was = this.cursors.get(jobId)?.nextFireAt ?? 'exhausted';
    const skipped = skippedWith(config, was, { at: new Date(this.now()), cause: 'deleted' });
    if (skipped !== null) this.addEvent(skipped);
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

  /** One whose key was told already says what it says now. */
  addEvent({ key, ...event }: SchedulerEvent): void {
    const { reason = null, detail, ...rest } = event;
    const says = {
      reason: reason === null ? null : toWritableText(reason),
      ...(detail === undefined ? {} : { detail: toWritableJson(detail) as JsonObject }),
    };
    const at = key === undefined ? undefined : this.#toldAs.get(key);
    const dated = { id: this.events.length + 1, at: new Date(this.now()) };
    if (at !== undefined) this.events[at] = { ...this.events[at]!, ...says };
    else this.events.push({ executionId: null, scheduledAt: null, actor: null, ...rest, ...says, ...dated });
    if (key !== undefined && at === undefined) this.#toldAs.set(key, this.events.length - 1);
  }

  /** The event of a key, where it was told. */
  toldAs(key: string): RecordedEvent | undefined {
    const at = this.#toldAs.get(key);
    return at === undefined ? undefined : this.events[at];
  }

  /** The schedule has no occurrence left. */
  expire(jobId: string, revision: number): void {
    const key = `expired ${jobId} ${revision}`;
    if (this.#toldAs.has(key)) return;
    const endAt = this.configs.get(jobId)?.endAt ?? null;
    const reason = `expired: the schedule has no occurrence left${endAt === null ? '' : ' before the end of the job'}`;
    const scheduledAt = endAt ?? new Date(this.now());
    this.addEvent({ type: 'job.expired', jobId, scheduledAt, reason, detail: { cause: 'expired', revision }, key });
  }

  tell(change: Change): void {
    if (this.isFeedAlive) for (const listener of this.listeners) listener(change);
  }

  runsOf(jobId: string): Execution[] {
    return [...this.executions.values()].filter((run) => run.jobId === jobId);
  }

  withLastSuccess(run: Run): ClaimedRun {
    return { ...run, lastSuccessAt: this.configs.get(run.jobId)?.lastSuccessAt ?? null };
  }

  /** The runs of the job that wait, oldest first. */
  waitingOf(jobId: string): PendingRun[] {
    return [...this.pending.values()]
      .filter((run) => run.jobId === jobId)
      .toSorted((a, b) => a.scheduledAt.getTime() - b.scheduledAt.getTime() || a.attempt - b.attempt);
  }

  /** Occurrences of the schedule that wait behind a run. */
  waitingOccurrences(jobId: string): PendingRun[] {
    return this.waitingOf(jobId).filter(({ trigger }) => trigger === 'schedule' || trigger === 'catchUp');
  }

  isExclusivelyRunning(jobId: string, as?: RunTrigger): boolean {
    return this.runsOf(jobId).some(
      ({ id, status, trigger }) => status === 'RUNNING' && this.exclusive.has(id) && (as ?? trigger) === trigger,
    );
  }
}

/** What is unique among executions, and among runs that wait. */
function keyOf(run: Pick<PendingRun, 'jobId' | 'scheduledAt' | 'attempt'>): string {
  return `${run.jobId}@${run.scheduledAt.getTime()}#${run.attempt}`;
}
