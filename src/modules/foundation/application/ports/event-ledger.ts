/** The ledger: audit, and why something did not run. Append-only, but for what is told again under its key. */
import type { SchedulerEvent } from '../../domain/event.ts';

export interface RecordedEvent extends SchedulerEvent {
  readonly id: number;
  readonly at: Date;
}

export interface EventLedger {
  /** Keys differ within one call. Giving events with a key again is safe: the answer may have been lost. */
  append(events: readonly SchedulerEvent[]): Promise<void>;
  /** Newest first. */
  getRecent(limit: number, jobId?: string): Promise<RecordedEvent[]>;
}
