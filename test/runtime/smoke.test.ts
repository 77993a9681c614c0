/** R5.1: the same service, black-box, inside each runtime and on each database. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmptyDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import type { EventStreamReader, StreamedEvent } from '../support/read-event-stream.ts';
import { RUNTIMES, type Runtime, type ServiceProcess, startService } from '../support/service-process.ts';

const KINDS = ['PostgreSQL', 'the embedded database'] as const;
/** How it is served makes no difference to the database; a Worker has no disk for one. */
const ON_POSTGRESQL_ALONE: ReadonlySet<Runtime> = new Set(['deno serve', 'workerd']);

for (const runtime of Object.keys(RUNTIMES) as Runtime[]) {
  for (const kind of ON_POSTGRESQL_ALONE.has(runtime) ? KINDS.slice(0, 1) : KINDS) {
    describe(`R5.1 the service on ${runtime} and ${kind}`, { timeout: 60_000 }, () => smokeSuite(runtime, kind));
  }
}

function smokeSuite(runtime: Runtime, kind: (typeof KINDS)[number]): void {
  let folder: string;
  let env: Record<string, string>;
  let service: ServiceProcess;
  let target: Target;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'carillon-smoke-'));
    // Deno may write below its own folder alone; the tests' folder is elsewhere.
    const isDeno = runtime.startsWith('deno');
    env = { HTTP_ALLOW_PRIVATE_ADDRESSES: 'true', LOG_FORMAT: 'json' };
    if (kind === 'PostgreSQL') env['DATABASE_URL'] = await createEmptyDatabase();
    env['DATA_DIRECTORY'] = isDeno ? `data/smoke-${process.pid}` : folder;
    target = await startTarget();
    service = await startService({ runtime, env });
  });

  afterAll(async () => {
    await service.stop();
    await target.close();
    await rm(folder, { recursive: true, force: true });
    await rm(`data/smoke-${process.pid}`, { recursive: true, force: true });
  });

  it('is alive, migrated and ready, and tells so without a token', async () => {
    expect((await fetch(`${service.address}/livez`)).status).toBe(200);
    const ready = await fetch(`${service.address}/readyz`);
    const { mode, checks } = await ready.json();
    expect({ status: ready.status, mode }).toEqual({ status: 200, mode: 'normal' });
    expect(checks).toContainEqual({ name: 'migrations', ok: true, detail: 'applied' });
  });

  it('answers nothing else without a token', async () => {
    expect((await fetch(`${service.address}/admin/jobs`)).status).toBe(401);
  });

  it('seeds a job that rings every minute', async () => {
    await service.sweep();
    const { body } = await service.call('GET', '/admin/jobs/maintenance.heartbeat');
    expect(Date.parse(body.nextRunAt) - Date.now()).toBeLessThanOrEqual(60_000);
  });

  it('shows runs as they happen, and goes on where a stream was left, or says that it cannot', async () => {
    const reader = await service.watch();
    expect(await reader.next()).toMatchObject({ event: 'hello', data: { mode: 'normal' } });
    const started = await seenLive(reader, 'run.started');
    const finished = await reader.until('run.finished', isSameRun(started));
    expect(finished.data).toMatchObject({ jobId: 'maintenance.heartbeat', status: 'SUCCESS' });
    await reader.close();
    const again = await service.watch(started.id!);
    // On workerd no process lives on that could have kept what came in between.
    if (runtime === 'workerd') await again.until('reset');
    else expect((await again.until('run.finished', isSameRun(started))).id).toBe(finished.id);
    expect((await seenLive(again, 'run.started')).id).not.toBe(started.id);
    await again.close();
  });

  /** The event of a run that is triggered for it. */
  async function seenLive(reader: EventStreamReader, type: string): Promise<StreamedEvent> {
    const { body } = await service.call('POST', '/admin/jobs/maintenance.heartbeat/trigger');
    await service.sweep();
    return reader.until(type, ({ data }) => data.executionId === body.id);
  }

  it('R5.2 lists the registry', async () => {
    const { body } = await service.call('GET', '/admin/registry');
    expect(body.items.map((entry: { id: string }) => entry.id)).toContain('http.request');
  });

  it('previews a schedule across the end of daylight saving', async () => {
    const preview = { cronExpression: '30 1 * * *', dialect: 'unix', timezone: 'America/New_York' };
    const answer = await service.call('POST', '/admin/schedules/preview', {
      ...preview,
      from: '2026-10-31T12:00:00Z',
      count: 2,
    });
    expect(answer.body.occurrences).toEqual(['2026-11-01T05:30:00.000Z', '2026-11-02T06:30:00.000Z']);
    expect(answer.body.details[0].note).toBe('firstPass');
  });

  it('fires an every-second job and records SUCCESS with its duration', async () => {
    const saved = await service.call('PUT', '/admin/jobs/ring', ring(target.url));
    expect(saved.status).toBe(201);
    expect(saved.body.nextOccurrences).toHaveLength(10);
    const keys = [await arrived(target.nextKey()), await arrived(target.nextKey())];
    expect(new Set(keys).size).toBe(2);
    expect(keys[0]).toMatch(/^ring@\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
    const run = await runOf('ring', { status: 'SUCCESS' });
    expect(run).toMatchObject({ trigger: 'schedule', attempt: 1, result: { status: 200, body: 'rung' } });
    expect(run.durationMs).toBeGreaterThanOrEqual(0);
  });

  it('stops firing a job that is paused, and goes on with it when it is resumed', async () => {
    const paused = await service.call('POST', '/admin/jobs/ring/pause', { reason: 'a smoke test' });
    expect(paused).toMatchObject({ status: 200, body: { state: 'paused' } });
    expect((await service.call('POST', '/admin/jobs/ring/resume')).body).toMatchObject({ pausedAt: null });
    expect(await arrived(target.nextKey())).toMatch(/^ring@/);
  });

  it('stops firing a job that is disabled, and runs it when triggered', async () => {
    const disabled = await service.call('PATCH', '/admin/jobs/ring', { enabled: false });
    expect(disabled.body).toMatchObject({ enabled: false, state: 'disabled' });
    const triggered = await service.call('POST', '/admin/jobs/ring/trigger', { reason: 'by hand' });
    expect(triggered.status).toBe(202);
    const run = await finished(triggered.headers.get('location')!);
    expect(run).toMatchObject({ status: 'SUCCESS', trigger: 'manual' });
  });

  it('cancels a run that goes on', async () => {
    const silent = { ...ring(`${target.url}?silent`), cronExpression: '0 0 1 1 *' };
    await service.call('PUT', '/admin/jobs/silent', silent);
    const triggered = await service.call('POST', '/admin/jobs/silent/trigger');
    const location = triggered.headers.get('location')!;
    const sweeping = service.sweep();
    await target.nextKey();
    expect((await service.call('POST', `${location}/cancel`, { reason: 'a smoke test' })).status).toBe(202);
    await sweeping;
    expect(await finished(location)).toMatchObject({ status: 'FAILED', failureReason: 'CANCELLED' });
  });

  it('records FAILED and what went wrong when the server is gone, and runs it again when told to', async () => {
    await target.close();
    const triggered = await service.call('POST', '/admin/jobs/ring/trigger');
    const location = triggered.headers.get('location')!;
    const run = await finished(location);
    expect(run).toMatchObject({ status: 'FAILED', failureReason: 'ERROR' });
    expect(run.errorMessage).toMatch(/ECONNREFUSED|refused|connection/i);
    const again = await service.call('POST', `${location}/retry`);
    expect(again.status).toBe(202);
    expect(await finished(again.headers.get('location')!)).toMatchObject({ trigger: 'retry', attempt: 2 });
  });

  it('tries a failed run again by itself where its job says so', async () => {
    const failing = { ...ring(target.url), cronExpression: '0 0 1 1 *', maxAttempts: 2, retryBackoffMs: 1 };
    expect((await service.call('PUT', '/admin/jobs/failing', failing)).status).toBe(201);
    await service.call('POST', '/admin/jobs/failing/trigger');
    expect(await runOf('failing', { attempt: 2, status: 'FAILED' })).toMatchObject({ maxAttempts: 2 });
  });

  it('names what is wrong with bad input', async () => {
    const cron = await service.call('PUT', '/admin/jobs/bad', { ...ring(target.url), cronExpression: '*/60 * * * *' });
    expect(cron).toMatchObject({ status: 422, body: { errors: [{ path: 'cronExpression' }] } });
    const zone = await service.call('PUT', '/admin/jobs/bad', { ...ring(target.url), timezone: 'Asia/Shanghia' });
    expect(zone).toMatchObject({ status: 422, body: { errors: [{ path: 'timezone' }] } });
    expect((await service.call('PUT', '/admin/jobs/bad', '{"jobName": ')).status).toBe(400);
    expect((await service.call('POST', '/admin/jobs/nobody/trigger')).body.code).toBe('JOB_NOT_FOUND');
  });

  it('drains, exits with 0, and has its history after a new start', async () => {
    expect(await service.stop('SIGTERM')).toBe(0);
    service = await startService({ runtime, env });
    const { body } = await service.call('GET', '/admin/jobs/ring/executions');
    expect(body.items.length).toBeGreaterThanOrEqual(3);
  });

  /** Where timers are lacking, it comes with a sweep. */
  async function arrived<T>(arrival: Promise<T>): Promise<T> {
    const found = arrival.then((value) => [value] as const);
    for (;;) {
      const swept = service.sweep().then(() => (runtime === 'workerd' ? null : found));
      const first = await Promise.race([found, swept]);
      if (first !== null) return first[0];
    }
  }

  // oxlint-disable-next-line typescript/no-explicit-any
  async function finished(location: string): Promise<any> {
    return await eventually(async () => {
      await service.sweep();
      const { body } = await service.call('GET', location);
      return body.finishedAt === null ? Promise.reject(new Error(JSON.stringify(body))) : body;
    });
  }

  // oxlint-disable-next-line typescript/no-explicit-any
  async function runOf(jobId: string, like: Record<string, unknown>): Promise<any> {
    return await eventually(async () => {
      await service.sweep();
      const { body } = await service.call('GET', `/admin/jobs/${jobId}/executions`);
      const isLike = (run: Record<string, unknown>) => Object.entries(like).every(([key, value]) => run[key] === value);
      return body.items.find(isLike) ?? Promise.reject(new Error(JSON.stringify(body)));
    });
  }
}

function isSameRun({ data }: StreamedEvent): (event: StreamedEvent) => boolean {
  return (event) => event.data.executionId === data.executionId;
}

function ring(url: string) {
  return {
    jobName: 'Rings every second',
    handler: 'http.request',
    cronExpression: '* * * * * *',
    dialect: 'unix',
    timezone: 'Asia/Shanghai',
    jobKwargs: { url },
  };
}

interface Target {
  readonly url: string;
  /** The idempotency key of the next request that arrives. */
  nextKey(): Promise<string>;
  close(): Promise<void>;
}

/** A server of the user's own. */
async function startTarget(): Promise<Target> {
  let arrived = Promise.withResolvers<string>();
  const server: Server = createServer((request, response) => {
    if (request.url?.endsWith('?silent') !== true) response.end('rung');
    const arrival = arrived;
    arrived = Promise.withResolvers();
    arrival.resolve(String(request.headers['idempotency-key']));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/ring`,
    nextKey: () => arrived.promise,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
