/**
 * Runs that have ended without a record and find no room in memory: counted a job, so that a long outage of an every-second
 * job takes as much memory as a short one, and nothing goes unsaid.
 */
import type { SchedulerEvent } from '../domain/event.ts';
import type { HeldRecord } from './ports/run-tracker.ts';

interface Fold {
  /** What is told again, its answer being lost, is told once. */
  readonly key: string;
  count: number;
  failed: number;
  fromMs: number;
  toMs: number;
}

export class FoldedRuns {
  readonly #folds = new Map<string, Fold>();

  get size(): number {
    return this.#folds.size;
  }

  add({ run, outcome }: HeldRecord): void {
    const atMs = run.scheduledAt.getTime();
    const fold = this.#folds.get(run.jobId) ?? {
      key: `folded ${run.id}`,
      count: 0,
      failed: 0,
      fromMs: atMs,
      toMs: atMs,
    };
    fold.count += 1;
    fold.failed += outcome.status === 'FAILED' ? 1 : 0;
    fold.fromMs = Math.min(fold.fromMs, atMs);
    fold.toMs = Math.max(fold.toMs, atMs);
    this.#folds.set(run.jobId, fold);
  }

  /** An event a job, and nothing is folded any more. Whoever cannot write them gives them back. */
  take(): { events: SchedulerEvent[]; giveBack: () => void } {
    const taken = [...this.#folds];
    this.#folds.clear();
    return { events: taken.map(([jobId, fold]) => toEvent(jobId, fold)), giveBack: () => this.#restore(taken) };
  }

  #restore(taken: readonly (readonly [string, Fold])[]): void {
    for (const [jobId, fold] of taken) {
      const later = this.#folds.get(jobId);
      if (later === undefined) this.#folds.set(jobId, fold);
      else
        this.#folds.set(jobId, {
          key: fold.key,
          count: fold.count + later.count,
          failed: fold.failed + later.failed,
          fromMs: Math.min(later.fromMs, fold.fromMs),
          toMs: Math.max(later.toMs, fold.toMs),
        });
    }
  }
}

function toEvent(jobId: string, { key, count, failed, fromMs, toMs }: Fold): SchedulerEvent {
  return {
    type: 'run.unrecorded',
    jobId,
    key,
    scheduledAt: new Date(fromMs),
    reason: 'outage: more runs ended while the database was away than memory keeps records of',
    detail: {
      ...{ cause: 'outage', count, failed },
      ...{ from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() },
    },
  };
}
