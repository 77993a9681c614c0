/** One line that changes while something long goes on; where no person watches, nothing at all. */
import type { WriteStream } from 'node:tty';
import type { ExecutionJson } from '../connection/answers.ts';
import { oneLine } from './one-line.ts';
import { shorten } from './table.ts';

const BAR_WIDTH = 24;

export class ProgressLine {
  readonly #stream: WriteStream;
  #isShown = false;

  constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  show({ startedAt, progress, jobId }: Pick<ExecutionJson, 'startedAt' | 'progress' | 'jobId'>): void {
    if (!this.#stream.isTTY) return;
    const what = startedAt === null ? 'waits for an instance' : 'runs';
    this.#write(progress === null ? `${jobId} ${what} …` : `${bar(progress.fraction)} ${progress.message ?? ''}`);
  }

  /** @param total at least 1 */
  showCount(what: string, done: number, total: number): void {
    if (this.#stream.isTTY) this.#write(`${bar(done / total)} ${done} of ${total} ${what}`);
  }

  clear(): void {
    if (this.#isShown) this.#stream.write('\r\u001B[K');
    this.#isShown = false;
  }

  #write(text: string): void {
    this.#stream.write(`\r\u001B[K${shorten(oneLine(text), (this.#stream.columns ?? 80) - 1)}`);
    this.#isShown = true;
  }
}

function bar(fraction: number): string {
  const share = Math.min(Math.max(fraction, 0), 1);
  const full = Math.round(share * BAR_WIDTH);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} ${String(Math.round(share * 100)).padStart(3)} %`;
}
