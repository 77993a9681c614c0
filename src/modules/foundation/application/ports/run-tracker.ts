/** Records a run's life around the function that does its work. A record that cannot be written never stops the work. */
import type { Outcome, Run } from '../../domain/run.ts';
import type { Json } from '../../domain/job-definition.ts';

export interface TrackedRun extends Run {
  /** The RUNNING record exists already, written by the claim. */
  readonly isRecorded: boolean;
  /** It started without the database under the id of a claim, whose RUNNING record may stand. */
  readonly mayBeRecorded?: boolean;
  /** When its job succeeded last; left out: it has to be asked for. */
  readonly lastSuccessAt?: Date | null;
}

/** Of a run's work, on the monotonic clock, in milliseconds. */
export interface WorkSpan {
  readonly startedAt: number;
  /** Null: it has not ended. */
  readonly endedAt: number | null;
}

/** What is known of a run besides. */
export interface Tracking {
  /** When its work began and ended; null or left out: `track` begins it. */
  readonly span?: WorkSpan | null;
  /** How long after a failure its next attempt starts; null or left out: there is none. */
  readonly retryAfterMs?: number | null;
}

/** A record that could not be written. */
export interface HeldRecord {
  readonly run: Run;
  readonly outcome: Outcome;
  /** The RUNNING record exists. */
  readonly isRecorded: boolean;
  /** A RUNNING record may exist. */
  readonly mayBeRecorded?: boolean;
}

/** Where such records wait for the database. */
export interface RecordJournal {
  /** The database is known to be away: what starts or ends now is held at once. */
  readonly isHolding: boolean;
  hold(record: HeldRecord): void;
}

export interface RunTracker {
  /**
   * @returns what `work` returned, as JSON
   * @throws what `work` threw, after it was recorded; RunLostError where its outcome belongs to nobody any more
   */
  track(run: TrackedRun, work: () => unknown, tracking?: Tracking): Promise<Json>;
}
