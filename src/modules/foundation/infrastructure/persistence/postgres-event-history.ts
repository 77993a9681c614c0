/**
 * The ledger of events, read back.
 *
 * Invariant: ids number the events, and pages go down by them: what is recorded meanwhile has a higher one, and moves no
 * page. Where a time is asked for, pages go down by it, by the index on it, and by ids within an instant. What is asked of one occurrence goes by the index on the job and the instant, newest intervals first.
 */
import { and, desc, eq, gte, lt, min, type SQL, sql } from 'drizzle-orm';
import type { EventHistory, EventQuery } from '../../application/ports/event-history.ts';
import type { RecordedEvent } from '../../application/ports/event-ledger.ts';
import type { Page } from '../../application/ports/job-config-repository.ts';
import type { Database } from './database.ts';
import { decodePageCursor, encodePageCursor, isInstant } from './page-cursor.ts';
import { toRecordedEvents } from './postgres-event-ledger.ts';
import { schedulerEvent } from './schema/service.ts';
import { decodeRow } from './statement-input.ts';

const { id, at, type, jobId, actor } = schedulerEvent;
const AUDIT = sql.raw("('job.created', 'job.updated', 'job.deleted', 'job.paused', 'job.resumed')");
const ENDLESS = sql.raw("('job.invalid', 'job.expired')");
/** So many intervals before an instant are looked at: those that begin shortly before it. */
const LOOKED_AT = 500;

export class PostgresEventHistory implements EventHistory {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(query: EventQuery): Promise<Page<RecordedEvent>> {
    const isTimed = query.from !== undefined || query.to !== undefined;
    const rows = await this.#database.query((orm) =>
      orm
        .select()
        .from(schedulerEvent)
        .where(
          and(
            query.jobId === undefined ? undefined : eq(jobId, query.jobId),
            query.type === undefined ? undefined : eq(type, query.type),
            query.actor === undefined ? undefined : eq(actor, query.actor),
            query.from === undefined ? undefined : gte(at, query.from),
            query.to === undefined ? undefined : lt(at, query.to),
            query.cursor === undefined ? undefined : isBefore(query.cursor, isTimed),
          ),
        )
        .orderBy(...(isTimed ? [desc(at)] : []), desc(id))
        .limit(query.limit + 1),
    );
    const page = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? page.at(-1) : undefined;
    return {
      items: toRecordedEvents(page),
      nextCursor:
        last === undefined
          ? null
          : encodePageCursor(isTimed ? [last.at.toISOString(), String(last.id)] : [String(last.id)]),
    };
  }

  async getCovering(ofJobId: string, instant: Date, limit: number): Promise<RecordedEvent[]> {
    const rows = await this.#database.rows(sql`
      select * from (
        select * from scheduler_event
        where job_id = ${ofJobId} and scheduled_at <= ${instant.toISOString()}::timestamptz
        order by scheduled_at desc limit ${LOOKED_AT}
      ) near
      where near.type in ${ENDLESS}
        or coalesce((near.detail ->> 'to')::timestamptz, near.scheduled_at) >= ${instant.toISOString()}::timestamptz
      order by id desc limit ${limit}`);
    return toRecordedEvents(rows.map((row) => decodeRow(schedulerEvent, row)));
  }

  async getAudit(ofJobId: string, around: Date, limit: number): Promise<RecordedEvent[]> {
    const rows = await this.#database.rows(sql`
      with audit as (select * from scheduler_event where job_id = ${ofJobId} and type in ${AUDIT})
      select * from (
        (select * from audit where at <= ${around.toISOString()}::timestamptz order by id desc limit ${limit})
        union all
        (select * from audit where at > ${around.toISOString()}::timestamptz order by id limit ${limit})
      ) known order by id`);
    return toRecordedEvents(rows.map((row) => decodeRow(schedulerEvent, row)));
  }

  async getOldestAt(): Promise<Date | null> {
    const [row] = await this.#database.query((orm) => orm.select({ oldest: min(at) }).from(schedulerEvent));
    return row?.oldest ?? null;
  }
}

function isBefore(cursor: string, isTimed: boolean): SQL {
  const [first, second] = decodePageCursor(cursor, isTimed ? [isInstant, isEventId] : [isEventId]);
  return isTimed ? sql`(${at}, ${id}) < (${first}::timestamptz, ${second}::bigint)` : sql`${id} < ${first}::bigint`;
}

function isEventId(part: string): boolean {
  return /^\d{1,18}$/.test(part);
}
