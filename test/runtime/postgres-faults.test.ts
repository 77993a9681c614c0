/**
 * The service against a PostgreSQL that fails in the ways it does fail: backends killed under load, a server that
 * restarts, a network that swallows everything, a LISTEN that died without a word. How soon it recovers is measured from
 * the end of the fault, and what is asserted is what is promised.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { createEmptyDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { type PostgresProxy, startPostgresProxy } from '../support/postgres-proxy.ts';
import { startPostgresServer } from '../support/postgres-server.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';
import { findTornWrites, tearEachKind } from '../support/torn-writes.ts';

const DEADLINE_MS = 5_000;
/** It claims again, and is ready, so soon after it could reach the database. */
const RECOVERED_MS = 5_000;
/** How often it looks for changes that nobody tells it of. */
const POLL_MS = 30_000;
const EVERY_SECOND = '* * * * * *';
const NEVER = '0 0 0 1 1 *';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-faults-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe.concurrent('the service under PostgreSQL faults', () => {
  it('loses and tears nothing, and hangs nowhere, while its backends are killed for 20 s under load', async (test) => {
    const { service, sql } = await start(test, await createEmptyDatabase());
    await insertJobs(sql, 'beat', { count: 40 });
    await insertJobs(sql, 'fails', {
      count: 5,
      handler: 'http.request',
      kwargs: { url: 'http://127.0.0.1:1/' },
      attempts: 2,
    });
    await insertJobs(sql, 'ordered', { count: 3, cron: NEVER });
    await claimedSince(sql, await now(sql));
    const ending = new AbortController();
    const traffic = Promise.all([1, 2, 3].map((client) => request({ service, sql }, client, ending.signal)));
    const killed = await killBackends(sql, { rounds: 100, everyMs: 200 });
    ending.abort();
    const answers = (await traffic).flat();
    await claimedSince(sql, await now(sql));
    expect(await service.stop()).toBe(0);

    expect(killed).toBeGreaterThan(100);
    expect(answers.length).toBeGreaterThan(50);
    expect(
      [...new Set(answers.map(({ status }) => status))].filter((status) => ![200, 202, 503].includes(status)),
    ).toEqual([]);
    // A request asks the database up to three times.
    expect(Math.max(...answers.map(({ tookMs }) => tookMs))).toBeLessThan(3 * DEADLINE_MS);
    expect(service.output).not.toMatch(/uncaught/i);
    const ordered = answers.flatMap(({ orderedId }) => orderedId ?? []);
    const known = await sql`select id from scheduler_execution_log union all select id from scheduler_pending_run`;
    expect(ordered.filter((id) => !known.some((run) => run['id'] === id))).toEqual([]);
    expect(await findTornWrites(sql)).toEqual({});
    await tearEachKind(sql);
    expect(Object.keys(await findTornWrites(sql))).toHaveLength(5);
    await test.annotate(`${killed} backends killed, ${answers.length} requests, the longest ${maxOf(answers)} ms`);
  }, 90_000);

  it('claims again, and is ready, within 5 s of the return of a server that restarts', async (test) => {
    const server = await startPostgresServer();
    test.onTestFinished(() => server.stop());
    const proxy = await startPostgresProxy(server.url);
    test.onTestFinished(() => proxy.stop());
    const { service, sql } = await start(test, proxy.url, server.url);
    await insertJobs(sql, 'beat', { count: 10 });
    await claimedSince(sql, await now(sql));
    await server.halt();
    await readiness(service, 503);
    // A driver's growing backoff becomes longer than what is promised.
    await attempts(proxy, 5);
    await server.resume();
    const tookMs = await recovery(service, sql);
    await test.annotate(`recovered ${tookMs} ms after the server's return`);
    expect(tookMs).toBeLessThan(RECOVERED_MS);
  }, 60_000);

  it('claims again, and is ready, within its deadline and 5 s once a black hole opens', async (test) => {
    const url = await createEmptyDatabase();
    const proxy = await startPostgresProxy(url);
    test.onTestFinished(() => proxy.stop());
    const { service, sql } = await start(test, proxy.url, url);
    await insertJobs(sql, 'beat', { count: 10 });
    await claimedSince(sql, await now(sql));
    proxy.blackHole();
    await readiness(service, 503);
    // The next attempt is swallowed as well: it has all of its deadline before it.
    await attempts(proxy, 1);
    proxy.heal();
    const tookMs = await recovery(service, sql);
    await test.annotate(`recovered ${tookMs} ms after the black hole opened`);
    expect(tookMs).toBeLessThan(DEADLINE_MS + RECOVERED_MS);
  }, 60_000);

  it('sees a change by polling, within 30 s, where LISTEN is dead without a word', async (test) => {
    const url = await createEmptyDatabase();
    const proxy = await startPostgresProxy(url);
    test.onTestFinished(() => proxy.stop());
    const { service, sql } = await start(test, proxy.url, url);
    await insertJobs(sql, 'beat', { count: 1 });
    await claimedSince(sql, await now(sql));
    proxy.deafen();
    const editedAt = performance.now();
    await insertJobs(sql, 'unheard', { count: 1 });
    await eventually(async () => {
      const [run] = await sql`select from scheduler_execution_log where job_id = 'unheard-1'`;
      if (run === undefined) throw new Error(`not run yet:\n${service.output.slice(-1_000)}`);
    }, 60_000);
    const tookMs = Math.round(performance.now() - editedAt);
    await test.annotate(`a change was seen ${tookMs} ms after it, without LISTEN`);
    // It runs at the second after it was seen.
    expect(tookMs).toBeLessThan(POLL_MS + 2_000);
  }, 90_000);
});

interface Served {
  readonly service: ServiceProcess;
  readonly sql: postgres.Sql;
}

/** @param direct the database past any proxy, for the test's own questions */
async function start(test: TestContext, url: string, direct = url): Promise<Served> {
  const service = await startService({
    runtime: 'node',
    env: { DATABASE_URL: url, DATA_DIRECTORY: folder, HTTP_ALLOW_PRIVATE_ADDRESSES: 'true', LOG_FORMAT: 'json' },
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

async function insertJobs(sql: postgres.Sql, name: string, options: JobsOptions): Promise<void> {
  const { count, cron = EVERY_SECOND, handler = 'maintenance.heartbeat', kwargs = {}, attempts = 1 } = options;
  await sql`
    insert into scheduler_job_config
      (job_id, job_name, cron_expression, dialect, timezone, handler, job_kwargs, max_attempts, retry_backoff_ms)
    select ${name} || '-' || n, 'A job', ${cron}, 'unix', 'UTC', ${handler}, ${sql.json(kwargs)}, ${attempts}, 100
    from generate_series(1, ${count}::int) as n`;
}

interface Answered {
  readonly status: number;
  readonly tookMs: number;
  /** The run that was ordered, where that was acknowledged. */
  readonly orderedId?: string;
}

/** What an operator's client does, one request after another. */
async function request({ service, sql }: Served, client: number, signal: AbortSignal): Promise<Answered[]> {
  const answers: Answered[] = [];
  for (let count = 0; !signal.aborted; count += 1) {
    const askedAt = performance.now();
    const ordered = count % 3 === 1;
    const { status, body } = ordered
      ? await service.call('POST', `/admin/jobs/ordered-${client}/trigger`, {})
      : count % 3 === 0
        ? await service.call('PATCH', `/admin/jobs/ordered-${client}`, { notes: `note ${count}` })
        : await service.call('GET', '/admin/executions?limit=20');
    const tookMs = Math.round(performance.now() - askedAt);
    answers.push({ status, tookMs, ...(ordered && status === 202 ? { orderedId: body.id } : {}) });
    await sql`select pg_sleep(0.04)`;
  }
  return answers;
}

function maxOf(answers: readonly Answered[]): number {
  return Math.max(...answers.map(({ tookMs }) => tookMs));
}

/** @returns how many were killed */
async function killBackends(
  sql: postgres.Sql,
  { rounds, everyMs }: { rounds: number; everyMs: number },
): Promise<number> {
  let killed = 0;
  for (let round = 0; round < rounds; round += 1) {
    const rows = await sql`
      select pg_terminate_backend(pid) from (
        select pid from pg_stat_activity where datname = current_database() and application_name = 'carillon'
        order by random() limit 1 + ${round}::int % 3
      ) chosen`;
    killed += rows.length;
    await sql`select pg_sleep(${everyMs / 1_000})`;
  }
  return killed;
}

async function now(sql: postgres.Sql): Promise<Date> {
  const [row] = await sql`select clock_timestamp() as now`;
  return row!['now'];
}

async function claimedSince(sql: postgres.Sql, since: Date): Promise<void> {
  await eventually(async () => {
    const [run] = await sql`
      select from scheduler_execution_log where started_at >= ${since} and trigger in ('schedule', 'catchUp') limit 1`;
    if (run === undefined) throw new Error('Nothing was claimed.');
  }, 60_000);
}

async function readiness(service: ServiceProcess, wanted: number): Promise<void> {
  await eventually(async () => {
    const response = await fetch(`${service.address}/readyz`);
    if (response.status !== wanted) throw new Error(await response.text());
  }, 60_000);
}

/** Resolves when so many more connections were asked for. */
async function attempts(proxy: PostgresProxy, count: number): Promise<void> {
  const wanted = proxy.attempts + count;
  await eventually(async () => {
    if (proxy.attempts < wanted) throw new Error(`${proxy.attempts} of ${wanted} connections were asked for.`);
  }, 60_000);
}

/** @returns milliseconds from now until it claims and says that it is ready */
async function recovery(service: ServiceProcess, sql: postgres.Sql): Promise<number> {
  const endedAt = performance.now();
  await claimedSince(sql, await now(sql));
  await readiness(service, 200);
  return Math.round(performance.now() - endedAt);
}
