/**
 * The pages that `bench/http.ts` asks for: each as a request to the admin API, and as the one statement that brings the
 * database's rows of the same page. Owns the rows that stand behind them.
 */
import type { Sql } from 'postgres';
import { encodePageCursor } from '../../src/modules/foundation/infrastructure/persistence/page-cursor.ts';

export interface Page {
  readonly name: string;
  /** Of the admin API, below its address. */
  readonly path: string;
  readonly statement: string;
}

export const JOBS = 10_000;
export const LONG_JOB = 'bench-00001';

const LIMIT = 50;
/** One row more says whether there is a next page. */
const READ = LIMIT + 1;
const DEEP = 0.9;

/** Ten thousand jobs that are not due for months, one run of each, and `runs` more of one of them. */
export async function writeRows(sql: Sql, runs: number): Promise<void> {
  await sql`
    insert into scheduler_job_config
      (job_id, job_name, cron_expression, dialect, timezone, handler, enabled, tags, job_kwargs, last_run_at)
    select 'bench-' || lpad(n::text, 5, '0'), 'Bench ' || n,
      (n % 60) || ' ' || (n % 24) || ' ' || (1 + n % 28) || ' ' || (array[3, 6, 9, 12])[1 + n % 4] || ' *', 'unix',
      (array['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'UTC'])[1 + n % 4], 'maintenance.heartbeat',
      n % 10 <> 0, array['team-' || n % 20], jsonb_build_object('customer', n, 'region', 'north'), now() - n * interval '1 min'
    from generate_series(1, ${JOBS}::int) n`;
  await sql`
    insert into scheduler_execution_log
      (job_id, started_at, scheduled_at, finished_at, duration_ms, status, failure_reason, error_message, instance_id, result, job_kwargs)
    select job_id, at, at, at + interval '120 ms', 120, case when n % 100 = 0 then 'FAILED' else 'SUCCESS' end,
      case when n % 100 = 0 then 'ERROR' end, case when n % 100 = 0 then 'The upstream did not answer.' end,
      'bench-instance', '{"status": 200, "rows": 17}', '{"customer": 7, "region": "north"}'
    from (
      select n, ${LONG_JOB} as job_id, now() - n * interval '1 s' as at from generate_series(1, ${runs}::int) n
      union all
      select n, 'bench-' || lpad(n::text, 5, '0'), now() - n * interval '1 min' from generate_series(2, ${JOBS}::int) n
    ) run`;
  await sql`vacuum analyze`;
}

const JOB_ROWS = `
  select job.*, job.job_kwargs::text as job_kwargs, cursor.next_fire_at,
    (select run.status from scheduler_execution_log run where run.job_id = job.job_id order by run.started_at desc limit 1) as last_status
  from scheduler_job_config job left join scheduler_job_cursor cursor on cursor.job_id = job.job_id`;
const RUN_ROWS = `select * from scheduler_execution_log where job_id = '${LONG_JOB}'`;
const NEWEST = `order by started_at desc, id desc limit ${READ}`;

const jobs = (name: string, query: string, rest: string): Page => ({
  name: `jobs, ${name}`,
  path: `/admin/jobs?limit=${LIMIT}${query}`,
  statement: `${JOB_ROWS} ${rest} limit ${READ}`,
});
const runs = (name: string, query: string, where: string): Page => ({
  name: `executions, ${name}`,
  path: `/admin/jobs/${LONG_JOB}/executions?limit=${LIMIT}${query}`,
  statement: `${RUN_ROWS} ${where} ${NEWEST}`,
});

export async function pagesOf(sql: Sql): Promise<Page[]> {
  const deepJob = `bench-${String(Math.floor(JOBS * DEEP)).padStart(5, '0')}`;
  const [deep] = await sql<{ at: string; id: string }[]>`
    select to_char(started_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, id from scheduler_execution_log
    where job_id = ${LONG_JOB}
    order by started_at desc, id desc
    offset (select count(*) * ${DEEP}::float8 from scheduler_execution_log where job_id = ${LONG_JOB}) limit 1`;
  const { at, id } = deep!;
  return [
    jobs('first page', '', 'order by job.job_id'),
    jobs(
      'deep cursor',
      `&cursor=${encodePageCursor(['jobId', deepJob, deepJob])}`,
      `where job.job_id > '${deepJob}' order by job.job_id`,
    ),
    jobs('of a tag', '&tag=team-7', `where 'team-7' = any(job.tags) order by job.job_id`),
    jobs(
      'of a text',
      '&q=bench-09',
      `where job.job_id ilike '%bench-09%' or job.job_name ilike '%bench-09%' order by job.job_id`,
    ),
    jobs('by next run', '&sort=nextRunAt', `order by coalesce(cursor.next_fire_at, 'infinity'), job.job_id`),
    runs('first page', '', ''),
    runs('deep cursor', `&cursor=${encodePageCursor([at, id])}`, `and (started_at, id) < ('${at}', '${id}')`),
    runs('that failed', '&status=FAILED', `and status = 'FAILED'`),
    runs('of a time', `&to=${at}`, `and started_at < '${at}'`),
  ];
}
