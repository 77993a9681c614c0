/** The ledger in an array, to be read back. */
import type { EventHistory, EventQuery } from '../../src/modules/foundation/application/ports/event-history.ts';
import type { RecordedEvent } from '../../src/modules/foundation/application/ports/event-ledger.ts';
import type { Page } from '../../src/modules/foundation/application/ports/job-config-repository.ts';
import type { SchedulerEvent } from '../../src/modules/foundation/domain/event.ts';

export class InMemoryEventHistory implements EventHistory {
  readonly events: RecordedEvent[] = [];
  readonly queries: EventQuery[] = [];

  record(event: SchedulerEvent, at: string | number): void {
    this.events.push({ ...event, id: this.events.length + 1, at: new Date(at) });
  }

  async list(query: EventQuery): Promise<Page<RecordedEvent>> {
    this.queries.push(query);
    const before = query.cursor === undefined ? Number.POSITIVE_INFINITY : Number(query.cursor);
    const rows = this.events
      .filter((event) => event.id < before && (query.jobId === undefined || event.jobId === query.jobId))
      .toReversed();
    const items = rows.slice(0, query.limit);
    return { items, nextCursor: rows.length > items.length ? String(items.at(-1)!.id) : null };
  }

  async getCovering(jobId: string, at: Date, limit: number): Promise<RecordedEvent[]> {
    return this.events
      .filter((event) => {
        const { scheduledAt, detail } = event;
        if (event.jobId !== jobId || scheduledAt === null || scheduledAt === undefined) return false;
        const to = typeof detail?.['to'] === 'string' ? new Date(detail['to']) : scheduledAt;
        return scheduledAt <= at && (to >= at || event.type === 'job.invalid' || event.type === 'job.expired');
      })
      .toReversed()
      .slice(0, limit);
  }

  async getAudit(jobId: string): Promise<RecordedEvent[]> {
    return this.events.filter((event) => event.jobId === jobId && AUDIT.has(event.type));
  }

  async getOldestAt(): Promise<Date | null> {
    return this.events[0]?.at ?? null;
  }
}

const AUDIT = new Set(['job.created', 'job.updated', 'job.deleted', 'job.paused', 'job.resumed']);
