/** The process's own clocks. */
import type { Clock } from '../../application/ports/clock.ts';

export class SystemClock implements Clock {
  /** Looked up once: under Node the global is a getter, and each run of a herd asks the time several times. */
  readonly #performance = performance;

  now(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return this.#performance.now();
  }
}
