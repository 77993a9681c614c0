/** GET /admin/stream over real servers: two replicas on one database, a shutdown, a database behind a pooler. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createEmptyDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { startPostgresProxy } from '../support/postgres-proxy.ts';
import { type Runtime, type ServiceProcess, startService } from '../support/service-process.ts';

let folder: string;
const running: ServiceProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-stream-'));
});

afterEach(async () => {
  // Deno's task runner passes on what asks it to end, and not what kills it.
  for (const service of running.splice(0)) await service.stop();
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function start(runtime: Runtime, databaseUrl: string): Promise<ServiceProcess> {
  const dataDirectory = runtime.startsWith('deno') ? `data/stream-${process.pid}` : folder;
  const env = { DATABASE_URL: databaseUrl, DATA_DIRECTORY: dataDirectory, HTTP_ALLOW_PRIVATE_ADDRESSES: 'true' };
  const service = await startService({ runtime, env });
  running.push(service);
  return service;
}

async function save(service: ServiceProcess, jobId: string, url: string): Promise<void> {
  const { status } = await service.call('PUT', `/admin/jobs/${jobId}`, {
    ...{ jobName: jobId, handler: 'http.request', cronExpression: '0 0 1 1 *', timezone: 'UTC', jobKwargs: { url } },
  });
  expect(status).toBe(201);
}

/** Answers when it is told to. */
async function startTarget(): Promise<{ url: string; server: Server; answer: () => void }> {
  let answered = false;
  const waiting: ServerResponse[] = [];
  const server = createServer((_request, response) => {
    if (answered) response.end('ok');
    else waiting.push(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const answer = (): void => {
    answered = true;
    for (const response of waiting) response.end('ok');
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server, answer };
}

for (const [first, second] of [
  ['node', 'node'],
  ['deno', 'node'],
] as const) {
  describe(`GET /admin/stream on ${first}, and on ${second} beside it`, () => {
    it('shows what happens on every replica, goes on at another one, and ends with the service', async () => {
      const url = await createEmptyDatabase();
      const target = await startTarget();
      const [here, there] = [await start(first, url), await start(second, url)];
      const [reader, other] = [await here.watch(), await there.watch()];
      expect(await reader.next()).toMatchObject({ event: 'hello', data: { mode: 'normal' } });
      await save(there, 'watched', target.url);
      await reader.until('job.changed', ({ data }) => data.jobId === 'watched');
      const { body: run } = await here.call('POST', '/admin/jobs/watched/trigger');
      const isMeant = ({ data }: { data: { executionId: string } }) => data.executionId === run.id;
      const started = await reader.until('run.started', isMeant);
      expect(started.data).toMatchObject({ jobId: 'watched', trigger: 'manual', attempt: 1 });
      expect((await other.until('run.started', isMeant)).id).toBe(started.id);
      target.answer();
      const finished = await reader.until('run.finished', isMeant);
      expect(finished.data).toMatchObject({ status: 'SUCCESS', durationMs: expect.any(Number) });
      await reader.close();
      const again = await there.watch(started.id!);
      expect(await again.next()).toMatchObject({ event: 'hello', id: null });
      expect((await again.until('run.finished', isMeant)).id).toBe(finished.id);
      const ended = [again.rest(), (await here.watch()).rest()];
      for (const service of [there, here]) {
        expect(await service.stop()).toBe(0);
        expect(service.output).not.toMatch(/did not stop cleanly/);
      }
      for (const events of ended) expect((await events).at(-1)).toMatchObject({ event: 'end' });
      target.server.close();
    }, 60_000);
  });
}

describe('GET /admin/stream where notifications do not come through', () => {
  it('says so, in the log and in /readyz too, shows this replica, and an edit takes effect all the same', async () => {
    const proxy = await startPostgresProxy(await createEmptyDatabase());
    proxy.faults.dropsNotifications = true;
    const target = await startTarget();
    target.answer();
    const service = await start('node', proxy.url);
    const reader = await service.watch();
    await service.printed(/Notifications do not come through/);
    await reader.until('feed', ({ data }) => data.mode === 'degraded');
    const ready = await service.call('GET', '/readyz');
    expect(ready.status).toBe(200);
    expect(ready.body.checks).toContainEqual(
      expect.objectContaining({ name: 'changes', ok: true, detail: expect.stringContaining('polling alone') }),
    );
    await save(service, 'polled', target.url);
    const { headers } = await service.call('POST', '/admin/jobs/polled/trigger');
    const finished = await reader.until('run.finished', ({ data }) => data.jobId === 'polled');
    expect(finished.data).toMatchObject({ status: 'SUCCESS' });
    await eventually(async () => {
      const { body } = await service.call('GET', headers.get('location')!);
      expect(body.status).toBe('SUCCESS');
    });
    await reader.close();
    target.server.close();
    await service.stop();
    await proxy.stop();
  }, 60_000);
});
