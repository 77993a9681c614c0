/**
 * Deletes old executions and events while the service runs.
 *
 * Invariants: a statement looks at no more than a batch, in the order of an index and from where the last one ended, so
 * that the whole costs one pass and no lock is held for long; a RUNNING record is never deleted; of each job the newest
 * `keepLast` stay, however old.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { HistoryPruner, HistoryPruning } from '../../application/ports/history-pruner.ts';
import type { Database } from './database.ts';

const BATCH = 5_000;

type Batch = { looked: number; deleted: number; at: string | null; id: string | null };

export class PostgresHistoryPruner implements HistoryPruner {
  readonly #database: Database;
  readonly #batch: number;

  constructor(database: Database, batch = BATCH) {
    this.#database = database;
    this.#batch = batch;
  }

  /** Stops between two batches when aborted; what was deleted until then is deleted. */
  async prune({ olderThan, keepLast, signal }: HistoryPruning): Promise<{ deleted: number }> {
    if (olderThan === null && keepLast === null) return { deleted: 0 };
    const before = olderThan?.toISOString() ?? 'infinity';
    let deleted = await this.#pass(signal, (from) => renderExecutions(from, before, { keepLast, batch: this.#batch }));
    if (olderThan !== null) deleted += await this.#pass(signal, (from) => renderEvents(from, before, this.#batch));
    return { deleted };
  }

  async #pass(signal: AbortSignal, render: (from: Watermark) => SQL): Promise<number> {
    let deleted = 0;
    let from: Watermark = { at: '-infinity', id: null };
    while (!signal.aborted) {
      const [batch] = await this.#database.rows<Batch>(render(from));
      deleted += batch?.deleted ?? 0;
      if (batch === undefined || batch.looked < this.#batch || batch.at === null) break;
      from = { at: batch.at, id: batch.id };
    }
    return deleted;
  }
}

/** Everything up to here was looked at. */
interface Watermark {
  readonly at: string;
  readonly id: string | null;
}

function renderExecutions(from: Watermark, before: string, limits: { keepLast: number | null; batch: number }): SQL {
  const place = sql`(${from.at}::timestamptz, ${from.id ?? '00000000-0000-0000-0000-000000000000'}::uuid)`;
  return sql`
    with looked as materialized (
      select id, job_id, started_at, status from scheduler_execution_log
      where (started_at, id) > ${place} and started_at < ${before}::timestamptz
      order by started_at, id limit ${limits.batch}
    ),
    ${limits.keepLast === null ? sql`` : renderKept(limits.keepLast)}
    gone as (
      delete from scheduler_execution_log run using looked
      ${limits.keepLast === null ? sql`` : sql`join kept using (job_id)`}
      where run.id = looked.id and looked.status <> 'RUNNING'
      ${limits.keepLast === null ? sql`` : sql`and (looked.started_at, looked.id) < (kept.started_at, kept.id)`}
      returning run.id
    )
    ${SUMMARY}`;
}

/** The oldest that stays, of each job in the batch that has more than `keepLast`. */
function renderKept(keepLast: number): SQL {
  return sql`kept as materialized (
      select jobs.job_id, oldest.started_at, oldest.id
      from (select distinct job_id from looked) jobs cross join lateral (
        ${
          keepLast === 0
            ? sql`select 'infinity'::timestamptz as started_at, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid as id`
            : sql`select run.started_at, run.id from scheduler_execution_log run
                where run.job_id = jobs.job_id order by run.started_at desc, run.id desc offset ${keepLast - 1} limit 1`
        }
      ) oldest
    ),`;
}

function renderEvents(from: Watermark, before: string, batch: number): SQL {
  return sql`
    with looked as materialized (
      select id, at as started_at from scheduler_event
      where (at, id) > (${from.at}::timestamptz, ${from.id ?? '0'}::bigint) and at < ${before}::timestamptz
      order by at, id limit ${batch}
    ),
    gone as (delete from scheduler_event event using looked where event.id = looked.id returning event.id)
    ${SUMMARY}`;
}

const SUMMARY = sql`
    select (select count(*)::int from looked) as looked, (select count(*)::int from gone) as deleted,
      last.started_at::text as at, last.id::text as id
    from (select 1) one left join (select started_at, id from looked order by started_at desc, id desc limit 1) last on true`;
