/** The ledger: audit, and why something did not run. Append-only. */
import type { SchedulerEvent } from '../../domain/event.ts';

export interface RecordedEvent extends SchedulerEvent {
  readonly id: number;
  readonly at: Date;
}

export interface EventLedger {
  append(events: readonly SchedulerEvent[]): Promise<void>;
  /** Newest first. */
  getRecent(limit: number, jobId?: string): Promise<RecordedEvent[]>;
}
