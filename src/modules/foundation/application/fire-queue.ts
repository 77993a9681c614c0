/**
 * The wake-up order of all armed jobs: a binary heap over instants, one entry a job. Owns no truth: the database's cursors
 * decide what fires, this only says when to look. Setting a job again replaces its entry; removal is lazy.
 */
interface Entry {
  readonly at: number;
  readonly jobId: string;
}

export class FireQueue {
  readonly #heap: Entry[] = [];
  readonly #current = new Map<string, Entry>();

  get size(): number {
    return this.#current.size;
  }

  /** @param at milliseconds since 1970 */
  set(jobId: string, at: number): void {
    const entry: Entry = { at, jobId };
    this.#current.set(jobId, entry);
    this.#heap.push(entry);
    this.#siftUp(this.#heap.length - 1);
    if (this.#heap.length > 64 && this.#heap.length > 2 * this.#current.size) this.#rebuild();
  }

  delete(jobId: string): void {
    this.#current.delete(jobId);
  }

  clear(): void {
    this.#current.clear();
    this.#heap.length = 0;
  }

  /** When the next job is due, or null. */
  peek(): number | null {
    this.#dropStale();
    return this.#heap[0]?.at ?? null;
  }

  /** Takes out the jobs due at or before `now`, earliest first, at most `limit`. */
  takeDue(now: number, limit: number): string[] {
    const due: string[] = [];
    while (due.length < limit) {
      const at = this.peek();
      if (at === null || at > now) break;
      const { jobId } = this.#pop();
      this.#current.delete(jobId);
      due.push(jobId);
    }
    return due;
  }

  /** When a job is looked at, or null. */
  atOf(jobId: string): number | null {
    return this.#current.get(jobId)?.at ?? null;
  }

  /** The jobs due at or before `until`, in no order; they stay. */
  *within(until: number): Generator<string> {
    const open = [0];
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      const entry = this.#heap[index];
      if (entry === undefined || entry.at > until) continue;
      if (this.#current.get(entry.jobId) === entry) yield entry.jobId;
      open.push(2 * index + 1, 2 * index + 2);
    }
  }

  #dropStale(): void {
    for (let top = this.#heap[0]; top !== undefined && this.#current.get(top.jobId) !== top; top = this.#heap[0])
      this.#pop();
  }

  #pop(): Entry {
    const top = this.#heap[0]!;
    const last = this.#heap.pop()!;
    if (this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#siftDown(0);
    }
    return top;
  }

  #rebuild(): void {
    const live = [...this.#current.values()].toSorted((a, b) => a.at - b.at);
    this.#heap.length = 0;
    for (const entry of live) this.#heap.push(entry);
  }

  #siftUp(from: number): void {
    const heap = this.#heap;
    const entry = heap[from]!;
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (heap[parent]!.at <= entry.at) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  #siftDown(from: number): void {
    const heap = this.#heap;
    const entry = heap[from]!;
    let index = from;
    for (let child = 1; child < heap.length; child = 2 * index + 1) {
      if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child += 1;
      if (heap[child]!.at >= entry.at) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = entry;
  }
}
