/**
 * The service against a PostgreSQL that fails in the ways it does fail: a server that restarts, a network that swallows
 * everything, a LISTEN that died without a word. How soon it recovers is measured from the end of the fault, and what is
 * asserted is what is promised. Backends that are killed under load: `killed-backends.test.ts`.
 */
import type postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import { createEmptyDatabase } from '../support/databases.ts';
import { claimedSince, insertJobs, now, startFaulted } from '../support/faulted-service.ts';
import { eventually } from '../support/eventually.ts';
import { type PostgresProxy, startPostgresProxy } from '../support/postgres-proxy.ts';
import { startPostgresServer } from '../support/postgres-server.ts';
import type { ServiceProcess } from '../support/service-process.ts';

const DEADLINE_MS = 5_000;
/** It claims again, and is ready, so soon after it could reach the database. */
const RECOVERED_MS = 5_000;
/** How often it looks for changes that nobody tells it of. */
const POLL_MS = 30_000;

describe.concurrent('the service under PostgreSQL faults', () => {
  it('claims again, and is ready, within 5 s of the return of a server that restarts', async (test) => {
    const server = await startPostgresServer();
    test.onTestFinished(() => server.stop());
    const proxy = await startPostgresProxy(server.url);
    test.onTestFinished(() => proxy.stop());
    const { service, sql } = await startFaulted(test, proxy.url, { direct: server.url });
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
    const { service, sql } = await startFaulted(test, proxy.url, { direct: url });
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
    const { service, sql } = await startFaulted(test, proxy.url, { direct: url });
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
