/**
 * The wake-up order of all armed jobs: a binary heap over instants, one place a job. Owns no truth: the database's cursors
 * decide what fires, this only says when to look. Invariant: a job's instant, its id and its place in the heap are moved
 * together, so that each job is in it once.
 */
export class FireQueue {
  /** The heap: instants, and beside them the jobs that they are of. */
  readonly #ats: number[] = [];
  readonly #jobIds: string[] = [];
  readonly #placeOf = new Map<string, number>();

  get size(): number {
    return this.#jobIds.length;
  }

  /** @param at milliseconds since 1970 */
  set(jobId: string, at: number): void {
    const place = this.#placeOf.get(jobId) ?? this.size;
    this.#put(place, jobId, at);
    this.#settle(place);
  }

  delete(jobId: string): void {
    const place = this.#placeOf.get(jobId);
    if (place === undefined) return;
    this.#placeOf.delete(jobId);
    const [lastId, lastAt] = [this.#jobIds.pop()!, this.#ats.pop()!];
    if (lastId === jobId) return;
    this.#put(place, lastId, lastAt);
    this.#settle(place);
  }

  clear(): void {
    this.#placeOf.clear();
    this.#jobIds.length = 0;
    this.#ats.length = 0;
  }

  /** When the next job is due, or null. */
  peek(): number | null {
    return this.#ats[0] ?? null;
  }

  /** Takes out the jobs due at or before `now`, earliest first, at most `limit`. */
  takeDue(now: number, limit: number): string[] {
    const due: string[] = [];
    while (due.length < limit && this.size > 0 && this.#ats[0]! <= now) {
      due.push(this.#jobIds[0]!);
      this.delete(this.#jobIds[0]!);
    }
    return due;
  }

  /** When a job is looked at, or null. */
  atOf(jobId: string): number | null {
    const place = this.#placeOf.get(jobId);
    return place === undefined ? null : this.#ats[place]!;
  }

  /** The jobs due at or before `until`, in no order; they stay. */
  within(until: number): string[] {
    const found: string[] = [];
    const open = [0];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      if (place >= this.size || this.#ats[place]! > until) continue;
      found.push(this.#jobIds[place]!);
      open.push(2 * place + 1, 2 * place + 2);
    }
    return found;
  }

  #put(place: number, jobId: string, at: number): void {
    this.#jobIds[place] = jobId;
    this.#ats[place] = at;
    this.#placeOf.set(jobId, place);
  }

  /** Moves what stands at a place up or down, to where it belongs. */
  #settle(from: number): void {
    const jobId = this.#jobIds[from]!;
    const at = this.#ats[from]!;
    let place = from;
    for (let up = (place - 1) >> 1; place > 0 && this.#ats[up]! > at; up = (place - 1) >> 1) {
      this.#put(place, this.#jobIds[up]!, this.#ats[up]!);
      place = up;
    }
    for (let down = this.#earlierBelow(place); this.#ats[down]! < at; down = this.#earlierBelow(place)) {
      this.#put(place, this.#jobIds[down]!, this.#ats[down]!);
      place = down;
    }
    this.#put(place, jobId, at);
  }

  /** The earlier of the two below a place; where there is one alone, or none, its place is the answer as well. */
  #earlierBelow(place: number): number {
    const left = 2 * place + 1;
    return left + 1 < this.size && this.#ats[left + 1]! < this.#ats[left]! ? left + 1 : left;
  }
}
