/**
 * Figures over all instances, in one statement. Invariant: its cost is bounded by what is due, running and waiting, never
 * by how long the history is: of that it reads the newest `RECENT_RUNS`, by index.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Figures, KnownInstance, SchedulerFigures } from '../../application/ports/scheduler-figures.ts';
import type { Database } from './database.ts';
import { schedulerInstance } from './schema/service.ts';
import { decodeRow, readInstant } from './statement-input.ts';

const RECENT_RUNS = 1_000;
const SHOWN_INSTANCES = 100;

export class PostgresSchedulerFigures implements SchedulerFigures {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async read(): Promise<Figures> {
    const rows = await this.#database.rows<FigureRow>(renderFigures());
    const row = rows[0]!;
    const instances: KnownInstance[] = rows
      .filter(({ id }) => id !== null)
      .map((each) => ({ ...decodeRow(schedulerInstance, each), isLive: each.is_live === true }));
    return {
      now: readInstant(row.now),
      instances,
      running: Number(row.running),
      pending: Number(row.pending),
      due: Number(row.due),
      oldestDueAt: row.oldest_due_at === null ? null : readInstant(row.oldest_due_at),
      lateness: {
        runs: Number(row.runs),
        p50Ms: rounded(row.p50),
        p95Ms: rounded(row.p95),
        p99Ms: rounded(row.p99),
        maxMs: rounded(row.max),
      },
    };
  }
}

type Figure = number | string | null;
type FigureRow = {
  readonly id: string | null;
  readonly is_live: boolean | null;
  readonly now: string;
  readonly oldest_due_at: string | null;
} & Readonly<Record<'running' | 'pending' | 'due' | 'runs' | 'p50' | 'p95' | 'p99' | 'max', Figure>>;

function rounded(figure: Figure): number | null {
  return figure === null ? null : Math.round(Number(figure));
}

/** A paused job's cursor may stand in the past: nobody is late there. */
function renderFigures(): SQL {
  return sql`
    with clock as materialized (select clock_timestamp() as now),
    recent as materialized (
      select trigger, attempt, started_at, scheduled_at from scheduler_execution_log
      order by started_at desc, id desc
      limit ${RECENT_RUNS}::int
    ),
    late as materialized (
      select greatest(0, extract(epoch from started_at - scheduled_at)::float8 * 1000) as ms from recent
      where trigger = 'schedule' and attempt = 1 and scheduled_at is not null
    ),
    due as materialized (
      select count(*)::int as jobs, min(cursor.next_fire_at) as oldest
      from clock, scheduler_job_cursor cursor join scheduler_job_config job using (job_id)
      where cursor.next_fire_at <= (select now from clock) and job.enabled
        and (job.paused_at is null or job.paused_until <= clock.now)
    ),
    lateness as materialized (
      select count(*)::int as runs, percentile_cont(0.5) within group (order by ms) as p50,
        percentile_cont(0.95) within group (order by ms) as p95,
        percentile_cont(0.99) within group (order by ms) as p99, max(ms) as max
      from late
    ),
    known as materialized (
      select instance.*, instance.expires_at > clock.now as is_live from scheduler_instance instance, clock
      order by is_live desc, instance.expires_at desc, instance.id
      limit ${SHOWN_INSTANCES}::int
    )
    select clock.now, lateness.*, due.jobs as due, due.oldest as oldest_due_at,
      (select count(*)::int from scheduler_execution_log where status = 'RUNNING') as running,
      (select count(*)::int from scheduler_pending_run) as pending, known.*
    from clock cross join lateness cross join due left join known on true
    order by known.is_live desc, known.expires_at desc, known.id`;
}
