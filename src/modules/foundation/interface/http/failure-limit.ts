/**
 * How many wrong tokens a client may send: a bucket of `CAPACITY`, refilled one every `REFILL_MS`.
 *
 * Invariant: holds at most `MAX_CLIENTS` buckets; the one unused for longest goes first, and a full one is not kept.
 */
export const CAPACITY = 10;
export const REFILL_MS = 6_000;
const MAX_CLIENTS = 10_000;

interface Bucket {
  readonly left: number;
  readonly at: number;
}

export class FailureLimit {
  readonly #buckets = new Map<string, Bucket>();
  readonly #now: () => number;

  /** @param now milliseconds since some fixed point */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts one failure. @returns 0 while the client may fail, else how long it has to wait, in milliseconds */
  take(client: string): number {
    const now = this.#now();
    const left = this.#left(client, now);
    if (left < 1) return Math.ceil((1 - left) * REFILL_MS);
    this.#buckets.delete(client);
    this.#buckets.set(client, { left: left - 1, at: now });
    if (this.#buckets.size > MAX_CLIENTS) this.#buckets.delete(this.#buckets.keys().next().value!);
    return 0;
  }

  #left(client: string, now: number): number {
    const bucket = this.#buckets.get(client);
    if (bucket === undefined) return CAPACITY;
    // A clock that was set back must not empty a bucket.
    return Math.min(CAPACITY, bucket.left + Math.max(0, now - bucket.at) / REFILL_MS);
  }
}
