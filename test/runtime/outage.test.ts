/** R3.3 and R4.3 for real: a PostgreSQL server that is not there, and one that goes away in the middle of a run. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type RunningServer, startPostgresServer } from '../support/postgres-server.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';

describe('the service and a database that goes away', () => {
  let folder: string;
  let database: RunningServer;
  let env: Record<string, string>;
  let service: ServiceProcess;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'carillon-outage-'));
    database = await startPostgresServer();
    env = {
      DATABASE_URL: database.url,
      DATA_DIRECTORY: folder,
      HTTP_ALLOW_PRIVATE_ADDRESSES: 'true',
      LOG_FORMAT: 'json',
    };
    service = await startService({ runtime: 'node', env });
  });

  afterAll(async () => {
    await service.kill();
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('R3.3 a run goes on while its record cannot be written, which is logged at ERROR and made good', async () => {
    const { answer, url, server } = await startSlowTarget();
    await service.call('PUT', '/admin/jobs/slow', slowJob(url));
    const { headers } = await service.call('POST', '/admin/jobs/slow/trigger');
    const respond = await answer;
    await database.halt();
    respond.end('done');
    await service.printed(/"level":"ERROR"[^\n]*could not be recorded/);
    await readiness(503);
    expect((await service.call('GET', '/admin/jobs')).status).toBe(503);
    await database.resume();
    const run = await eventually(async () => {
      const { body } = await service.call('GET', headers.get('location')!);
      return body.status === 'SUCCESS' ? body : Promise.reject(new Error(JSON.stringify(body)));
    }, 30_000);
    expect(run).toMatchObject({ status: 'SUCCESS', result: { body: 'done' } });
    server.close();
  }, 60_000);

  it('a job runs on time without the database where it is the only instance, and its records are made good', async () => {
    const asked: number[] = [];
    const server = createServer((_request, response) => {
      asked.push(Date.now());
      response.end('rung');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await service.call('PUT', '/admin/jobs/second', { ...slowJob(url), cronExpression: '@every 1s' });
    const asksBeyond = (before: number) =>
      eventually(async () => {
        if (asked.length < before + 4) throw new Error(`asked ${asked.length} times`);
      }, 30_000);
    await asksBeyond(2);
    await database.halt();
    await readiness(503);
    await asksBeyond(asked.length);
    await database.resume();
    await readiness(200);
    await service.call('PATCH', '/admin/jobs/second', { enabled: false });
    await eventually(async () => {
      const { body } = await service.call('GET', '/admin/jobs/second/executions?limit=100');
      const scheduled = (body.items as { scheduledAt: string; status: string }[]).map((run) => run.scheduledAt);
      expect(new Set(scheduled).size).toBe(scheduled.length);
      expect(scheduled).toHaveLength(asked.length);
    }, 30_000);
    server.close();
  }, 90_000);

  it('R4.3 it starts without a database, says so, and schedules the persisted jobs once there is one', async () => {
    await service.stop();
    await database.halt();
    service = await startService({ runtime: 'node', env });
    expect(service.output).toMatch(/"level":"ERROR"[^\n]*could not be loaded/);
    const ready = await service.call('GET', '/readyz');
    expect(ready.status).toBe(503);
    expect(JSON.stringify(ready.body)).toMatch(/ECONNREFUSED/);
    expect(await (await fetch(`${service.address}/readyz`)).text()).not.toMatch(/ECONNREFUSED|127\.0\.0\.1/);
    await database.resume();
    await readiness(200);
    await service.printed(/Jobs scheduled: [2-9]/);
  }, 60_000);

  async function readiness(wanted: number): Promise<void> {
    await eventually(async () => {
      const response = await fetch(`${service.address}/readyz`);
      if (response.status !== wanted) throw new Error(await response.text());
    }, 30_000);
  }
});

function slowJob(url: string) {
  return {
    jobName: 'Takes its time',
    handler: 'http.request',
    cronExpression: '0 0 1 1 *',
    timezone: 'UTC',
    jobKwargs: { url },
  };
}

/** A server that answers when it is told to. */
async function startSlowTarget(): Promise<{ url: string; answer: Promise<ServerResponse>; server: Server }> {
  const asked = Promise.withResolvers<ServerResponse>();
  const server = createServer((_request, response) => asked.resolve(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, answer: asked.promise, server };
}
