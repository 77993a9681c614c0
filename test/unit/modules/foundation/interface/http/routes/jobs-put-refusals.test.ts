import { beforeEach, describe, expect, test } from 'vitest';
import type { Answer, Client } from '../../../../../../support/in-memory-client.ts';
import { type InMemoryService, inMemoryService } from '../../../../../../support/in-memory-service.ts';
import { contractClientOf } from '../contract-client.ts';

const JOB = { jobName: 'Warm', cronExpression: '*/5 * * * *' };

let service: InMemoryService;
let send: Client;
let put: (body: unknown) => Promise<Answer>;
beforeEach(() => {
  service = inMemoryService();
  send = contractClientOf(service);
  put = (body) => send('PUT /admin/jobs/warm-cache', { body });
});

describe('PUT /admin/jobs/:jobId refuses', () => {
  async function faultsOf(body: unknown): Promise<{ code: string; paths: string[] }> {
    const { status, json } = await put(body);
    expect(status).toBe(422);
    return { code: json.code, paths: json.errors.map(({ path }: { path: string }) => path) };
  }

  test.each([
    ['a missing name', { cronExpression: '* * * * *' }, ['jobName']],
    ['an empty name', { ...JOB, jobName: '' }, ['jobName']],
    ['a long name', { ...JOB, jobName: 'x'.repeat(201) }, ['jobName']],
    ['a name that is no text', { ...JOB, jobName: null }, ['jobName']],
    ['enabled as text', { ...JOB, enabled: 'yes' }, ['enabled']],
    ['arguments as a list', { ...JOB, jobKwargs: [] }, ['jobKwargs']],
    ['a policy that there is not', { ...JOB, overlapPolicy: 'maybe' }, ['overlapPolicy']],
    ['no attempts', { ...JOB, maxAttempts: 0 }, ['maxAttempts']],
    ['half an attempt', { ...JOB, maxAttempts: 1.5 }, ['maxAttempts']],
    ['a timeout of nothing', { ...JOB, timeoutMs: 0 }, ['timeoutMs']],
    ['huge numbers', { ...JOB, jitterMs: 1e300 }, ['jitterMs']],
    ['an instant without a zone', { ...JOB, startAt: '2026-01-01 00:00' }, ['startAt']],
    ['an end before the start', { ...JOB, startAt: '2026-02-01T00:00:00Z', endAt: '2026-01-01T00:00:00Z' }, ['endAt']],
    ['too many tags', { ...JOB, tags: Array.from({ length: 21 }, () => 'x') }, ['tags']],
    ['an empty tag', { ...JOB, tags: ['a', ''] }, ['tags.1']],
    ['another id than that of the path', { ...JOB, jobId: 'other' }, ['jobId']],
    ['fields that it does not know', { ...JOB, cron_expression: 'x', colour: 1 }, ['cron_expression', 'colour']],
    [
      'several faults, each by name',
      { jobName: 1, enabled: 1, Tags: [] },
      ['Tags', 'jobName', 'cronExpression', 'enabled'],
    ],
    [
      '__proto__',
      JSON.parse('{"jobName":"W","cronExpression":"* * * * *","__proto__":{"x":1}}') as object,
      ['__proto__'],
    ],
  ])('%s', async (_title, body, paths) => {
    expect(await faultsOf(body)).toEqual({ code: 'INVALID_INPUT', paths });
  });

  test('an unknown field by the name that was probably meant', async () => {
    const { json } = await put({ ...JOB, cron_expression: '* * * * *' });
    expect(json.errors).toEqual([
      { path: 'cron_expression', message: 'Unknown field.', hint: "Did you mean 'cronExpression'?" },
    ]);
  });

  test('an unreadable schedule, with the position', async () => {
    const { status, json } = await put({ ...JOB, cronExpression: '*/5 * * * funday' });
    expect(status).toBe(422);
    expect(json).toMatchObject({ code: 'SCHEDULE_INVALID', errors: [{ path: 'cronExpression', position: 10 }] });
  });

  test('a schedule that never fires, and an unknown zone', async () => {
    expect(await faultsOf({ ...JOB, cronExpression: '0 0 31 2 *' })).toEqual({
      code: 'SCHEDULE_NEVER_FIRES',
      paths: ['cronExpression'],
    });
    expect(await faultsOf({ ...JOB, timezone: 'Asia/Beijing' })).toEqual({
      code: 'TIMEZONE_UNKNOWN',
      paths: ['timezone'],
    });
  });

  test('to guess: an ambiguous text comes back with both readings', async () => {
    const { status, json } = await put({ ...JOB, cronExpression: '0 9 * * 1-5' });
    expect([status, json.code]).toEqual([422, 'SCHEDULE_AMBIGUOUS']);
    expect(json.readings.map(({ dialect }: { dialect: string }) => dialect)).toEqual(['apscheduler', 'unix']);
    expect(json.readings[0].next[0]).toBe('2026-01-03T01:00:00.000Z');
    expect((await put({ ...JOB, cronExpression: '0 9 * * 1-5', dialect: 'unix' })).status).toBe(201);
  });

  test('nothing ambiguous where the deployment has settled it', async () => {
    const settled = contractClientOf(inMemoryService({ dialect: 'unix' }));
    const { status, json } = await settled('PUT /admin/jobs/warm-cache', {
      body: { ...JOB, cronExpression: '0 9 * * 1-5' },
    });
    expect([status, json.dialect]).toEqual([201, 'unix']);
  });

  test('a function that is not registered, at the field that names it', async () => {
    const named = await put({ ...JOB, handler: 'warm_cahce' });
    expect(named.json).toMatchObject({ code: 'JOB_NOT_REGISTERED', errors: [{ path: 'handler' }] });
    expect(named.json.errors[0].hint).toContain("'warm-cache'");
    const own = await send('PUT /admin/jobs/own', { body: JOB });
    expect(own.json).toMatchObject({ code: 'JOB_NOT_REGISTERED', errors: [{ path: 'jobId' }] });
  });

  test('arguments that do not fit the function', async () => {
    const { status, json } = await send('PUT /admin/jobs/send-mail', {
      body: { ...JOB, jobKwargs: { to: 5, retries: 'x' } },
    });
    expect([status, json.code]).toEqual([422, 'KWARGS_INVALID']);
    expect(json.errors.map(({ path }: { path: string }) => path)).toEqual(['jobKwargs.to', 'jobKwargs.retries']);
  });

  test('every fault at once: text, zone and function', async () => {
    const body = { ...JOB, cronExpression: '99 * * * *', timezone: 'Mars/X', handler: 'none' };
    expect(await faultsOf(body)).toEqual({ code: 'INVALID_INPUT', paths: ['cronExpression', 'timezone', 'handler'] });
  });

  test('the mask where no secret is stored', async () => {
    expect(await faultsOf({ ...JOB, jobKwargs: { headers: { authorization: '***' } } })).toEqual({
      code: 'INVALID_INPUT',
      paths: ['jobKwargs.headers.authorization'],
    });
  });

  test('and stores nothing of it', async () => {
    await put({ ...JOB, cronExpression: 'x' });
    expect(await service.configs.count()).toBe(0);
  });
});
