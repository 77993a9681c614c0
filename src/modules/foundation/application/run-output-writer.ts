/**
 * What the runs of this process say while they run, on its way to the database: gathered, and written for all of them
 * together twice a second, and of each run before its outcome.
 *
 * Invariants: a run is never held up or failed by it, and its record waits for it a bounded number of times, where the
 * database went away just then; who says nothing costs nothing; what waits in memory is bounded, and
 * what is left out is counted and told. What the database has taken is told on the bus, and nothing else is.
 */
import { describeError } from '../domain/describe-error.ts';
import { DatabaseUnavailableError } from '../domain/errors.ts';
import { readLine, readProgress } from '../domain/run-output.ts';
import type { RunLogLevel } from '../domain/run.ts';
import type { EventBus } from './event-bus.ts';
import { OpenRunOutput } from './open-run-output.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { RunOutput, RunOutputGate, RunOutputs } from './ports/run-outputs.ts';
import type { Timers } from './ports/timers.ts';
import { sayCount } from '../domain/words/say-count.ts';

const FLUSH_MS = 500;
/** How soon what could not be written is tried again. */
const RETRY_MS = 2_000;
/** So often a run's record waits for what it has said; then it is written without. */
const MAX_VAIN_ENDS = 3;
/** What may wait in memory, of all runs together. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

export interface RunOutputWriterDeps {
  readonly outputs: RunOutputs;
  readonly bus: EventBus;
  readonly time: Pick<Clock, 'now'>;
  readonly timers: Timers;
  readonly logger: Logger;
}

/** Where one run puts what it says. Nothing here throws; after `close` nothing is taken any more. */
export interface RunVoice {
  /** @returns false: `fraction` is no number, and was left out of account */
  progress(fraction: unknown, message?: unknown): boolean;
  log(level: RunLogLevel, message: unknown, properties?: unknown): void;
  close(): void;
}

export class RunOutputWriter implements RunOutputGate {
  readonly #deps: RunOutputWriterDeps;
  readonly #maxWaitingBytes: number;
  /** Those that have said something. */
  readonly #runs = new Map<string, OpenRunOutput>();
  #waitingBytes = 0;
  #isFlushDue = false;

  constructor(deps: RunOutputWriterDeps, maxWaitingBytes = MAX_WAITING_BYTES) {
    this.#deps = deps;
    this.#maxWaitingBytes = maxWaitingBytes;
  }

  open(run: { readonly id: string; readonly jobId: string; readonly instanceId: string }): RunVoice {
    let isClosed = false;
    return {
      progress: (fraction, message) => {
        const progress = readProgress(fraction, message);
        if (progress === null) return false;
        if (!isClosed) this.#of(run).setProgress(progress);
        return true;
      },
      log: (level, message, properties) => {
        if (isClosed) return;
        const say = () => ({ at: new Date(this.#deps.time.now()), level, ...readLine(message, properties) });
        this.#waitingBytes += this.#of(run).add(say, this.#maxWaitingBytes - this.#waitingBytes);
      },
      close: () => {
        isClosed = true;
        this.#waitingBytes += this.#runs.get(run.id)?.close(new Date(this.#deps.time.now())) ?? 0;
      },
    };
  }

  conclude<T>(executionId: string, record: () => Promise<T>): Promise<T> {
    const run = this.#runs.get(executionId);
    return run === undefined ? record() : this.#conclude(run, record);
  }

  async #conclude<T>(run: OpenRunOutput, record: () => Promise<T>): Promise<T> {
    while (run.writing !== null) await run.writing;
    run.isRefused = false;
    const error = await this.#writeLast(run);
    if (error !== null) throw error;
    const result = await record();
    this.#forget(run);
    return result;
  }

  /**
   * A connection that broke is a new one at once. Nothing is written of a run that has ended: so its record waits for what
   * it has said, but not for ever.
   */
  async #writeLast(run: OpenRunOutput): Promise<DatabaseUnavailableError | null> {
    const error = (await this.#write(run)) && (await this.#write(run));
    if (error !== null) run.vainEnds += 1;
    return run.vainEnds >= MAX_VAIN_ENDS ? null : error;
  }

  forget(executionId: string): void {
    const run = this.#runs.get(executionId);
    if (run !== undefined) this.#forget(run);
  }

  #of(run: { readonly id: string; readonly jobId: string; readonly instanceId: string }): OpenRunOutput {
    let open = this.#runs.get(run.id);
    if (open === undefined) {
      open = new OpenRunOutput(run);
      this.#runs.set(run.id, open);
    }
    if (!this.#isFlushDue) this.#flushAfter(FLUSH_MS);
    return open;
  }

  #flushAfter(delayMs: number): void {
    this.#isFlushDue = true;
    this.#deps.timers.wakeAfter(delayMs, () => void this.#flush());
  }

  async #flush(): Promise<void> {
    const waiting = [...this.#runs.values()].filter((run) => run.isPending && !run.isRefused && run.writing === null);
    const errors = await Promise.all(waiting.map((run) => this.#write(run)));
    const isLeft = [...this.#runs.values()].some((run) => run.isPending && !run.isRefused);
    this.#isFlushDue = false;
    if (isLeft) this.#flushAfter(errors.some((error) => error !== null) ? RETRY_MS : FLUSH_MS);
  }

  /** @returns why it waits on: the database is away, or somebody holds its record; null: it is not waited for */
  async #write(run: OpenRunOutput): Promise<DatabaseUnavailableError | null> {
    if (!run.isPending) return null;
    const { promise, resolve } = Promise.withResolvers<void>();
    run.writing = promise;
    const output = run.take();
    try {
      const isOurs = await this.#deps.outputs.write(output);
      run.isRefused = !isOurs;
      if (isOurs) this.#written(run, output);
      else run.putBack(output);
      return null;
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) {
        run.putBack(output);
        return error;
      }
      this.#waitingBytes -= run.release(output);
      this.#logDropped(run, output.lines.length, describeError(error).message);
      return null;
    } finally {
      run.writing = null;
      resolve();
    }
  }

  #written(run: OpenRunOutput, output: RunOutput): void {
    this.#waitingBytes -= run.release(output);
    const { progress, lines } = output;
    this.#deps.bus.emit({ type: 'run.output', jobId: run.jobId, executionId: run.executionId, progress, lines });
  }

  #forget(run: OpenRunOutput): void {
    if (this.#runs.get(run.executionId) === run) this.#runs.delete(run.executionId);
    this.#waitingBytes -= run.bytes;
    if (run.pendingLines > 0) this.#logDropped(run, run.pendingLines, 'its record was not running, or not reached');
  }

  #logDropped({ jobId, executionId }: OpenRunOutput, lines: number, reason: string): void {
    const message = `${sayCount(lines, 'log line')} and the newest progress of a run are not kept; the run and its outcome are not touched by it.`;
    this.#deps.logger.warn(message, { jobId, executionId, reason });
  }
}
