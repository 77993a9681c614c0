/**
 * What passes unclaimed, in `scheduler_event`. Invariant: an event a job and configuration, whoever tells it and however often;
 * its span goes on and never back; one whose row somebody holds is told with what follows, and waits for nobody.
 */
import { sql } from 'drizzle-orm';
import type { Unclaimed, UnclaimedLedger } from '../../application/ports/unclaimed-ledger.ts';
import type { Database } from './database.ts';
import {
  AS_KEYED_EVENT,
  hashedKey,
  INTO_KEYED_EVENTS,
  KEYED_EVENT_COLUMNS,
  toKeyedEventRow,
} from './postgres-event-ledger.ts';
import { ENDS_IN_TIME, inputRows } from './statement-input.ts';

const COLUMNS = {
  ...KEYED_EVENT_COLUMNS,
  revision: 'bigint',
  cursor_at: 'timestamptz',
  from_at: 'timestamptz',
} as const;

export class PostgresUnclaimedLedger implements UnclaimedLedger {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async tell(unclaimed: readonly Unclaimed[], everyMs: number): Promise<void> {
    if (unclaimed.length === 0) return;
    const rows = unclaimed.map(({ event, revision, cursor, from }) => ({
      ...toKeyedEventRow(event),
      ...{ revision, cursor_at: cursor, from_at: from },
    }));
    await this.#database.rows(sql`
      with input as materialized (
        select *, ${hashedKey(sql`event.key`)} as hashed from ${inputRows('event', COLUMNS, rows)} where ${ENDS_IN_TIME}
      ),
      free as materialized (
        select one.key from scheduler_event one where one.key in (select hashed from input)
        for no key update skip locked
      )
      ${INTO_KEYED_EVENTS}
      select ${AS_KEYED_EVENT} from input event
      where (hashed in (select key from free) or not exists (
          select from scheduler_event one where one.key = event.hashed
        )) and exists (
          select from scheduler_job_cursor c
          where c.job_id = event.job_id and c.revision = event.revision
            and c.next_fire_at is not distinct from event.cursor_at
        ) and not exists (
          select from scheduler_execution_log run
          where run.job_id = event.job_id and (run.status = 'RUNNING' or run.started_at >= event.from_at)
        )
      order by event.job_id
      on conflict (key) where key is not null do update set reason = excluded.reason, detail = excluded.detail
      where (excluded.detail ->> 'to')::timestamptz >=
        (told.detail ->> 'to')::timestamptz + ${everyMs}::float8 * interval '1 millisecond'`);
  }
}
