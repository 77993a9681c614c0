/**
 * Gathers single statements of one kind into batches: what is asked within one turn of the event loop, or while a batch is under way, goes
 * into the next one.
 *
 * Invariants: each item's promise settles with that item's own fate; one that the database cannot hold fails alone, the
 * others of its batch are written; batches begin in the order of asking, and at most as many go at once as are allowed. Where
 * somebody holds the row of one, all of its batch go on one by one beside the batches, which wait for him no more.
 */
import { classifyDatabaseError } from './database-errors.ts';

/** Writes a batch. @returns one result for each item, in their order */
export type WriteBatch<Item, Result> = (items: readonly Item[]) => Promise<readonly Result[]>;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** How much goes into one batch. */
export interface BatchLimit<Item> {
  /** Default 500. */
  readonly capacity: number;
  /** How much of it an item takes; 1 where nothing is said. A single item always goes, whatever it weighs. */
  readonly weigh?: (item: Item) => number;
  /** Batches under way at once. Default 1. */
  readonly lanes?: number;
}

/** Single items under way at once beside the batches. */
const APART = 4;

export class BatchWriter<Item, Result> {
  readonly #write: WriteBatch<Item, Result>;
  readonly #limit: BatchLimit<Item>;
  #waiting: Waiting<Item, Result>[] = [];
  /** Of all that wait. */
  #weight = 0;
  #running = 0;
  readonly #apart: Waiting<Item, Result>[] = [];
  #runningApart = 0;

  constructor(write: WriteBatch<Item, Result>, limit: BatchLimit<Item> = { capacity: 500 }) {
    this.#write = write;
    this.#limit = limit;
  }

  /** @param isApart somebody held its row when it was last written: no other is to wait with it */
  add(item: Item, isApart = false): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    if (isApart) this.#writeApart([{ item, resolve, reject }]);
    else this.#enqueue({ item, resolve, reject });
    return promise;
  }

  /** Beside one that is under way another batch begins as soon as it is full. */
  #enqueue(waiting: Waiting<Item, Result>): void {
    const { capacity, lanes = 1 } = this.#limit;
    this.#waiting.push(waiting);
    this.#weight += this.#weigh(waiting);
    if (this.#running === 0 || (this.#running < lanes && this.#weight >= capacity)) this.#startLane();
  }

  #startLane(): void {
    this.#running += 1;
    setTimeout(() => void this.#run(), 0);
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#countOfNext());
      for (const taken of batch) this.#weight -= this.#weigh(taken);
      if (this.#waiting.length > 0 && this.#running < (this.#limit.lanes ?? 1)) this.#startLane();
      await this.#writeAll(batch);
    }
    this.#running -= 1;
  }

  #countOfNext(): number {
    let weight = 0;
    const over = this.#waiting.findIndex((waiting) => (weight += this.#weigh(waiting)) > this.#limit.capacity);
    return over === -1 ? this.#waiting.length : Math.max(1, over);
  }

  #weigh({ item }: Waiting<Item, Result>): number {
    return this.#limit.weigh?.(item) ?? 1;
  }

  async #writeAll(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#write(batch.map(({ item }) => item));
      batch.forEach(({ resolve, reject }, at) => {
        const result = results[at];
        if (result === undefined) reject(new Error('A batch was written and does not say what became of this item.'));
        else resolve(result);
      });
    } catch (error) {
      const { fault } = classifyDatabaseError(error);
      if (batch.length === 1 || fault === 'unavailable') for (const { reject } of batch) reject(error);
      else if (fault === 'lockTimeout') this.#writeApart(batch);
      else for (const single of batch) await this.#writeAll([single]);
    }
  }

  #writeApart(items: readonly Waiting<Item, Result>[]): void {
    this.#apart.push(...items);
    while (this.#runningApart < APART && this.#apart.length > 0) void this.#runApart();
  }

  async #runApart(): Promise<void> {
    this.#runningApart += 1;
    for (let next = this.#apart.shift(); next !== undefined; next = this.#apart.shift()) await this.#writeAll([next]);
    this.#runningApart -= 1;
  }
}
