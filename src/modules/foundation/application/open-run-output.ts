/**
 * What one run has said and the database does not have yet. Invariants: lines are numbered from 1 without a gap, at most
 * `MAX_RUN_LINES` of them and one that says how many more there were; of the progress only the newest is kept.
 */
import { lineBytes, MAX_RUN_LINES, type RunLogLine } from '../domain/run-output.ts';
import type { Progress } from '../domain/run.ts';
import type { RunOutput } from './ports/run-outputs.ts';
import { sayCount } from '../domain/words/say-count.ts';

export type SaidLine = Omit<RunLogLine, 'line'>;

export class OpenRunOutput {
  readonly executionId: string;
  readonly jobId: string;
  readonly #instanceId: string;
  #lines: RunLogLine[] = [];
  #progress: Progress | null = null;
  #count = 0;
  #overLimit = 0;
  #overMemory = 0;
  #bytes = 0;
  /** The database has said that this is no running record of ours; asked again at its end alone. */
  isRefused = false;
  /** How often its end found the database away. */
  vainEnds = 0;
  /** The writing under way. Never rejects. */
  writing: Promise<void> | null = null;

  constructor(run: { readonly id: string; readonly jobId: string; readonly instanceId: string }) {
    this.executionId = run.id;
    this.jobId = run.jobId;
    this.#instanceId = run.instanceId;
  }

  get isPending(): boolean {
    return this.#lines.length > 0 || this.#progress !== null;
  }

  /** About so much memory it takes, what is being written included. */
  get bytes(): number {
    return this.#bytes;
  }

  get pendingLines(): number {
    return this.#lines.length;
  }

  setProgress(progress: Progress): void {
    this.#progress = progress;
  }

  /** @param roomBytes what the process may still hold in memory @returns the bytes taken; 0: it was only counted */
  add(say: () => SaidLine, roomBytes: number): number {
    if (this.#count >= MAX_RUN_LINES) this.#overLimit += 1;
    else if (roomBytes <= 0) this.#overMemory += 1;
    else return this.#push(say());
    return 0;
  }

  /** The last line, where some were left out. @returns the bytes taken */
  close(at: Date): number {
    const left = this.#overLimit + this.#overMemory;
    if (left === 0) return 0;
    const reasons = [
      ...(this.#overLimit > 0 ? [`a run keeps ${MAX_RUN_LINES}`] : []),
      ...(this.#overMemory > 0 ? [`${this.#overMemory} came faster than the database took them`] : []),
    ];
    const message = `${sayCount(left, 'more line was', 'more lines were')} not kept: ${reasons.join(', and ')}.`;
    return this.#push({ at, level: 'warn', message, properties: { dropped: left } });
  }

  take(): RunOutput {
    const { executionId } = this;
    const taken = { executionId, instanceId: this.#instanceId, progress: this.#progress, lines: this.#lines };
    this.#lines = [];
    this.#progress = null;
    return taken;
  }

  putBack(output: RunOutput): void {
    this.#lines = [...output.lines, ...this.#lines];
    this.#progress ??= output.progress;
  }

  /** What was taken is no longer kept. @returns the bytes given back */
  release({ lines }: RunOutput): number {
    const bytes = lines.reduce((sum, line) => sum + lineBytes(line), 0);
    this.#bytes -= bytes;
    return bytes;
  }

  #push(line: SaidLine): number {
    this.#count += 1;
    this.#lines.push({ line: this.#count, ...line });
    const bytes = lineBytes(line);
    this.#bytes += bytes;
    return bytes;
  }
}
