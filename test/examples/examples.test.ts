/** Each example as its first line says, on a real server; the hybrid one in workerd and Node at the same time. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createEmptyDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { type ServiceOptions, type ServiceProcess, startService } from '../support/service-process.ts';

const NEVER = '0 0 1 1 *';
let folder: string;
const running: ServiceProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-examples-'));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop()));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function start(runtime: ServiceOptions['runtime'], args: string[], url: string): Promise<ServiceProcess> {
  const service = await startService({ runtime, args, env: { DATABASE_URL: url, DATA_DIRECTORY: folder } });
  running.push(service);
  return service;
}

function job(cronExpression = NEVER) {
  return { jobName: 'Of an example', cronExpression, dialect: 'unix', timezone: 'UTC' };
}

async function triggered(service: ServiceProcess, jobId: string, basePath = ''): Promise<Record<string, unknown>> {
  const { headers } = await service.call('POST', `${basePath}/admin/jobs/${jobId}/trigger`);
  return await eventually(async () => {
    await service.sweep();
    const { body } = await service.call('GET', headers.get('location')!);
    return body.finishedAt === null ? Promise.reject(new Error(JSON.stringify(body))) : body;
  });
}

describe('examples', { timeout: 90_000 }, () => {
  it('own-module: a job of a module of one’s own, its arguments checked', async () => {
    const service = await start('node', ['examples/own-module/service.ts'], 'memory://');
    const refused = await service.call('PUT', '/admin/jobs/greetings.hello', { ...job(), jobKwargs: { name: 7 } });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ path: 'jobKwargs.name' }] } });
    await service.call('PUT', '/admin/jobs/greetings.hello', { ...job(), jobKwargs: { name: 'Ada' } });
    expect(await triggered(service, 'greetings.hello')).toMatchObject({ result: { greeting: 'Hello, Ada!' } });
  });

  it('embedded: under a host’s path, on its database, touching none of its routes', async () => {
    const service = await start('node', ['examples/embedded/server.ts'], await createEmptyDatabase());
    expect(await (await fetch(service.address)).text()).toBe('Welcome.');
    const base = '/ops/scheduler';
    expect((await fetch(`${service.address}${base}/admin/jobs`)).status).toBe(401);
    expect((await fetch(`${service.address}/admin/jobs`)).status).toBe(404);
    expect((await fetch(`${service.address}/`)).headers.get('x-frame-options')).toBeNull();
    await service.call('PUT', `${base}/admin/jobs/visits.count`, job());
    expect(await triggered(service, 'visits.count', base)).toMatchObject({ result: { visits: 2 } });
    expect(await service.stop()).toBe(0);
  });

  it('worker: a job of one’s own, in workerd', async () => {
    const config = ['scripts/start-worker.ts', '--config', 'examples/worker/wrangler.toml'];
    const service = await start('workerd', config, await createEmptyDatabase());
    await service.call('PUT', '/admin/jobs/pings.ping', job());
    expect(await triggered(service, 'pings.ping')).toMatchObject({ result: { ranIn: 'Cloudflare-Workers' } });
  });

  it('hybrid: sweeps and a replica start nothing that the other started, and long work is the replica’s', async () => {
    const url = await createEmptyDatabase();
    const config = ['scripts/start-worker.ts', '--config', 'examples/hybrid/wrangler.toml'];
    const worker = await start('workerd', config, url);
    await worker.call('PUT', '/admin/jobs/reports.yearly', job());
    await worker.call('PUT', '/admin/jobs/reports.daily', job('* * * * * *'));
    const { headers } = await worker.call('POST', '/admin/jobs/reports.yearly/trigger');
    const sql = postgres(url, { max: 1 });
    const untilRunIn = (place: string) =>
      eventually(async () => {
        await worker.sweep();
        const rows = await sql`
          select split_part(result ->> 'ranIn', '/', 1) as place, job_id, count(*)::int
          from scheduler_execution_log where status = 'SUCCESS' group by 1, 2`;
        const isThere = rows.some(
          (row) => row['place'] === place && row['job_id'] === 'reports.daily' && row['count'] > 1,
        );
        return isThere ? rows : Promise.reject(new Error(JSON.stringify(rows)));
      }, 40_000);
    await untilRunIn('Cloudflare-Workers');
    await worker.call('PUT', '/admin/jobs/reports.monthly', job());
    const queued = await worker.call('POST', '/admin/jobs/reports.monthly/trigger');
    // No sweep runs it: the trigger hands it to the queue, and the queue brings it to an invocation of its own.
    await eventually(async () => {
      const { body } = await worker.call('GET', queued.headers.get('location')!);
      expect(body).toMatchObject({ status: 'SUCCESS', result: { ranIn: 'Cloudflare-Workers' } });
    });
    expect((await worker.call('GET', headers.get('location')!)).body).toMatchObject({ startedAt: null });
    await start('node', ['examples/hybrid/replica.ts'], url);
    const ranIn = await untilRunIn('Node.js');
    expect(ranIn.find(({ job_id: jobId }) => jobId === 'reports.yearly')).toMatchObject({ place: 'Node.js', count: 1 });
    const twice =
      await sql`select scheduled_at from scheduler_execution_log group by job_id, scheduled_at having count(*) > 1`;
    expect(twice).toHaveLength(0);
    expect(await sql`select from scheduler_execution_log where status = 'FAILED'`).toHaveLength(0);
    await sql.end();
  });
});
