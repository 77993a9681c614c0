/** The ledger of events, in `scheduler_event`. Append-only. */
import { desc, eq, sql } from 'drizzle-orm';
import type { EventLedger, RecordedEvent } from '../../application/ports/event-ledger.ts';
import { EVENT_TYPES, type EventType, type SchedulerEvent } from '../../domain/event.ts';
import type { Database } from './database.ts';
import { schedulerEvent } from './schema/service.ts';
import { inputRows } from './statement-input.ts';
import { toWritableJson, toWritableText } from '../../domain/writable-text.ts';

/** The columns of an event on its way into a statement. */
export const EVENT_COLUMNS = {
  type: 'text',
  job_id: 'text',
  execution_id: 'uuid',
  scheduled_at: 'timestamptz',
  reason: 'text',
  actor: 'text',
  detail: 'jsonb',
} as const;

export type EventRow = Record<keyof typeof EVENT_COLUMNS, unknown>;

/** An event as a statement takes it. */
export function toEventRow(event: SchedulerEvent): EventRow {
  return {
    type: event.type,
    job_id: event.jobId,
    execution_id: event.executionId ?? null,
    scheduled_at: event.scheduledAt ?? null,
    reason: event.reason === undefined || event.reason === null ? null : toWritableText(event.reason),
    actor: event.actor ?? null,
    detail: event.detail === undefined ? null : toWritableJson(event.detail),
  };
}

export class PostgresEventLedger implements EventLedger {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async append(events: readonly SchedulerEvent[]): Promise<void> {
    if (events.length === 0) return;
    const columns = sql.raw(Object.keys(EVENT_COLUMNS).join(', '));
    await this.#database.rows(sql`
      insert into scheduler_event (${columns})
      select ${columns} from ${inputRows('event', EVENT_COLUMNS, events.map(toEventRow))}`);
  }

  async getRecent(limit: number, jobId?: string): Promise<RecordedEvent[]> {
    const rows = await this.#database.query((orm) =>
      orm
        .select()
        .from(schedulerEvent)
        .where(jobId === undefined ? undefined : eq(schedulerEvent.jobId, jobId))
        .orderBy(desc(schedulerEvent.id))
        .limit(limit),
    );
    return toRecordedEvents(rows);
  }
}

export function toRecordedEvents(rows: readonly (typeof schedulerEvent.$inferSelect)[]): RecordedEvent[] {
  return rows.filter(isKnown).map(({ detail, ...event }) => (detail === null ? event : { ...event, detail }));
}

/** An event of a newer version is not for this one to tell. */
function isKnown<Row extends { type: string }>(row: Row): row is Row & { type: EventType } {
  return EVENT_TYPES.some((type) => type === row.type);
}
