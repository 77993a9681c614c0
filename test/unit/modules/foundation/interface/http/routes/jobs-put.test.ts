import { beforeEach, describe, expect, test } from 'vitest';
import type { Answer, Client } from '../../../../../../support/in-memory-client.ts';
import { jobConfig } from '../../../../../../support/in-memory-job-configs.ts';
import { type InMemoryService, inMemoryService } from '../../../../../../support/in-memory-service.ts';
import { contractClientOf } from '../contract-client.ts';

const JOB = { jobName: 'Warm', cronExpression: '*/5 * * * *' };

let service: InMemoryService;
let send: Client;
let put: (body: unknown, headers?: Record<string, string>) => Promise<Answer>;
beforeEach(() => {
  service = inMemoryService();
  send = contractClientOf(service);
  put = (body, headers = {}) => send('PUT /admin/jobs/warm-cache', { body, headers });
});

describe('PUT /admin/jobs/:jobId creates', () => {
  test('with the defaults of what is left out', async () => {
    const { status, headers, json } = await put(JOB);
    expect(status).toBe(201);
    expect(headers.get('etag')).toBe('"1"');
    expect(headers.get('location')).toBe('/admin/jobs/warm-cache');
    expect(json).toMatchObject({
      jobId: 'warm-cache',
      timezone: 'Asia/Shanghai',
      enabled: true,
      jobKwargs: {},
      handler: null,
      misfirePolicy: 'once',
      overlapPolicy: 'skip',
      maxAttempts: 1,
      state: 'neverRan',
      nextRunAt: '2026-01-02T12:05:00.000Z',
    });
    expect(service.configs.edits).toEqual([{ actor: 'admin', ifRevision: null }]);
  });

  test('with all that may be set', async () => {
    const all = {
      ...JOB,
      jobId: 'warm-cache',
      dialect: 'unix',
      timezone: 'Europe/Berlin',
      enabled: false,
      jobKwargs: { a: [1, { b: null }] },
      handler: 'warm-cache',
      misfirePolicy: 'all',
      misfireGraceMs: 60_000,
      catchUpLimit: 5,
      overlapPolicy: 'queueOne',
      maxAttempts: 3,
      retryBackoffMs: 10,
      retryBackoffMax: 20,
      onLost: 'retry',
      timeoutMs: 1_000,
      jitterMs: 5,
      outagePolicy: 'hold',
      startAt: '2026-01-01T00:00:00.000Z',
      endAt: '2027-01-01T00:00:00.000Z',
      dstGap: 'gapEnd',
      dstOverlap: 'both',
      tags: ['night', '夜'],
      notes: 'Ask the owner first.',
    };
    const { status, json } = await put(all);
    expect(status).toBe(201);
    expect(json).toMatchObject(all);
    expect(json.state).toBe('disabled');
  });

  test('only, with If-None-Match: *', async () => {
    expect((await put(JOB, { 'if-none-match': '*' })).status).toBe(201);
    const again = await put(JOB, { 'if-none-match': '*' });
    expect([again.status, again.json.code]).toEqual([412, 'REVISION_CONFLICT']);
  });

  test('a job whose function is named by its handler', async () => {
    const { status } = await send('PUT /admin/jobs/my.own:job-1', { body: { ...JOB, handler: 'warm-cache' } });
    expect(status).toBe(201);
  });

  test.each(['a%2Fb', '%20', '-a', 'x'.repeat(201), '每日', 'a@b'])('not under the id %s', async (id) => {
    const { status, json } = await send(`PUT /admin/jobs/${id}`, { body: { ...JOB, handler: 'warm-cache' } });
    expect(status).toBe(422);
    expect(json.errors).toMatchObject([{ path: 'jobId' }]);
  });
});

describe('PUT /admin/jobs/:jobId replaces', () => {
  beforeEach(() => {
    service.configs.insert(
      jobConfig('warm-cache', { revision: 4, notes: 'old', jobKwargs: { apiToken: 'hunter2', url: 'https://a' } }),
    );
  });

  test('with the ETag of what was read, and forgets what is left out', async () => {
    const { status, headers, json } = await put(JOB, { 'if-match': '"4"' });
    expect(status).toBe(200);
    expect(headers.get('etag')).toBe('"5"');
    expect(headers.get('location')).toBeNull();
    expect(json).toMatchObject({ jobName: 'Warm', notes: null, jobKwargs: {} });
  });

  test('whatever is there, with If-Match: *', async () => {
    expect((await put(JOB, { 'if-match': '*' })).status).toBe(200);
  });

  test('nothing that the caller has not seen: 428 without If-Match', async () => {
    const { status, json } = await put(JOB);
    expect([status, json.code]).toEqual([428, 'REVISION_REQUIRED']);
    expect(service.configs.stored('warm-cache').revision).toBe(4);
  });

  test.each(['"3"', 'W/"4"', '"four"', '""'])('nothing at another revision: If-Match %s is 412', async (tag) => {
    const { status, json } = await put(JOB, { 'if-match': tag });
    expect(status).toBe(412);
    expect(json).toMatchObject({ code: 'REVISION_CONFLICT', currentRevision: 4 });
  });

  test('nothing that somebody else changes in the same moment', async () => {
    service.configs.beforeUpsert = () => service.configs.insert(jobConfig('warm-cache', { revision: 9 }));
    const { status, json } = await put(JOB, { 'if-match': '"4"' });
    expect(status).toBe(412);
    expect(json.currentRevision).toBe(9);
  });

  test('an answer that comes back edited: what only the service sets is left out of account, and secrets are kept', async () => {
    const { headers, json } = await send('GET /admin/jobs/warm-cache');
    const { status } = await put({ ...json, notes: 'new' }, { 'if-match': headers.get('etag')! });
    expect(status).toBe(200);
    expect(service.configs.stored('warm-cache')).toMatchObject({
      notes: 'new',
      jobKwargs: { apiToken: 'hunter2', url: 'https://a' },
      createdAt: new Date('2026-01-01T00:00:00.000Z'),
    });
  });
});

describe('PUT /admin/jobs/:jobId finds no job to replace', () => {
  test.each(['"1"', '*'])('If-Match: %s is 412', async (tag) => {
    expect((await put(JOB, { 'if-match': tag })).status).toBe(412);
  });

  test('and somebody creates it in the same moment: 428', async () => {
    service.configs.beforeUpsert = () => service.configs.insert(jobConfig('warm-cache'));
    expect((await put(JOB)).status).toBe(428);
  });
});
