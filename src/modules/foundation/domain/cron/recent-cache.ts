/**
 * A bounded cache of what texts compile to.
 *
 * Invariant: at most twice `limit` entries; an entry survives the next `limit - 1` that come in, those included that an
 * answer brings back from the old generation. Two generations instead of a linked list: a full young one becomes the old.
 */
export class RecentCache<Value> {
  readonly #limit: number;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: Value): void {
    if (this.#young.size >= this.#limit) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}
