/**
 * While many runs are started at once, those that have ended already wait with their records: a start is what its time
 * was promised for. Invariants: nothing waits longer than the burst, which its owner keeps short; those that waited go on
 * a portion at a time, so that the first are being written while the next are made ready.
 */
import type { StartGate } from './ports/run-tracker.ts';
import type { Timers } from './ports/timers.ts';

const PORTION = 2_000;

export class StartBurst implements StartGate {
  readonly #timers: Timers;
  #isGoing = false;
  #waiting: (() => void)[] = [];

  constructor({ timers }: { readonly timers: Timers }) {
    this.#timers = timers;
  }

  get isClosed(): boolean {
    return this.#isGoing;
  }

  opened(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    return promise;
  }

  close(): void {
    this.#isGoing = true;
  }

  open(): void {
    if (!this.#isGoing) return;
    this.#isGoing = false;
    this.#letGo();
  }

  #letGo(): void {
    for (const goOn of this.#waiting.splice(0, PORTION)) goOn();
    if (this.#waiting.length > 0) this.#timers.wakeAfter(0, () => this.#letGo());
  }
}
