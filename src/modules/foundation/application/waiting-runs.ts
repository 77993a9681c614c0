/** Runs by their ids, and the earliest instant that any of them is due at: asked at every turn, and counted out seldom. */
import type { HeldRun } from './confirm-due.ts';

export class WaitingRuns extends Map<string, HeldRun> {
  /** Null: one was taken out since it was counted out. */
  #earliestAt: number | null = Number.POSITIVE_INFINITY;

  /** Milliseconds since 1970; Infinity: there is none. */
  get earliestAt(): number {
    if (this.#earliestAt !== null) return this.#earliestAt;
    let earliest = Number.POSITIVE_INFINITY;
    for (const { run } of this.values()) earliest = Math.min(earliest, run.scheduledAt.getTime());
    this.#earliestAt = earliest;
    return earliest;
  }

  override set(runId: string, held: HeldRun): this {
    if (this.has(runId)) this.#earliestAt = null;
    else if (this.#earliestAt !== null) this.#earliestAt = Math.min(this.#earliestAt, held.run.scheduledAt.getTime());
    return super.set(runId, held);
  }

  override delete(runId: string): boolean {
    const isGone = super.delete(runId);
    if (isGone) this.#earliestAt = null;
    return isGone;
  }

  override clear(): void {
    this.#earliestAt = Number.POSITIVE_INFINITY;
    super.clear();
  }
}
