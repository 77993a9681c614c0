/**
 * The jobs that this process has armed, and when to look at each: a copy of what the rows say, never the truth. And how far
 * each has been started here, which nobody else knows while the database is away. Persisted jobs wait for a claim; those
 * registered by hand belong to this process alone.
 */
import type { MergedJobRegistry } from '../domain/job-definition.ts';
import { jitterOf } from '../domain/jitter.ts';
import { nextFire } from '../domain/next-fire.ts';
import type { Run } from '../domain/run.ts';
import type { ArmedJob } from './armed-job.ts';
import { FireQueue } from './fire-queue.ts';

/** What is registered with the scheduler. `nextFireAt` in milliseconds since 1970; null: no occurrence is left. */
export interface ScheduledJob {
  readonly jobId: string;
  readonly jobName: string;
  readonly cronExpression: string;
  readonly timezone: string;
  readonly nextFireAt: number | null;
  readonly isPersisted: boolean;
}

/** A registered job and the occurrence it waits for, in milliseconds since 1970; null: none is left. */
export interface DirectoryEntry {
  readonly job: ArmedJob;
  readonly dueAt: number | null;
}

export class JobDirectory {
  readonly #persisted = new FireQueue();
  readonly #manual = new FireQueue();
  readonly #entries = new Map<string, DirectoryEntry>();
  readonly #startedUntil = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  #registry: MergedJobRegistry = new Map();

  get registry(): MergedJobRegistry {
    return this.#registry;
  }

  useRegistry(registry: MergedJobRegistry): void {
    this.#registry = registry;
  }

  get(jobId: string): DirectoryEntry | undefined {
    return this.#entries.get(jobId);
  }

  get entries(): DirectoryEntry[] {
    return [...this.#entries.values()];
  }

  get jobIds(): Iterable<string> {
    return this.#entries.keys();
  }

  get size(): number {
    return this.#entries.size;
  }

  list(): ScheduledJob[] {
    return [...this.#entries.values()].map(({ job, dueAt }) => ({
      jobId: job.jobId,
      jobName: job.jobName,
      cronExpression: job.cronExpression,
      timezone: job.terms.timezone,
      nextFireAt: dueAt,
      isPersisted: job.isPersisted,
    }));
  }

  /** Registers a job, or replaces it; a persisted one takes the place of one registered by hand, never the reverse. */
  put(job: ArmedJob, dueAt: number | null): void {
    const { jobId } = job;
    if (!job.isPersisted && this.#entries.get(jobId)?.job.isPersisted === true) return;
    if (job.isPersisted) this.#manual.delete(jobId);
    this.#entries.set(jobId, { job, dueAt });
    if (dueAt === null) this.#queueOf(job).delete(jobId);
    else this.look(job, startOf(job, dueAt));
  }

  /** Says when to look at a registered job, without a change to the occurrence it waits for. */
  look(job: ArmedJob, at: number): void {
    this.#queueOf(job).set(job.jobId, at);
    for (const listener of this.#listeners) listener();
  }

  /** When to look next, in milliseconds since 1970, or null. */
  nextLook(kind: 'persisted' | 'manual'): number | null {
    return (kind === 'persisted' ? this.#persisted : this.#manual).peek();
  }

  /** Takes out what is to be looked at by `now`, at most `limit`, earliest first. The caller says when to look again. */
  takeDue(kind: 'persisted' | 'manual', now: number, limit: number): DirectoryEntry[] {
    const isPersisted = kind === 'persisted';
    const jobIds = (isPersisted ? this.#persisted : this.#manual).takeDue(now, limit);
    return jobIds
      .map((jobId) => this.#entries.get(jobId))
      .filter((entry) => entry !== undefined && entry.job.isPersisted === isPersisted) as DirectoryEntry[];
  }

  /** The persisted jobs that are looked at by `until`, in no order. They stay. */
  jobIdsUpTo(until: number): string[] {
    return this.#persisted.within(until);
  }

  /** When a persisted job is looked at next, in milliseconds since 1970, or null. */
  lookOf(jobId: string): number | null {
    return this.#persisted.atOf(jobId);
  }

  /** The oldest occurrence that a persisted job waits for, in milliseconds since 1970, or null. Asks each job. */
  earliestDueAt(): number | null {
    let earliest: number | null = null;
    for (const { job, dueAt } of this.#entries.values()) {
      if (!job.isPersisted || dueAt === null) continue;
      const startsAt = Math.max(dueAt, job.terms.pausedUntil?.getTime() ?? dueAt);
      if (earliest === null || startsAt < earliest) earliest = startsAt;
    }
    return earliest;
  }

  /** A run starts here. One by hand, and one more attempt, say nothing of how far its job has come. */
  noteStart({ jobId, scheduledAt, trigger }: Pick<Run, 'jobId' | 'scheduledAt' | 'trigger'>): void {
    if (trigger !== 'schedule' && trigger !== 'catchUp') return;
    const at = scheduledAt.getTime();
    if (at > this.startedUntil(jobId)) this.#startedUntil.set(jobId, at);
  }

  /**
   * The latest occurrence of a job that was started here, in milliseconds since 1970, or -Infinity, also where the job was
   * taken out since. What was read of its cursor may be older: read before it was claimed, and put here after it was started.
   */
  startedUntil(jobId: string): number {
    return this.#startedUntil.get(jobId) ?? Number.NEGATIVE_INFINITY;
  }

  /** Takes a persisted job out. One registered by hand stays. */
  remove(jobId: string): void {
    if (this.#entries.get(jobId)?.job.isPersisted !== true) return;
    this.#entries.delete(jobId);
    this.#persisted.delete(jobId);
  }

  /** Its row is gone: it is taken out, and what was started of it is of no more use. */
  forget(jobId: string): void {
    this.remove(jobId);
    this.#startedUntil.delete(jobId);
  }

  /** Is told when there is a new instant to look at. @returns how to stop listening */
  onLook(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #queueOf(job: ArmedJob): FireQueue {
    return job.isPersisted ? this.#persisted : this.#manual;
  }
}

/** When the occurrence is to be started: at its nominal time, or as much later as the job's jitter says. */
export function startOf({ jobId, terms, schedule }: ArmedJob, dueAt: number): number {
  if (terms.jitterMs === 0) return dueAt;
  const nextAt = nextFire(terms, schedule, dueAt);
  return dueAt + jitterOf({ jobId, scheduledAt: dueAt, nextAt }, terms.jitterMs);
}
