/**
 * The service while its backends are killed: no call hangs beyond its deadline, no error is left uncaught, no write is torn.
 * Each call to the database is measured by itself, inside of the service.
 */
import type postgres from 'postgres';
import { expect, it } from 'vitest';
import { createEmptyDatabase } from '../support/databases.ts';
import { claimedSince, insertJobs, now, type Served, startFaulted } from '../support/faulted-service.ts';
import { eventually } from '../support/eventually.ts';
import { readMeasuredCalls } from '../support/measured-calls.ts';
import { findTornWrites, tearEachKind } from '../support/torn-writes.ts';

const DEADLINE_MS = 5_000;
const NEVER = '0 0 0 1 1 *';
/** The service, each of whose calls to the database is measured. */
const MEASURED = [
  '--import',
  './src/main/fast-start.js',
  '--import',
  './test/support/measured-calls.ts',
  'src/main/node.ts',
];

it('the service loses and tears nothing, and hangs nowhere, while its backends are killed for 20 s under load', async (test) => {
  const url = await createEmptyDatabase();
  const { service, sql } = await startFaulted(test, url, { args: MEASURED });
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
  await someEnded(sql);
  expect(await service.stop()).toBe(0);

  expect(killed).toBeGreaterThan(50);
  expect(answers.length).toBeGreaterThan(20);
  expect(
    [...new Set(answers.map(({ status }) => status))].filter((status) => ![200, 202, 503].includes(status)),
  ).toEqual([]);
  // A request asks the database up to three times.
  expect(Math.max(...answers.map(({ tookMs }) => tookMs))).toBeLessThan(3 * DEADLINE_MS);
  const { calls, failed, longestMs, ...broken } = readMeasuredCalls(service.output);
  expect(broken).toEqual({ overdue: [], unsettled: [], uncaught: [] });
  expect(calls).toBeGreaterThan(100);
  expect(failed).toBeGreaterThan(20);
  const ordered = answers.flatMap(({ orderedId }) => orderedId ?? []);
  const known = await sql`select id from scheduler_execution_log union all select id from scheduler_pending_run`;
  expect(ordered.filter((id) => !known.some((run) => run['id'] === id))).toEqual([]);
  expect(await findTornWrites(sql)).toEqual({});
  await tearEachKind(sql);
  expect(Object.keys(await findTornWrites(sql))).toHaveLength(5);
  await test.annotate(
    `${killed} backends killed; of ${calls} calls to the database ${failed} failed, the longest took ${longestMs} ms; ${answers.length} requests, the longest ${maxOf(answers)} ms`,
  );
}, 150_000);

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

/** Of each kind of run, which may have waited for a claim that was not killed. */
async function someEnded(sql: postgres.Sql): Promise<void> {
  await eventually(async () => {
    const [ended] = await sql`
      select count(*) filter (where trigger = 'manual') as ordered, count(*) filter (where attempt = 2) as tried_again
      from scheduler_execution_log where status <> 'RUNNING'`;
    if (Number(ended!['ordered']) === 0 || Number(ended!['tried_again']) === 0) throw new Error(JSON.stringify(ended));
  }, 60_000);
}
