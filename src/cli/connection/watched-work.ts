/**
 * Many requests, a few at once, while somebody watches. Invariant: Ctrl-C lets what is under way end and starts nothing
 * more, so that whoever asked can say what has been done; a second one ends the process at once.
 */
import type { ProgressLine } from '../output/progress-line.ts';

const AT_ONCE = 8;

export class WatchedWork {
  readonly #line: ProgressLine | null;
  #isCut = false;
  readonly #cut = (): void => {
    this.#isCut = true;
  };

  /** @param line null: a program reads */
  constructor(line: ProgressLine | null) {
    this.#line = line;
    process.once('SIGINT', this.#cut);
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** @throws what the first failing `work` throws, when all that was under way has ended */
  async forEach<Item>(what: string, items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
    const queue = items.values();
    let done = 0;
    let hasFailed = false;
    const takeTurns = async (): Promise<void> => {
      while (!this.#isCut && !hasFailed) {
        const next = queue.next();
        if (next.done === true) return;
        try {
          await work(next.value);
        } catch (error) {
          hasFailed = true;
          throw error;
        }
        done += 1;
        this.#line?.showCount(what, done, items.length);
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, takeTurns));
    this.#line?.clear();
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  close(): void {
    process.off('SIGINT', this.#cut);
  }
}
