/** Records a run's life around the function that does its work. A record that cannot be written never stops the work. */
import type { Run } from '../../domain/run.ts';
import type { Json } from '../../domain/job-definition.ts';

export interface TrackedRun extends Run {
  /** The RUNNING record exists already, written by the claim. */
  readonly isRecorded: boolean;
}

export interface RunTracker {
  /** @returns what `work` returned, as JSON @throws what `work` threw, after it was recorded */
  track(run: TrackedRun, work: () => unknown): Promise<Json>;
}
