/**
 * One job while the database is away: where its cursor stood, where it goes, what waits behind its run, and what was left
 * out and why. Invariant: what it takes is bounded, however long the outage lasts; what was left out is counted a reason.
 */
import type { SchedulerEvent } from '../domain/event.ts';
import type { RunnableConfig } from '../domain/job-config.ts';
import type { RunTrigger } from '../domain/run.ts';
import type { DueFire } from './ports/fire-claims.ts';

const MAX_WAITING = 1_000;

export interface WaitingOccurrence {
  readonly id: string;
  readonly scheduledAt: Date;
  readonly trigger: RunTrigger;
}

interface LeftOut {
  readonly type: SchedulerEvent['type'];
  readonly reason: string;
  readonly cause: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
}

export class JobOutage {
  readonly config: RunnableConfig;
  #firstDueAt: Date;
  #nextFireAt: Date | null;
  readonly waiting: WaitingOccurrence[] = [];
  readonly #id: string;
  /** How many of those that wait the database may know of: they are its own to start. */
  #handedOver = 0;
  readonly #leftOut = new Map<string, LeftOut>();

  /** @param id this outage's alone: what is told of it again, its answer being lost, is told once */
  constructor({ config, dueAt }: DueFire, id: string) {
    this.config = config;
    this.#id = id;
    this.#firstDueAt = dueAt;
    this.#nextFireAt = dueAt;
  }

  /** Since which occurrence none was left to others: a cursor that stands before it is not moved on. */
  get firstDueAt(): Date {
    return this.#firstDueAt;
  }

  /** The occurrence that is dealt with next; null: none is left. */
  get nextFireAt(): Date | null {
    return this.#nextFireAt;
  }

  /** The plan was made of a row that was read again before it knew of what is done here. */
  isAheadOf({ config, dueAt }: DueFire): boolean {
    return config.revision === this.config.revision && (this.#nextFireAt === null || this.#nextFireAt > dueAt);
  }

  /** The plan is followed here. What lies between it and the one before, an outage ago, was others' to deal with. */
  moveOn({ dueAt, nextFireAt }: DueFire): void {
    if (this.#nextFireAt === null || this.#nextFireAt < dueAt) this.#firstDueAt = dueAt;
    this.#nextFireAt = nextFireAt;
  }

  /** What the plan does not run. */
  tell({ type, scheduledAt, reason, detail = {} }: SchedulerEvent): void {
    const fromMs = scheduledAt!.getTime();
    const { count = 1, to, cause = 'outage' } = detail as { count?: number; to?: string; cause?: string };
    this.#add({ type, reason: reason!, cause, count, fromMs, toMs: to === undefined ? fromMs : Date.parse(to) });
  }

  /** @param reason begins with its cause, as those of the claim do */
  skip(scheduledAt: Date, reason: string): void {
    const atMs = scheduledAt.getTime();
    this.#add({ type: 'occurrence.skipped', reason, cause: 'overlap', count: 1, fromMs: atMs, toMs: atMs });
  }

  /** Queues an occurrence behind the run that goes on, as the job's policy says. @returns whether that run is to stop for it */
  queue(occurrence: WaitingOccurrence, isBusy: boolean): boolean {
    const { overlapPolicy } = this.config;
    const isFull = overlapPolicy === 'queueOne' && isBusy && this.waiting.length > 0;
    if (isFull || this.waiting.length >= MAX_WAITING) {
      this.skip(occurrence.scheduledAt, 'overlap: another occurrence waits already behind the run before it');
      return false;
    }
    if (overlapPolicy === 'cancelPrevious') {
      for (const older of this.waiting.splice(this.#handedOver)) {
        this.skip(older.scheduledAt, 'overlap: a later occurrence took its place');
      }
    }
    this.waiting.push(occurrence);
    return overlapPolicy === 'cancelPrevious';
  }

  /** The database is told of those that wait: whatever becomes of the answer, they are not started here any more. */
  handOver(): void {
    this.#handedOver = this.waiting.length;
  }

  /** The next that may start here; those behind one that was handed over wait for it. */
  takeWaiting(): WaitingOccurrence | undefined {
    return this.#handedOver > 0 ? undefined : this.waiting.shift();
  }

  /** What is told again has gone on since, and has the same keys. */
  get events(): SchedulerEvent[] {
    return [...this.#leftOut.values()].map(({ type, reason, cause, count, fromMs, toMs }) => ({
      ...{ type, reason, jobId: this.config.jobId, scheduledAt: new Date(fromMs) },
      detail: { cause, count, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString(), outage: true },
      key: `outage ${this.#id} ${type} ${reason}`,
    }));
  }

  #add(more: LeftOut): void {
    const key = `${more.type} ${more.reason}`;
    const known = this.#leftOut.get(key) ?? { ...more, count: 0 };
    this.#leftOut.set(key, {
      ...more,
      count: known.count + more.count,
      fromMs: Math.min(known.fromMs, more.fromMs),
      toMs: Math.max(known.toMs, more.toMs),
    });
  }
}
