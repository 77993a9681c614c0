/**
 * While many runs are started at once, all that is not their start waits: what is told of them, and their records. A start is
 * what its time was promised for. Invariants: nothing waits longer than the burst, which its owner keeps short; what waited
 * goes on in its order, a portion at a time, so that the first are being written while the next are made ready.
 */
import type { Timers } from './ports/timers.ts';

const PORTION = 2_000;

export class StartBurst {
  readonly #timers: Timers;
  #isGoing = false;
  #waiting: (() => void)[] = [];

  constructor({ timers }: { readonly timers: Timers }) {
    this.#timers = timers;
  }

  get isGoing(): boolean {
    return this.#isGoing;
  }

  /** At once where there is no burst; else behind what waits already. */
  afterwards(goOn: () => void): void {
    if (this.#isGoing || this.#waiting.length > 0) this.#waiting.push(goOn);
    else goOn();
  }

  start(): void {
    this.#isGoing = true;
  }

  end(): void {
    if (!this.#isGoing) return;
    this.#isGoing = false;
    this.#letGo();
  }

  /** What waits when the next burst begins goes on all the same: it has waited for one. */
  #letGo(): void {
    for (const goOn of this.#waiting.splice(0, PORTION)) goOn();
    if (this.#waiting.length > 0) this.#timers.wakeAfter(0, () => this.#letGo());
  }
}
