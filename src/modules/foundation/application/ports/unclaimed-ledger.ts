/** Occurrences that pass because nobody can run their job, told while they do. */
import type { SchedulerEvent } from '../../domain/event.ts';

export interface Unclaimed {
  /** With a key; its `detail.to`, if there is one, is the last occurrence that has passed. */
  readonly event: SchedulerEvent & { readonly jobId: string; readonly key: string };
  readonly revision: number;
  /** What the cursor says; null: it is not armed. */
  readonly cursor: Date | null;
  /** The first that has passed. */
  readonly from: Date;
}

export interface UnclaimedLedger {
  /**
   * Tells those whose cursor still says so, and of whose job no run goes on or has started since: those of another instance
   * are its own. What was told is told again only where `to` has gone on by `everyMs`, so that many replicas write no more
   * than one. In one statement; giving the same again is safe.
   */
  tell(unclaimed: readonly Unclaimed[], everyMs: number): Promise<void>;
}
