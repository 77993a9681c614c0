/** GET /admin/stream of a Worker: what it listens through, and what it says where it cannot. */
import postgres from 'postgres';
import { expect, it } from 'vitest';
import { type CarillonWorker, createWorker } from '../../src/main/create-worker.ts';
import type { WorkerEnv } from '../../src/main/worker-settings.ts';
import { createMigratedDatabase } from '../support/databases.ts';
import { EventStreamReader } from '../support/read-event-stream.ts';
import { ADMIN_TOKEN } from '../support/service-process.ts';

async function watch(worker: CarillonWorker, env: WorkerEnv) {
  const work: Promise<unknown>[] = [];
  const request = new Request('http://worker/admin/stream', { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
  const response = await worker.fetch(
    request,
    { ADMIN_TOKEN, LOG_LEVEL: 'error', ...env },
    {
      waitUntil: (promise) => void work.push(promise),
    },
  );
  return { reader: new EventStreamReader(response.body!), ended: () => Promise.all(work) };
}

it('createWorker() listens for as long as a stream is read, and leaves no connection behind', async () => {
  const url = await createMigratedDatabase();
  const sql = postgres(url, { max: 1 });
  const listening = () =>
    sql`select from pg_stat_activity where query like 'listen %' and datname = current_database()`;
  const { reader, ended } = await watch(createWorker(), { DATABASE_URL: url });
  expect(await reader.next()).toMatchObject({ event: 'hello', data: { mode: 'normal' } });
  expect(await listening()).toHaveLength(1);
  await sql`select pg_notify('carillon_changes', '{"kind":"job","jobId":"edited"}')`;
  expect((await reader.until('job.changed')).data).toMatchObject({ jobId: 'edited' });
  await reader.close();
  await ended();
  expect(await listening()).toHaveLength(0);
  await sql.end();
});

it('createWorker() says on a stream through Hyperdrive that nothing is seen live, and what to ask instead', async () => {
  const HYPERDRIVE = { connectionString: await createMigratedDatabase() };
  const { reader, ended } = await watch(createWorker(), { HYPERDRIVE });
  const hello = await reader.next();
  expect(hello).toMatchObject({ event: 'hello', data: { mode: 'degraded' } });
  expect(hello?.data.detail).toMatch(/Hyperdrive.*GET \/admin\/executions/);
  await reader.close();
  await ended();
});
