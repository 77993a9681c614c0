/** What the database knows of the scheduler as a whole, over all instances. Reading it costs one bounded statement. */
import type { LiveInstance } from './instances.ts';

export interface KnownInstance extends LiveInstance {
  /** Its lease has not ended. */
  readonly isLive: boolean;
}

/** How late recent runs of schedules started, in milliseconds; null: there were none. */
export interface Lateness {
  /** How many runs it was taken from. */
  readonly runs: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
}

export interface Figures {
  /** The database's clock. */
  readonly now: Date;
  /** The live ones first, then those that ended last; 100 at most. */
  readonly instances: readonly KnownInstance[];
  /** Runs under way, on all instances. */
  readonly running: number;
  /** Runs that wait for an instance. */
  readonly pending: number;
  /** Jobs whose occurrence is due and that nobody has started. */
  readonly due: number;
  readonly oldestDueAt: Date | null;
  readonly lateness: Lateness;
}

export interface SchedulerFigures {
  read(): Promise<Figures>;
}
