/**
 * Gathers single writes into batches: what is asked within one turn of the event loop, or while a batch is under way, goes
 * into the next one.
 *
 * Invariants: each item's promise settles with that item's own fate; one that the database cannot hold fails alone, the
 * others of its batch are written; batches go one after another, in the order of asking.
 */
import { classifyDatabaseError } from './database-errors.ts';

/** Writes a batch. @returns one result for each item, in their order */
export type WriteBatch<Item, Result> = (items: readonly Item[]) => Promise<readonly Result[]>;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

const MAX_BATCH = 500;

export class BatchWriter<Item, Result> {
  readonly #write: WriteBatch<Item, Result>;
  #waiting: Waiting<Item, Result>[] = [];
  #isRunning = false;

  constructor(write: WriteBatch<Item, Result>) {
    this.#write = write;
  }

  add(item: Item): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#waiting.push({ item, resolve, reject });
    if (!this.#isRunning) {
      this.#isRunning = true;
      setTimeout(() => void this.#run(), 0);
    }
    return promise;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) await this.#writeAll(this.#waiting.splice(0, MAX_BATCH));
    this.#isRunning = false;
  }

  async #writeAll(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#write(batch.map(({ item }) => item));
      for (const [at, { resolve, reject }] of batch.entries()) {
        const result = results[at];
        if (result === undefined) reject(new Error('A batch was written and does not say what became of this item.'));
        else resolve(result);
      }
    } catch (error) {
      if (batch.length > 1 && classifyDatabaseError(error).fault !== 'unavailable') {
        for (const single of batch) await this.#writeAll([single]);
      } else {
        for (const { reject } of batch) reject(error);
      }
    }
  }
}
