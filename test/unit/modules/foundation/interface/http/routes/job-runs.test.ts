import { beforeEach, describe, expect, test } from 'vitest';
import type { Answer, Client } from '../../../../../../support/in-memory-client.ts';
import { execution } from '../../../../../../support/in-memory-executions.ts';
import { jobConfig } from '../../../../../../support/in-memory-job-configs.ts';
import { type InMemoryService, inMemoryService } from '../../../../../../support/in-memory-service.ts';
import { contractClientOf } from '../contract-client.ts';

const RUN_ID = '22222222-2222-4222-8222-222222222222';

let service: InMemoryService;
let send: Client;
let trigger: (body?: unknown, jobId?: string) => Promise<Answer>;
beforeEach(() => {
  service = inMemoryService();
  send = contractClientOf(service);
  trigger = (body, jobId = 'send-mail') => send(`POST /admin/jobs/${jobId}/trigger`, { as: 'operator', body });
  service.configs.insert(jobConfig('send-mail', { jobKwargs: { to: 'a@b.c', apiToken: 'hunter2' }, maxAttempts: 3 }));
});

describe('POST /admin/jobs/:jobId/trigger', () => {
  test('writes a run that waits, and points to it', async () => {
    const { status, headers, json } = await trigger({ reason: 'upstream was down' });
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/admin/executions/${RUN_ID}`);
    expect(json).toMatchObject({ id: RUN_ID, status: 'RUNNING', trigger: 'manual', startedAt: null, maxAttempts: 3 });
    expect(service.pending.runs).toMatchObject([
      { id: RUN_ID, jobId: 'send-mail', trigger: 'manual', reason: 'upstream was down', actor: 'operator' },
    ]);
  });

  test('needs no body', async () => {
    expect((await trigger()).status).toBe(202);
    expect(service.pending.runs[0]).toMatchObject({ reason: null, jobKwargs: { to: 'a@b.c', apiToken: 'hunter2' } });
  });

  test("answers with the job's secrets masked", async () => {
    expect((await trigger()).json.jobKwargs).toEqual({ to: 'a@b.c', apiToken: '***' });
  });

  test("takes arguments in place of the job's own, and lays the function's defaults under them", async () => {
    expect((await trigger({ jobKwargs: { to: 'x@y.z' } })).status).toBe(202);
    expect(service.pending.runs[0]!.jobKwargs).toEqual({ to: 'x@y.z' });
  });

  test('never sends a stored secret to another place', async () => {
    const { status, json } = await trigger({ jobKwargs: { to: 'evil@y.z', apiToken: '***' } });
    expect(status).toBe(422);
    expect(json.errors).toMatchObject([{ path: 'jobKwargs.apiToken' }]);
    expect(service.pending.runs).toEqual([]);
  });

  test('leaves the schedule and the configuration as they are', async () => {
    await trigger();
    expect(service.configs.edits).toEqual([]);
  });

  test('runs a job that is disabled, paused, or has an unreadable schedule', async () => {
    const stopped = { enabled: false, pausedAt: new Date(0), cronExpression: 'never' };
    service.configs.insert(jobConfig('warm-cache', stopped));
    expect((await trigger({}, 'warm-cache')).status).toBe(202);
  });

  test('does not know a job that is not there', async () => {
    const { status, json } = await trigger({}, 'none');
    expect([status, json.code]).toEqual([404, 'JOB_NOT_FOUND']);
  });

  test('refuses arguments that do not fit', async () => {
    const { status, json } = await trigger({ jobKwargs: { to: null } });
    expect([status, json.code]).toEqual([422, 'KWARGS_INVALID']);
    expect(json.errors).toMatchObject([{ path: 'jobKwargs.to' }]);
  });

  test('refuses a job whose function is not registered', async () => {
    service.configs.insert(jobConfig('gone'));
    const { status, json } = await trigger({}, 'gone');
    expect([status, json.code]).toEqual([422, 'JOB_NOT_REGISTERED']);
  });

  test.each([
    [{ reason: 5 }, 'reason'],
    [{ reason: 'x'.repeat(1_001) }, 'reason'],
    [{ jobKwargs: 'x' }, 'jobKwargs'],
    [[], ''],
    [{ kwargs: {} }, 'kwargs'],
  ])('refuses %j', async (body, path) => {
    const { status, json } = await trigger(body);
    expect(status).toBe(422);
    expect(json.errors).toMatchObject([{ path }]);
  });

  test('refuses malformed JSON', async () => {
    expect((await trigger('{"reason": ')).json).toMatchObject({ code: 'JSON_MALFORMED', errors: [{ position: 11 }] });
  });
});

describe('the execution of a triggered run', () => {
  test('is RUNNING and not started while it waits', async () => {
    const { headers } = await trigger();
    const { status, json } = await send(`GET ${headers.get('location') as '/'}`);
    expect(status).toBe(200);
    expect(json).toMatchObject({ id: RUN_ID, status: 'RUNNING', startedAt: null, instanceId: null, maxAttempts: 3 });
  });

  test('is found when it starts in the very moment of the question', async () => {
    service.executions.afterMiss = () => {
      service.executions.rows.push(execution(1, { id: RUN_ID, status: 'RUNNING', finishedAt: null, durationMs: null }));
    };
    const { status, json } = await send(`GET /admin/executions/${RUN_ID}`);
    expect([status, json.startedAt]).toEqual([200, '2026-01-02T00:01:00.000Z']);
  });

  test('outlives its job', async () => {
    service.pending.runs.push({
      ...{ id: RUN_ID, jobId: 'deleted', trigger: 'manual', jobKwargs: {}, reason: null, actor: 'admin', attempt: 1 },
      ...{ scheduledAt: new Date(0), createdAt: new Date(0), availableAt: new Date(0), maxAttempts: null },
    });
    expect((await send(`GET /admin/executions/${RUN_ID}`)).json).toMatchObject({ jobId: 'deleted', maxAttempts: 1 });
  });
});
