/** Reading the ledger back: its pages, and what it says of one occurrence of a job. */
import type { EventType } from '../../domain/event.ts';
import type { RecordedEvent } from './event-ledger.ts';
import type { Page } from './job-config-repository.ts';

export interface EventQuery {
  readonly jobId?: string;
  readonly type?: EventType;
  readonly actor?: string;
  /** Recorded at or after. */
  readonly from?: Date;
  /** Recorded before. */
  readonly to?: Date;
  readonly limit: number;
  readonly cursor?: string;
}

export interface EventHistory {
  /** Newest first; pages neither repeat nor skip while events arrive. @throws InvalidInputError for a cursor of another list */
  list(query: EventQuery): Promise<Page<RecordedEvent>>;
  /**
   * Those that speak of this instant, of it alone, of an interval around it, or of all from theirs on (`job.invalid`,
   * `job.expired`); newest first, of the latest `limit`.
   */
  getCovering(jobId: string, at: Date, limit: number): Promise<RecordedEvent[]>;
  /** Edits, pauses and deletions of the job, oldest first: the last `limit` up to an instant, and the first `limit` after it. */
  getAudit(jobId: string, around: Date, limit: number): Promise<RecordedEvent[]>;
  /** When the oldest event that is still kept was recorded; null: none is. */
  getOldestAt(): Promise<Date | null>;
}
