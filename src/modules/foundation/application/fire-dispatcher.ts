/**
 * The runs of this process: how many at once, which ones, and how they are drained. Invariant: a run that was taken is
 * executed once; whoever claims reserves slots first, so that two who claim at the same time do not share them.
 *
 * A run takes a slot while its job works; while its outcome is being written it takes none, so that the next are claimed
 * meanwhile, up to a bound on outcomes that wait. It is active until it is written. In a burst of starts its function is
 * called at once, and all the rest comes after the burst.
 */
import { RunCancelledError } from '../domain/errors.ts';
import type { RunnableConfig } from '../domain/job-config.ts';
import type { MergedJobRegistry } from '../domain/job-definition.ts';
import type { JobDirectory } from './job-directory.ts';
import type { JobTerms } from '../domain/job-terms.ts';
import type { TrackedRun } from './ports/run-tracker.ts';
import { RunController } from './run-controller.ts';
import type { RunExecutor } from './run-executor.ts';
import type { RunWork } from './run-work.ts';
import type { StartBurst } from './start-burst.ts';

/** So many runs may wait for their outcome to be written before those that wait count as running. */
export const MAX_UNWRITTEN = 100_000;

interface ActiveRun {
  readonly run: TrackedRun;
  readonly controller: RunController;
  /** False: its job has ended, and its outcome is being written. */
  isWorking: boolean;
}

/** Slots that nobody else claims for, until they are released: after the claimed runs were dispatched. */
export interface SlotReservation {
  readonly size: number;
  release(): void;
}

/** What says how many runs of a job may go on at once. */
type RoomTerms = Pick<JobTerms, 'overlapPolicy' | 'maxConcurrentRuns'>;

/** `jobId` of the run that ended; null: slots were given back unused. */
export type SlotListener = (jobId: string | null) => void;

export interface FireDispatcherDeps {
  readonly executor: Pick<RunExecutor, 'start' | 'finish'>;
  readonly directory: Pick<JobDirectory, 'noteStart'>;
  readonly starts: StartBurst;
}

export class FireDispatcher {
  readonly #executor: FireDispatcherDeps['executor'];
  readonly #directory: FireDispatcherDeps['directory'];
  readonly #starts: StartBurst;
  readonly #maxConcurrentRuns: number;
  readonly #active = new Map<string, ActiveRun>();
  /** Replaced, never changed: who tells goes through those who listened when he began. */
  #listeners: readonly SlotListener[] = [];
  /** The jobs of active runs that the database does not know of, by run id. */
  readonly #unrecorded = new Map<string, string>();
  /** Active runs whose job works. */
  #working = 0;
  #reserved = 0;
  #wasRefused = false;

  constructor({ executor, directory, starts }: FireDispatcherDeps, maxConcurrentRuns: number) {
    this.#executor = executor;
    this.#directory = directory;
    this.#starts = starts;
    this.#maxConcurrentRuns = maxConcurrentRuns;
  }

  get freeSlots(): number {
    const taken = Math.max(this.#working, this.#active.size - MAX_UNWRITTEN);
    return Math.max(0, this.#maxConcurrentRuns - taken - this.#reserved);
  }

  get activeCount(): number {
    return this.#active.size;
  }

  get activeRunIds(): string[] {
    return [...this.#active.keys()];
  }

  isRunning(jobId: string): boolean {
    for (const { run } of this.#active.values()) if (run.jobId === jobId) return true;
    return false;
  }

  /** Active runs of a job, in the order they were started. */
  runsOf(jobId: string): TrackedRun[] {
    return [...this.#active.values()].map(({ run }) => run).filter((run) => run.jobId === jobId);
  }

  /** How many runs of a job go on: those that are only being written do not. */
  countWorking(jobId: string): number {
    let count = 0;
    for (const { run, isWorking } of this.#active.values()) if (isWorking && run.jobId === jobId) count += 1;
    return count;
  }

  /** As the claim sees it, of what this process runs: none is started beside those that go on. */
  isFull(jobId: string, terms: RoomTerms | undefined): boolean {
    const atMost = terms?.overlapPolicy === 'allow' ? (terms.maxConcurrentRuns ?? Number.POSITIVE_INFINITY) : 1;
    return this.countWorking(jobId) >= atMost;
  }

  /**
   * The database will keep nobody away from this run: the record of its occurrence is another instance's, or stands beside that
   * of a run before it.
   */
  noteUnrecorded(runId: string): void {
    const active = this.#active.get(runId);
    if (active !== undefined) this.#unrecorded.set(runId, active.run.jobId);
  }

  /** A run of this job goes on that the database does not know of. */
  isRunningUnrecorded(jobId: string): boolean {
    for (const running of this.#unrecorded.values()) if (running === jobId) return true;
    return false;
  }

  /**
   * A run of this job goes on that the database did not count when it let another be claimed, and there is no room beside it.
   * What the database knows of, it has counted.
   */
  isFullUnrecorded(jobId: string, terms: RoomTerms | undefined): boolean {
    return this.isRunningUnrecorded(jobId) && this.isFull(jobId, terms);
  }

  /** All such jobs, each once. */
  get unrecordedJobIds(): string[] {
    return [...new Set(this.#unrecorded.values())];
  }

  /** As many as are free, `limit` at most. Who gets none has asked for one. */
  reserveSlots(limit: number): SlotReservation {
    const size = Math.min(limit, this.freeSlots);
    this.#reserved += size;
    if (size === 0) this.askForSlot();
    let isReleased = false;
    return {
      size,
      release: () => {
        if (isReleased) return;
        isReleased = true;
        this.#reserved -= size;
        if (size > 0) this.#offer();
      },
    };
  }

  /** Whoever listens is told once when slots are given back; that a run has ended is told always. */
  askForSlot(): void {
    this.#wasRefused = true;
  }

  /** Starts a run and returns at once. One that goes on already is left alone. */
  dispatch(run: TrackedRun, config: RunnableConfig, registry: MergedJobRegistry): void {
    if (this.#active.has(run.id)) return;
    const controller = new RunController();
    const active: ActiveRun = { run, controller, isWorking: true };
    this.#active.set(run.id, active);
    this.#directory.noteStart(run);
    this.#working += 1;
    const work = this.#executor.start({ run, config, registry, controller, onWorkEnd: this.#onWorkEnd });
    // The start of one without a record is its record's.
    if (run.isRecorded) this.#starts.afterwards(() => this.#finish(active, work));
    else this.#finish(active, work);
  }

  /** Whatever goes wrong with it, the run is over then. `finally` would cost two promises more. */
  #finish(active: ActiveRun, work: RunWork): void {
    const failed = (error: unknown): never => {
      this.#ended(active);
      throw error;
    };
    void this.#executor.finish(work).then(() => this.#ended(active), failed);
  }

  /** One for all, and not a function a run. */
  readonly #onWorkEnd = ({ id }: TrackedRun): void => {
    const active = this.#active.get(id);
    if (active !== undefined) this.#endWork(active);
    this.#offer();
  };

  #endWork(active: ActiveRun): void {
    if (active.isWorking) this.#working -= 1;
    active.isWorking = false;
  }

  #ended(active: ActiveRun): void {
    const { id, jobId } = active.run;
    this.#endWork(active);
    this.#active.delete(id);
    this.#unrecorded.delete(id);
    this.#tell(jobId);
    this.#offer();
  }

  /** Is told of each run that has ended, and once, where somebody asked, that slots are free. @returns how to stop listening */
  onSlotFree(listener: SlotListener): () => void {
    this.#listeners = [...new Set([...this.#listeners, listener])];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  /** Resolves when no run is active. */
  async idle(): Promise<void> {
    while (this.#active.size > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const stop = this.onSlotFree(() => resolve());
      await promise;
      stop();
    }
  }

  /** Aborts one; if it ignores that it is abandoned. @returns false: it is not active here, or is being aborted already */
  cancel(runId: string, reason: string): boolean {
    const controller = this.#active.get(runId)?.controller;
    if (controller === undefined || controller.aborted) return false;
    controller.abort(new RunCancelledError(reason));
    return true;
  }

  /** Aborts every active run of a job. */
  cancelJob(jobId: string, reason: string): void {
    for (const { id } of this.runsOf(jobId)) this.cancel(id, reason);
  }

  /** Aborts every active run; those that ignore it are abandoned and recorded as cancelled all the same. */
  abortAll(reason: string): void {
    for (const { controller } of this.#active.values()) controller.abort(new RunCancelledError(reason));
  }

  /** Whoever was refused may ask again. */
  #offer(): void {
    if (!this.#wasRefused || this.freeSlots === 0) return;
    this.#wasRefused = false;
    this.#tell(null);
  }

  #tell(jobId: string | null): void {
    for (const listener of this.#listeners) listener(jobId);
  }
}
