/**
 * The ledger of events, in `scheduler_event`. Append-only, but for an event with a key: told again it is the same event, and
 * says what it says now.
 */
import { desc, eq, type SQL, sql } from 'drizzle-orm';
import type { EventLedger, RecordedEvent } from '../../application/ports/event-ledger.ts';
import { EVENT_TYPES, type EventType, type SchedulerEvent } from '../../domain/event.ts';
import type { Database } from './database.ts';
import { schedulerEvent } from './schema/service.ts';
import { ENDS_IN_TIME, inputRows } from './statement-input.ts';
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

/** The same, of events that may be told again. */
export const KEYED_EVENT_COLUMNS = { ...EVENT_COLUMNS, key: 'text' } as const;

/** A key of any length, as the index takes it. */
export function hashedKey(key: SQL): SQL {
  return sql`encode(sha256(convert_to(${key}, 'UTF8')), 'hex')`;
}

const columns = sql.raw(Object.keys(EVENT_COLUMNS).join(', '));

/** `insert into scheduler_event … `, up to its rows. */
export const INTO_KEYED_EVENTS = sql`insert into scheduler_event as told (${columns}, key)`;
/** The columns of a row of `KEYED_EVENT_COLUMNS`, as they are kept. */
export const AS_KEYED_EVENT = sql`${columns}, ${hashedKey(sql`event.key`)}`;
/** What follows those rows. */
export const TOLD_AGAIN = sql`
  on conflict (key) where key is not null do update set reason = excluded.reason, detail = excluded.detail`;

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

export function toKeyedEventRow(event: SchedulerEvent): Record<keyof typeof KEYED_EVENT_COLUMNS, unknown> {
  return { ...toEventRow(event), key: event.key ?? null };
}

export class PostgresEventLedger implements EventLedger {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async append(events: readonly SchedulerEvent[]): Promise<void> {
    if (events.length === 0) return;
    await this.#database.rows(sql`
      ${INTO_KEYED_EVENTS}
      select ${AS_KEYED_EVENT} from ${inputRows('event', KEYED_EVENT_COLUMNS, events.map(toKeyedEventRow))}
      where ${ENDS_IN_TIME}
      ${TOLD_AGAIN}`);
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
  return rows
    .filter(isKnown)
    .map(({ detail, key: _key, ...event }) => (detail === null ? event : { ...event, detail }));
}

/** An event of a newer version is not for this one to tell. */
function isKnown<Row extends { type: string }>(row: Row): row is Row & { type: EventType } {
  return EVENT_TYPES.some((type) => type === row.type);
}
