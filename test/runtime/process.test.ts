/** The service as a process: what it refuses, how it ends, and what it finds after it was killed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createEmptyDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { startPostgresProxy } from '../support/postgres-proxy.ts';
import { ADMIN_TOKEN, type ServiceProcess, spawnService, startService } from '../support/service-process.ts';

let folder: string;
const running: ServiceProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-process-'));
});

afterEach(async () => {
  for (const service of running.splice(0)) await service.kill();
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function start(env: Record<string, string>): Promise<ServiceProcess> {
  const service = await startService({ runtime: 'node', env: { HTTP_ALLOW_PRIVATE_ADDRESSES: 'true', ...env } });
  running.push(service);
  return service;
}

/** A server that takes requests and answers none. */
async function startSilentServer() {
  const arrived = Promise.withResolvers<void>();
  const server = createServer(() => arrived.resolve());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { silent: { close }, arrived: arrived.promise, url: `http://127.0.0.1:${port}/` };
}

/** @returns where its execution is */
async function orderHanging(service: ServiceProcess, url: string): Promise<string> {
  await service.call('PUT', '/admin/jobs/hangs', {
    ...{ jobName: 'Hangs', handler: 'http.request', cronExpression: '0 0 1 1 *', timezone: 'UTC', jobKwargs: { url } },
  });
  const { headers } = await service.call('POST', '/admin/jobs/hangs/trigger');
  return headers.get('location')!;
}

it('the service goes on where nobody reads what it prints any more', async () => {
  const service = await start({ DATABASE_URL: 'memory://', LOG_LEVEL: 'debug' });
  service.stopReading();
  for (let asked = 0; asked < 5; asked += 1) {
    const { status, headers } = await service.call('POST', '/admin/jobs/maintenance.heartbeat/trigger');
    expect(status).toBe(202);
    await eventually(async () => {
      expect((await service.call('GET', headers.get('location')!)).body.status).toBe('SUCCESS');
    });
  }
});

describe('the service refuses', () => {
  it('settings that cannot be used, every fault at once, with exit status 2', async () => {
    const service = spawnService({
      runtime: 'node',
      env: { PORT: 'http', LOG_LEVEL: 'loud', HOST: '0.0.0.0', ADMIN_TOKEN: 'short' },
    });
    expect(await service.ended()).toBe(2);
    for (const name of ['PORT', 'LOG_LEVEL', 'ADMIN_TOKEN']) expect(service.output).toContain(name);
  });

  it('an address that others reach, without a token', async () => {
    const service = spawnService({ runtime: 'node', env: { HOST: '0.0.0.0', ADMIN_TOKEN: '' } });
    expect(await service.ended()).toBe(2);
    expect(service.output).toMatch(/ADMIN_TOKEN.*32/);
  });

  it('a folder that another process serves, and says whose it is', async () => {
    const env = { DATA_DIRECTORY: join(folder, 'shared') };
    await start(env);
    const second = spawnService({ runtime: 'node', env });
    expect(await second.ended()).toBe(1);
    expect(second.output).toMatch(/process \d+|pid \d+/i);
  });

  it('a port that is taken, in one line that names it', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const port = String((other.address() as AddressInfo).port);
    const service = spawnService({
      runtime: 'node',
      env: { DATABASE_URL: 'memory://', DATA_DIRECTORY: folder, PORT: port },
    });
    expect(await service.ended()).toBe(1);
    expect(service.output).toMatch(new RegExp(`port ${port} .*in use.*PORT`));
    expect(service.output).not.toContain('at ');
    other.close();
  });
});

describe('a request that never ends', () => {
  it('holds up neither the stop of the scheduler nor the end of the process', async () => {
    const service = await start({ DATABASE_URL: 'memory://', DATA_DIRECTORY: folder });
    const { hostname, port } = new URL(service.address);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    const head = `PUT /admin/jobs/half HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\n`;
    socket.write(`${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`);
    await service.call('GET', '/livez');
    expect(await service.stop('SIGINT')).toBe(0);
    socket.destroy();
  });
});

describe('a service that is told to stop while a run outlasts SHUTDOWN_GRACE', () => {
  it('aborts the run, records it as cancelled and why, and gives up its lease after that', async () => {
    const databaseUrl = await createEmptyDatabase();
    const { silent, arrived, url } = await startSilentServer();
    const env = { DATABASE_URL: databaseUrl, DATA_DIRECTORY: folder };
    const service = await start({ ...env, SHUTDOWN_GRACE: '100ms' });
    const location = await orderHanging(service, url);
    await arrived;
    expect(await service.stop()).toBe(0);
    expect(service.output).toMatch(/1 run is under way/);
    const sql = postgres(databaseUrl, { max: 1 });
    const [row] = await sql`
      select run.status, run.failure_reason, run.error_message, run.finished_at <= now() as is_over,
        (select bool_and(expires_at < now()) from scheduler_instance) as is_given_up
      from scheduler_execution_log run where run.id = ${location.split('/').at(-1)!}`;
    await sql.end();
    await silent.close();
    expect(row).toMatchObject({ status: 'FAILED', failure_reason: 'CANCELLED', is_over: true, is_given_up: true });
    expect(row?.['error_message']).toContain('outlasted SHUTDOWN_GRACE');
  });
});

describe('a service that is told twice to stop', () => {
  it('is gone within 2 s, though its database answers nothing', async () => {
    const { silent, arrived, url } = await startSilentServer();
    const proxy = await startPostgresProxy(await createEmptyDatabase());
    const service = await start({ DATABASE_URL: proxy.url, DATA_DIRECTORY: folder });
    await orderHanging(service, url);
    await arrived;
    proxy.blackHole();
    const ended = service.stop();
    await service.printed(/1 run is under way/);
    const toldAt = performance.now();
    await Promise.all([service.stop(), ended]);
    expect(performance.now() - toldAt).toBeLessThanOrEqual(2_000);
    expect(service.output).toContain('Stopped.');
    await silent.close();
    await proxy.stop();
  }, 60_000);
});

describe('the first start', () => {
  it('makes a token, prints it once, and asks for it from then on', async () => {
    const env = { DATA_DIRECTORY: join(folder, 'first'), ADMIN_TOKEN: '' };
    const first = await start(env);
    const [, token] = await first.printed(/Admin token, shown this once.*: (\S+)/);
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${first.address}/admin/jobs`, { headers })).status).toBe(200);
    await first.stop();
    const second = await start(env);
    expect(second.output).not.toContain(token);
    expect((await fetch(`${second.address}/admin/jobs`, { headers })).status).toBe(200);
  });
});

describe('rows edited by plain SQL', () => {
  it('take effect within a second, and one that cannot be read touches no other', async () => {
    const url = await createEmptyDatabase();
    const service = await start({ DATABASE_URL: url, DATA_DIRECTORY: folder });
    const sql = postgres(url, { max: 1 });
    const add = (jobId: string, cron: string) =>
      sql`insert into scheduler_job_config (job_id, job_name, cron_expression, handler, dialect)
          values (${jobId}, ${jobId}, ${cron}, 'maintenance.heartbeat', 'unix')`;
    await add('bad', '61 * * * *');
    const insertedAt = Date.now();
    await add('good', '* * * * * *');
    const first = await eventually(async () => {
      const { body } = await service.call('GET', '/admin/jobs/good/executions');
      return body.items.at(-1) ?? Promise.reject(new Error('not run yet'));
    });
    expect(Date.parse(first.scheduledAt) - insertedAt).toBeLessThanOrEqual(2_000);
    const bad = (await service.call('GET', '/admin/jobs/bad')).body;
    expect(bad).toMatchObject({ state: 'invalid' });
    expect(bad.stateReason).toMatch(/61/);
    await sql.end();
  });
});

describe('a process that is killed in the middle of a run', () => {
  it('leaves a run that the next start records as FAILED, reason LOST', async () => {
    const env = { DATABASE_URL: await createEmptyDatabase(), DATA_DIRECTORY: folder };
    const { silent, arrived, url } = await startSilentServer();
    const killed = await start(env);
    const location = await orderHanging(killed, url);
    await arrived;
    await killed.kill();
    const next = await start(env);
    const run = await eventually(async () => {
      const { body } = await next.call('GET', location);
      return body.status === 'FAILED' ? body : Promise.reject(new Error(JSON.stringify(body)));
    }, 40_000);
    expect(run).toMatchObject({ failureReason: 'LOST' });
    await silent.close();
  }, 60_000);
});
