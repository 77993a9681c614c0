/**
 * The runs of this process: how many at once, which ones, and how they are drained. Invariant: a run that was taken is
 * executed once; `freeSlots` never goes below zero because claims ask for no more than it says.
 */
import { RunCancelledError } from '../domain/errors.ts';
import type { JobConfig } from '../domain/job-config.ts';
import type { MergedJobRegistry } from '../domain/job-definition.ts';
import type { TrackedRun } from './ports/run-tracker.ts';
import type { RunExecutor } from './run-executor.ts';

interface ActiveRun {
  readonly run: TrackedRun;
  readonly controller: AbortController;
}

export class FireDispatcher {
  readonly #executor: RunExecutor;
  readonly #maxConcurrentRuns: number;
  readonly #active = new Map<string, ActiveRun>();
  readonly #ended = new Set<() => void>();

  constructor(executor: RunExecutor, maxConcurrentRuns: number) {
    this.#executor = executor;
    this.#maxConcurrentRuns = maxConcurrentRuns;
  }

  get freeSlots(): number {
    return Math.max(0, this.#maxConcurrentRuns - this.#active.size);
  }

  get activeCount(): number {
    return this.#active.size;
  }

  isRunning(jobId: string): boolean {
    for (const { run } of this.#active.values()) if (run.jobId === jobId) return true;
    return false;
  }

  /** Starts a run and returns at once. */
  dispatch(run: TrackedRun, config: JobConfig, registry: MergedJobRegistry): void {
    const controller = new AbortController();
    this.#active.set(run.id, { run, controller });
    void this.#executor.execute({ run, config, registry, controller }).finally(() => {
      this.#active.delete(run.id);
      for (const listener of this.#ended) listener();
    });
  }

  /** Is told each time a run has ended and its slot is free. @returns how to stop listening */
  onRunEnded(listener: () => void): () => void {
    this.#ended.add(listener);
    return () => this.#ended.delete(listener);
  }

  /** Resolves when no run is active. */
  async idle(): Promise<void> {
    while (this.#active.size > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const stop = this.onRunEnded(resolve);
      await promise;
      stop();
    }
  }

  /** Aborts every active run; those that ignore it are abandoned and recorded as cancelled all the same. */
  abortAll(reason: string): void {
    for (const { controller } of this.#active.values()) controller.abort(new RunCancelledError(reason));
  }
}
