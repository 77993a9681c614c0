/** The port Timers in a test's hands: nothing rings before the test says so. */
import type { CancelTimer, Timers } from '../../src/modules/foundation/application/ports/timers.ts';

export class ManualTimers implements Timers {
  #waiting: { delayMs: number; callback: () => void }[] = [];

  wakeAfter(delayMs: number, callback: () => void): CancelTimer {
    const timer = { delayMs, callback };
    this.#waiting.push(timer);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== timer);
    };
  }

  /** The delays of what waits. */
  get delays(): number[] {
    return this.#waiting.map((timer) => timer.delayMs);
  }

  /** Rings everything that waits now. */
  ring(): void {
    for (const { callback } of this.#waiting.splice(0)) callback();
  }
}
