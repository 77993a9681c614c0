/**
 * The runs that this instance claimed before they are due and has not started: which state each is in, and nothing else.
 *
 * Waiting (to be confirmed), confirmed (it waits for a slot), doomed (it is to be given back, and starts no more), or
 * offered: the database is away, and whoever starts jobs without it may take it. Invariant: each is in one state, and who
 * takes one to start it takes it out, so that it is started once.
 */
import { idempotencyKey } from '../domain/run.ts';
import type { HeldRun } from './confirm-due.ts';
import type { JobDirectory } from './job-directory.ts';
import { WaitingRuns } from './waiting-runs.ts';

/** So many may be held at once; each takes about half a kilobyte. */
export const MAX_HELD = 100_000;
export const UNKNOWN_TICK = -1;

export class HeldRuns {
  readonly #directory: JobDirectory;
  #waiting = new WaitingRuns();
  #confirmed: Map<string, HeldRun> = new Map();
  readonly #doomed = new Map<string, HeldRun>();
  readonly #cancelled = new Set<string>();
  /** By occurrence. */
  readonly #offered = new Map<string, HeldRun>();
  readonly #listeners = new Set<() => void>();

  constructor({ directory }: { readonly directory: JobDirectory }) {
    this.#directory = directory;
  }

  get size(): number {
    return this.#waiting.size + this.#confirmed.size + this.#doomed.size + this.#offered.size;
  }

  get runIds(): string[] {
    const offered = [...this.#offered.values()].map(({ run }) => run.id);
    return [...this.#waiting.keys(), ...this.#confirmed.keys(), ...this.#doomed.keys(), ...offered];
  }

  get hasConfirmed(): boolean {
    return this.#confirmed.size > 0;
  }

  get doomed(): HeldRun[] {
    return [...this.#doomed.values()];
  }

  /** When the first of those that wait is due, in milliseconds since 1970; Infinity: none waits. */
  get earliestAt(): number {
    return this.#waiting.earliestAt;
  }

  hold(held: HeldRun): void {
    this.#waiting.set(held.run.id, held);
  }

  dueBy(now: number): HeldRun[] {
    return [...this.#waiting.values()].filter(({ run }) => run.scheduledAt.getTime() <= now);
  }

  /** All of these: one by one, or at once where none waits besides. */
  confirmAll(due: readonly HeldRun[]): void {
    const isAll = this.#confirmed.size === 0 && due.length === this.#waiting.size;
    if (!isAll || due.some(({ run }) => !this.#waiting.has(run.id))) for (const held of due) this.confirm(held);
    else [this.#confirmed, this.#waiting] = [this.#waiting, new WaitingRuns()];
  }

  /** One that was doomed meanwhile stays so. */
  confirm(held: HeldRun): void {
    if (this.#waiting.delete(held.run.id)) this.#confirmed.set(held.run.id, held);
  }

  /** Takes out those that may be started, oldest first. */
  takeConfirmed(limit: number): HeldRun[] {
    const taken: HeldRun[] = [];
    for (const held of this.#confirmed.values()) {
      if (taken.length >= limit) break;
      taken.push(held);
    }
    for (const { run } of taken) this.#confirmed.delete(run.id);
    return taken;
  }

  /** Confirmed in a stretch of the lease that has ended: others may have called them lost since. */
  holdAgain(runs: readonly HeldRun[]): void {
    for (const held of runs) this.#waiting.set(held.run.id, { ...held, tick: UNKNOWN_TICK });
  }

  /** It is to be given back. */
  doom(held: HeldRun): void {
    const { id } = held.run;
    if (this.#waiting.delete(id) || this.#confirmed.delete(id) || this.#offered.delete(keyOf(held)))
      this.#doomed.set(id, held);
  }

  doomConfirmed(): void {
    for (const held of this.#confirmed.values()) this.doom(held);
  }

  doomAll(): void {
    for (const held of [...this.#waiting.values(), ...this.#confirmed.values(), ...this.#offered.values()])
      this.doom(held);
  }

  /** It is given back, or it turned out to be somebody else's. */
  forget({ run: { id } }: HeldRun): void {
    this.#waiting.delete(id);
    this.#doomed.delete(id);
    this.#cancelled.delete(id);
  }

  /** Somebody wants this run to stop: it does not start. @returns false: it is not held here, or is cancelled already */
  cancel(runId: string): boolean {
    const held =
      this.#waiting.get(runId) ??
      this.#confirmed.get(runId) ??
      this.#doomed.get(runId) ??
      [...this.#offered.values()].find(({ run }) => run.id === runId);
    if (held === undefined || this.#cancelled.has(runId)) return false;
    this.#cancelled.add(runId);
    this.doom(held);
    for (const listener of this.#listeners) listener();
    return true;
  }

  /** Is told when one that was held is cancelled. @returns how to stop listening */
  onCancelled(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * The database is away: the jobs come to these occurrences again, as if they had not been claimed. One whose job was
   * edited since is given back when the database returns.
   */
  offer(): void {
    const unstarted = [this.#waiting, this.#confirmed, this.#doomed].flatMap((runs) => [...runs.values()]);
    for (const held of unstarted) if (!this.#cancelled.has(held.run.id)) this.#offer(held);
  }

  #offer(held: HeldRun): void {
    const { id, jobId, scheduledAt } = held.run;
    const entry = this.#directory.get(jobId);
    if (entry?.job.isPersisted !== true || entry.job.revision !== held.config.revision) return this.doom(held);
    for (const runs of [this.#waiting, this.#confirmed, this.#doomed]) runs.delete(id);
    this.#offered.set(keyOf(held), held);
    const at = scheduledAt.getTime();
    if (entry.dueAt === null || entry.dueAt > at) this.#directory.put(entry.job, at);
  }

  /** Whoever asks starts it now. @returns the run id that the occurrence was claimed under; null: it is not offered */
  takeOffered(jobId: string, scheduledAt: Date): string | null {
    const key = idempotencyKey({ jobId, scheduledAt });
    const held = this.#offered.get(key);
    this.#offered.delete(key);
    return held?.run.id ?? null;
  }

  /** What is offered and was not taken, by job id. */
  offeredByJob(): ReadonlyMap<string, readonly HeldRun[]> {
    return Map.groupBy(this.#offered.values(), ({ run }) => run.jobId);
  }

  /** The database is back: what nobody took is given back. */
  withdraw(): void {
    for (const held of this.#offered.values()) this.doom(held);
  }
}

function keyOf({ run }: HeldRun): string {
  return idempotencyKey(run);
}
