/**
 * The service against a database that fails: started over a folder that goes with the test, its jobs written by SQL, and asked
 * past whatever stands between it and its database.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { TestContext } from 'vitest';
import { eventually } from './eventually.ts';
import { type ServiceProcess, startService } from './service-process.ts';

const EVERY_SECOND = '* * * * * *';

export interface Served {
  readonly service: ServiceProcess;
  readonly sql: postgres.Sql;
}

interface StartOptions {
  /** The database past any proxy, for the test's own questions. */
  readonly direct?: string;
  /** In place of the service's own. */
  readonly args?: readonly string[];
}

export async function startFaulted(
  test: TestContext,
  url: string,
  { direct = url, args }: StartOptions = {},
): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-faults-'));
  test.onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const env = { DATABASE_URL: url, DATA_DIRECTORY: folder, HTTP_ALLOW_PRIVATE_ADDRESSES: 'true', LOG_FORMAT: 'json' };
  const service = await startService({
    runtime: 'node',
    ...(args === undefined ? { env } : { args, env: { ...env, MEASURE_CALLS: 'yes' } }),
  });
  test.onTestFinished(() => service.kill());
  const sql = postgres(direct, { max: 6, connection: { application_name: 'onlooker' }, backoff: () => 0.05 });
  test.onTestFinished(() => sql.end({ timeout: 1 }));
  return { service, sql };
}

interface JobsOptions {
  readonly count: number;
  readonly cron?: string;
  readonly handler?: string;
  readonly kwargs?: Record<string, string>;
  readonly attempts?: number;
}

export async function insertJobs(sql: postgres.Sql, name: string, options: JobsOptions): Promise<void> {
  const { count, cron = EVERY_SECOND, handler = 'maintenance.heartbeat', kwargs = {}, attempts = 1 } = options;
  await sql`
    insert into scheduler_job_config
      (job_id, job_name, cron_expression, dialect, timezone, handler, job_kwargs, max_attempts, retry_backoff_ms)
    select ${name} || '-' || n, 'A job', ${cron}, 'unix', 'UTC', ${handler}, ${sql.json(kwargs)}, ${attempts}, 100
    from generate_series(1, ${count}::int) as n`;
}

export async function now(sql: postgres.Sql): Promise<Date> {
  const [row] = await sql`select clock_timestamp() as now`;
  return row!['now'];
}

export async function claimedSince(sql: postgres.Sql, since: Date): Promise<void> {
  await eventually(async () => {
    const [run] = await sql`
      select from scheduler_execution_log where started_at >= ${since} and trigger in ('schedule', 'catchUp') limit 1`;
    if (run === undefined) throw new Error('Nothing was claimed.');
  }, 60_000);
}
