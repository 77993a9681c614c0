/**
 * Keys of repeated requests, in `scheduler_idempotency_key`.
 *
 * Invariants: of requests at once one takes the key, by its row; a taking whose process died is taken over after a minute, with
 * the seed of the first, so that what it makes has the same ids; a key stands for a day. Old ones are deleted by whoever comes
 * next, a bounded number at a time, and nobody waits for another's.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { IdempotencyKeys, KeptAnswer, KeyClaim, KeyedRequest } from '../../application/ports/idempotency-keys.ts';
import type { Database } from './database.ts';
import { NOW_ONCE } from './statement-input.ts';

const TAKEN_OVER_AFTER = sql.raw("interval '60 seconds'");
const KEPT_FOR = sql.raw("interval '24 hours'");
const SWEPT = 100;

interface KeyRow extends Record<string, unknown> {
  readonly is_taken: boolean;
  readonly request_hash: string;
  readonly created_at: string;
  readonly status: number | null;
  readonly headers: string;
  readonly body: string | null;
}

export class PostgresIdempotencyKeys implements IdempotencyKeys {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async take(request: KeyedRequest): Promise<KeyClaim> {
    const [row] = await this.#database.rows<KeyRow>(renderTake(request));
    // Somebody took it after this statement had begun to look.
    if (row === undefined) return { kind: 'inFlight' };
    if (row.is_taken) return { kind: 'taken', seed: `${request.scope}\n${request.key}\n${row.created_at}` };
    if (row.request_hash !== request.requestHash) return { kind: 'otherPayload' };
    if (row.status === null) return { kind: 'inFlight' };
    const body = row.body === null ? null : JSON.parse(row.body);
    return { kind: 'answered', answer: { status: row.status, headers: JSON.parse(row.headers), body } };
  }

  async keep({ scope, key }: KeyedRequest, { status, headers, body }: KeptAnswer): Promise<void> {
    await this.#database.rows(sql`
      update scheduler_idempotency_key
      set status = ${status}::int, headers = ${JSON.stringify(headers)}::jsonb, body = ${JSON.stringify(body)}::jsonb
      where scope = ${scope} and key = ${key} and status is null`);
  }

  async release({ scope, key }: KeyedRequest, isDone: boolean): Promise<void> {
    const which = sql`where scope = ${scope} and key = ${key} and status is null`;
    await this.#database.rows(
      isDone
        ? sql`delete from scheduler_idempotency_key ${which}`
        : sql`update scheduler_idempotency_key set taken_at = to_timestamp(0) ${which}`,
    );
  }
}

function renderTake({ scope, key, requestHash }: KeyedRequest): SQL {
  return sql`
    with old as (
      select scope, key from scheduler_idempotency_key
      where created_at < ${NOW_ONCE} - ${KEPT_FOR} and (scope, key) <> (${scope}, ${key})
      order by created_at limit ${SWEPT}
      for update skip locked
    ),
    swept as (
      delete from scheduler_idempotency_key entry using old where entry.scope = old.scope and entry.key = old.key
    ),
    taken as (
      insert into scheduler_idempotency_key as entry (scope, key, request_hash, created_at, taken_at)
      values (${scope}, ${key}, ${requestHash}, clock_timestamp(), clock_timestamp())
      on conflict (scope, key) do update set
        request_hash = excluded.request_hash,
        created_at = case
          when entry.created_at < clock_timestamp() - ${KEPT_FOR} then excluded.created_at else entry.created_at
        end,
        taken_at = excluded.taken_at, status = null, headers = '{}', body = null
      where entry.created_at < clock_timestamp() - ${KEPT_FOR}
        or (entry.status is null and entry.request_hash = excluded.request_hash
          and entry.taken_at < clock_timestamp() - ${TAKEN_OVER_AFTER})
      returning *
    )
    select true as is_taken, request_hash, created_at::text as created_at, status, headers::text as headers,
      body::text as body
    from taken
    union all
    select false, request_hash, created_at::text, status, headers::text, body::text from scheduler_idempotency_key
    where scope = ${scope} and key = ${key} and not exists (select from taken)`;
}
