import { beforeEach, describe, expect, test } from 'vitest';
import type { Answer, Client } from '../../../../../../support/in-memory-client.ts';
import { jobConfig } from '../../../../../../support/in-memory-job-configs.ts';
import { type InMemoryService, inMemoryService } from '../../../../../../support/in-memory-service.ts';
import { contractClientOf } from '../contract-client.ts';

let service: InMemoryService;
let send: Client;
let patch: (body: unknown, headers?: Record<string, string>) => Promise<Answer>;
beforeEach(() => {
  service = inMemoryService();
  send = contractClientOf(service);
  patch = (body, headers = {}) => send('PATCH /admin/jobs/warm-cache', { body, headers });
  service.configs.insert(
    jobConfig('warm-cache', {
      revision: 4,
      notes: 'old',
      timeoutMs: 500,
      jobKwargs: { apiToken: 'hunter2', url: 'https://a' },
    }),
  );
});

describe('PATCH /admin/jobs/:jobId', () => {
  test('changes what is named and nothing else', async () => {
    const { status, headers, json } = await patch({ cronExpression: '0 * * * *', timeoutMs: null });
    expect(status).toBe(200);
    expect(headers.get('etag')).toBe('"5"');
    expect(json).toMatchObject({ cronExpression: '0 * * * *', timeoutMs: null, notes: 'old', dialect: 'unix' });
    expect(service.configs.edits).toEqual([{ actor: 'admin', ifRevision: 4 }]);
  });

  test('keeps the dialect that the job has: a new text is read in it', async () => {
    const { status, json } = await patch({ cronExpression: '0 9 * * 1-5' });
    expect([status, json.dialect]).toEqual([200, 'unix']);
    expect(json.nextOccurrences[0]).toBe('2026-01-05T09:00:00.000Z');
  });

  test("keeps a secret that comes back as '***'", async () => {
    await patch({ jobKwargs: { apiToken: '***', url: 'https://b' } });
    expect(service.configs.stored('warm-cache').jobKwargs).toEqual({ apiToken: 'hunter2', url: 'https://b' });
    await patch({ jobKwargs: { url: 'https://b' } });
    expect(service.configs.stored('warm-cache').jobKwargs).toEqual({ url: 'https://b' });
  });

  test('with nothing in it, changes nothing but the revision', async () => {
    expect((await patch({})).json).toMatchObject({ notes: 'old', revision: 5 });
  });

  test('obeys If-Match where it is sent', async () => {
    expect((await patch({ notes: 'new' }, { 'if-match': '"3"' })).status).toBe(412);
    expect((await patch({ notes: 'new' }, { 'if-match': '"4"' })).status).toBe(200);
  });

  test('without If-Match, is laid over what somebody else has just written', async () => {
    service.configs.beforeUpsert = () =>
      service.configs.insert(jobConfig('warm-cache', { revision: 9, jobName: 'Theirs' }));
    const { status, json } = await patch({ notes: 'mine' });
    expect(status).toBe(200);
    expect(json).toMatchObject({ notes: 'mine', jobName: 'Theirs', revision: 10 });
  });

  test('with If-Match, gives way to it', async () => {
    service.configs.beforeUpsert = () => service.configs.insert(jobConfig('warm-cache', { revision: 9 }));
    expect((await patch({ notes: 'mine' }, { 'if-match': '"4"' })).status).toBe(412);
  });

  test('gives up after a few others in a row', async () => {
    let revision = 10;
    const other = () => {
      revision += 1;
      service.configs.insert(jobConfig('warm-cache', { revision }));
      service.configs.beforeUpsert = other;
    };
    service.configs.beforeUpsert = other;
    expect((await patch({ notes: 'mine' })).status).toBe(412);
    expect(revision).toBe(13);
  });

  test('does not know a job that is not there', async () => {
    const { status, json } = await send('PATCH /admin/jobs/none', { body: { notes: 'x' } });
    expect([status, json.code]).toEqual([404, 'JOB_NOT_FOUND']);
  });

  test.each([
    [{ cronExpression: 'x' }, 'cronExpression'],
    [{ timezone: 'Mars/X' }, 'timezone'],
    [{ handler: 'none' }, 'handler'],
    [{ jobName: '' }, 'jobName'],
    [{ dialect: null }, 'dialect'],
    [{ maxAttempts: -1 }, 'maxAttempts'],
    [{ job_name: 'x' }, 'job_name'],
    [{ jobId: 'other' }, 'jobId'],
  ])('refuses %j at %s', async (body, path) => {
    const { status, json } = await patch(body);
    expect(status).toBe(422);
    expect(json.errors).toMatchObject([{ path }]);
  });
});

describe('PATCH /admin/jobs/:jobId on a row that SQL broke', () => {
  beforeEach(() => {
    service.configs.insert(
      jobConfig('warm-cache', { cronExpression: 'every now and then', handler: 'gone', revision: 4 }),
    );
  });

  test('can disable it', async () => {
    const { status, json } = await patch({ enabled: false });
    expect(status).toBe(200);
    expect(json).toMatchObject({ enabled: false, state: 'invalid' });
  });

  test('can mend it in steps', async () => {
    expect((await patch({ cronExpression: '0 * * * *' })).json.state).toBe('unresolved');
    expect((await patch({ handler: null })).json.state).toBe('neverRan');
  });

  test('cannot switch it on', async () => {
    const { status, json } = await patch({ enabled: true });
    expect(status).toBe(422);
    expect(json.errors.map(({ path }: { path: string }) => path)).toEqual(['cronExpression', 'handler']);
  });
});
