/**
 * The side effects of runs: one line each, in a file of the replica's own. Invariant: a start is on the disk before the
 * job does anything else, so that whatever happened to the process, what it did can be read.
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

export interface LedgerLine {
  readonly event: 'start' | 'end';
  readonly jobId: string;
  /** RFC 3339 */
  readonly scheduledAt: string;
  readonly attempt: number;
  readonly executionId: string;
  /** The incarnation of a replica: `replica-2.3`. */
  readonly instance: string;
  readonly pid: number;
  /** Milliseconds since 1970 by the machine's clock, whatever the process takes for its own. */
  readonly atMs: number;
}

export class LedgerFile {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  append(line: LedgerLine): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
    if (line.event === 'start') fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** What stands in a file; a last line that a kill cut off is no line. */
export function readLedger(path: string): LedgerLine[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  const whole = lines.slice(0, -1).filter((line) => line !== '');
  return whole.map((line) => JSON.parse(line) as LedgerLine);
}
