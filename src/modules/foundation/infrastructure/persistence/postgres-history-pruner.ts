/**
 * Deletes old executions and events while the service runs.
 *
 * Invariants: a statement looks at no more than a batch, in the order of an index and from where the last one ended, so
 * that the whole costs one pass and no lock is held for long; and of executions it goes no further than so many lines of log,
 * which go with them; a RUNNING record is never deleted; of each job the newest `keepLast` stay, however old. What somebody
 * holds is passed over: a later pruning deletes it.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { HistoryPruner, HistoryPruning } from '../../application/ports/history-pruner.ts';
import type { Database } from './database.ts';
import { ENDS_IN_TIME } from './statement-input.ts';

export interface PruningLimits {
  /** So many rows a statement looks at. */
  readonly rows: number;
  /** With the run that reaches so many lines of log a statement ends. */
  readonly lines: number;
}

const LIMITS: PruningLimits = { rows: 5_000, lines: 20_000 };

type Batch = { is_last: boolean; deleted: number; at: string | null; id: string | null };

export class PostgresHistoryPruner implements HistoryPruner {
  readonly #database: Database;
  readonly #limits: PruningLimits;

  constructor(database: Database, limits: Partial<PruningLimits> = {}) {
    this.#database = database;
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Stops between two batches when aborted; what was deleted until then is deleted. */
  async prune({ olderThan, keepLast, signal }: HistoryPruning): Promise<{ deleted: number }> {
    if (olderThan === null && keepLast === null) return { deleted: 0 };
    const before = olderThan?.toISOString() ?? 'infinity';
    const limits = { ...this.#limits, keepLast };
    let deleted = await this.#pass(signal, (from) => renderExecutions(from, before, limits));
    if (olderThan !== null) deleted += await this.#pass(signal, (from) => renderEvents(from, before, limits.rows));
    return { deleted };
  }

  async #pass(signal: AbortSignal, render: (from: Watermark) => SQL): Promise<number> {
    let deleted = 0;
    let from: Watermark = { at: '-infinity', id: null };
    while (!signal.aborted) {
      const [batch] = await this.#database.rows<Batch>(render(from));
      deleted += batch?.deleted ?? 0;
      if (batch === undefined || batch.is_last || batch.at === null) break;
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

/** The lines of a run are counted from 1: its last one says how many there are, at the cost of one look. */
function renderExecutions(from: Watermark, before: string, limits: PruningLimits & { keepLast: number | null }): SQL {
  const place = sql`(${from.at}::timestamptz, ${from.id ?? '00000000-0000-0000-0000-000000000000'}::uuid)`;
  const { keepLast, lines, rows } = limits;
  return sql`
    with looked as materialized (
      select id, started_at${keepLast === null ? sql`` : sql`, job_id`} from scheduler_execution_log
      where (started_at, id) > ${place} and started_at < ${before}::timestamptz and ${ENDS_IN_TIME}
      order by started_at, id limit ${rows}
    ),
    weighed as materialized (
      select looked.*, coalesce(sum(log.lines) over (
          order by looked.started_at, looked.id rows between unbounded preceding and 1 preceding
        ), 0) as lines_before
      from looked left join lateral (
        select line.line as lines from scheduler_run_log line where line.execution_id = looked.id
        order by line.line desc limit 1
      ) log on true
    ),
    batch as materialized (select * from weighed where lines_before < ${lines}),
    ${keepLast === null ? sql`` : renderKept(keepLast)}
    free as materialized (
      select run.place from batch ${keepLast === null ? sql`` : sql`join kept using (job_id)`} cross join lateral (
        select one.ctid as place from scheduler_execution_log one where one.id = batch.id and one.status <> 'RUNNING'
        for update skip locked
      ) run
      ${keepLast === null ? sql`` : sql`where (batch.started_at, batch.id) < (kept.started_at, kept.id)`}
    ),
    gone as (delete from scheduler_execution_log run using free where run.ctid = free.place returning run.id)
    ${renderSummary(rows)}`;
}

/** The oldest that stays, of each job in the batch that has more than `keepLast`. */
function renderKept(keepLast: number): SQL {
  return sql`kept as materialized (
      select jobs.job_id, oldest.started_at, oldest.id
      from (select distinct job_id from batch) jobs cross join lateral (
        ${
          keepLast === 0
            ? sql`select 'infinity'::timestamptz as started_at, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid as id`
            : sql`select run.started_at, run.id from scheduler_execution_log run
                where run.job_id = jobs.job_id order by run.started_at desc, run.id desc offset ${keepLast - 1} limit 1`
        }
      ) oldest
    ),`;
}

function renderEvents(from: Watermark, before: string, rows: number): SQL {
  return sql`
    with looked as materialized (
      select id, at as started_at from scheduler_event
      where (at, id) > (${from.at}::timestamptz, ${from.id ?? '0'}::bigint) and at < ${before}::timestamptz and ${ENDS_IN_TIME}
      order by at, id limit ${rows}
    ),
    batch as (select * from looked),
    free as materialized (
      select event.place from batch cross join lateral (
        select one.ctid as place from scheduler_event one where one.id = batch.id for update skip locked
      ) event
    ),
    gone as (delete from scheduler_event event using free where event.ctid = free.place returning event.id)
    ${renderSummary(rows)}`;
}

function renderSummary(rows: number): SQL {
  return sql`
    select counts.batched = counts.looked and counts.looked < ${rows} as is_last, (select count(*)::int from gone) as deleted,
      last.started_at::text as at, last.id::text as id
    from (select (select count(*) from looked) as looked, (select count(*) from batch) as batched) counts
      left join (select started_at, id from batch order by started_at desc, id desc limit 1) last on true`;
}
