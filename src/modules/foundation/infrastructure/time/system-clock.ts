/** The process's own clocks. */
import type { Clock } from '../../application/ports/clock.ts';

export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }
}
