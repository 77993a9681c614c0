/**
 * The side effects of runs: one line each, in a file of the replica's own. Invariant: a start is on the disk before the
 * job does anything else, so that whatever happened to the process, what it did can be read.
 */
import { closeSync, fsync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';

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
  readonly #sync: (file: number) => Promise<void>;
  /** The fsync that goes on, and the one after it, which those wait for who wrote since it began. */
  #syncing: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(path: string, sync: (file: number) => Promise<void> = promisify(fsync)) {
    this.#file = openSync(path, 'a');
    this.#sync = sync;
  }

  append(line: LedgerLine): void {
    this.#write(line);
    if (line.event === 'start') fsyncSync(this.#file);
  }

  /** Resolves when the line is on the disk, by one fsync for all the lines that wait. */
  async appendTogether(line: LedgerLine): Promise<void> {
    this.#write(line);
    this.#next ??= this.#syncing.then(() => {
      this.#next = null;
      this.#syncing = this.#sync(this.#file);
      return this.#syncing;
    });
    await this.#next;
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(line: LedgerLine): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}

const NEWLINE = 10;

/** What stands in a file; a last line that a kill cut off is no line. */
export function readLedger(path: string): LedgerLine[] {
  const bytes = readFileSync(path);
  const lines: LedgerLine[] = [];
  let from = 0;
  for (let to = bytes.indexOf(NEWLINE); to !== -1; to = bytes.indexOf(NEWLINE, from)) {
    if (to > from) lines.push(JSON.parse(bytes.toString('utf8', from, to)) as LedgerLine);
    from = to + 1;
  }
  return lines;
}
