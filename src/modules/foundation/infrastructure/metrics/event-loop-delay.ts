/** How late this process's event loop is, where its runtime measures it. */
import * as performanceHooks from 'node:perf_hooks';

const RESOLUTION_MS = 20;
const NANOSECONDS = 1e9;

/** In seconds, since it was last asked. */
export interface EventLoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** @returns how to read it, and begin anew; null: this runtime does not measure it, or has not yet */
export function watchEventLoop(): () => EventLoopDelay | null {
  try {
    const histogram = performanceHooks.monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    histogram.enable();
    return () => {
      if (histogram.count === 0) return null;
      const [p50, p99] = [histogram.percentile(50), histogram.percentile(99)];
      const delay = { p50: seconds(p50), p99: seconds(p99), max: seconds(histogram.max) };
      histogram.reset();
      return delay;
    };
  } catch {
    // Not every runtime has it, and those that lack it say so in errors of their own.
    return () => null;
  }
}

/** What is measured is the whole time from one turn to the next. Nothing yet: a minimum that no turn can have. */
function seconds(nanoseconds: number): number {
  const late = nanoseconds / NANOSECONDS - RESOLUTION_MS / 1_000;
  return Number.isFinite(late) && late > 0 && late < Number.MAX_SAFE_INTEGER / NANOSECONDS ? late : 0;
}
