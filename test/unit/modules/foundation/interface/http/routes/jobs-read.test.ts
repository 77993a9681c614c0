import { beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../../../../../support/in-memory-client.ts';
import { jobConfig } from '../../../../../../support/in-memory-job-configs.ts';
import { type InMemoryService, inMemoryService, NOW } from '../../../../../../support/in-memory-service.ts';
import { contractClientOf } from '../contract-client.ts';

let service: InMemoryService;
let send: Client;
beforeEach(() => {
  service = inMemoryService();
  const contract = contractClientOf(service);
  send = (request, options) => contract(request, { as: 'viewer', ...options });
});

function idsOf(json: { items: { jobId: string }[] }): string[] {
  return json.items.map(({ jobId }) => jobId);
}

describe('GET /admin/jobs', () => {
  beforeEach(() => {
    const handler = 'warm-cache';
    service.configs.insert(jobConfig('a-active', { handler, lastRunAt: new Date(NOW), tags: ['night'] }), {
      lastStatus: 'SUCCESS',
    });
    service.configs.insert(jobConfig('b-disabled', { handler, enabled: false }));
    service.configs.insert(jobConfig('c-invalid', { handler, cronExpression: '61 * * * *' }));
    service.configs.insert(jobConfig('d-unresolved', { handler: 'gone' }));
    service.configs.insert(jobConfig('e-late', { handler }), { nextFireAt: new Date(NOW - 60_000) });
    service.configs.insert(jobConfig('f-failing', { handler }), { lastStatus: 'FAILED' });
    service.configs.insert(jobConfig('g-paused', { handler, pausedAt: new Date(NOW), pauseReason: 'migration' }));
    service.configs.insert(jobConfig('h-new', { handler }));
  });

  test('gives each its state, and why', async () => {
    const { status, json } = await send('GET /admin/jobs');
    expect(status).toBe(200);
    const states = json.items.map(({ jobId, state }: { jobId: string; state: string }) => [jobId.slice(2), state]);
    expect(states.slice(0, 7).every(([name, state]: [string, string]) => name === state)).toBe(true);
    expect(states[7]).toEqual(['new', 'neverRan']);
    expect(json.items[2].stateReason).toContain('61');
    expect(json.items[6].stateReason).toBe('migration');
  });

  test('one row that cannot be read leaves the others readable', async () => {
    service.configs.insert(
      jobConfig('broken', { timezone: 'Mars/Olympus', jobKwargs: [] as never, startAt: new Date(Number.NaN) }),
    );
    const { status, json } = await send('GET /admin/jobs?q=broken');
    expect(status).toBe(200);
    expect(json.items[0]).toMatchObject({ state: 'invalid', startAt: null, nextRunAt: null, jobKwargs: {} });
  });

  test('shows when a job runs next: from its cursor, or as its schedule says, or never while it is stopped', async () => {
    const { json } = await send('GET /admin/jobs');
    const next = Object.fromEntries(
      json.items.map((job: { jobId: string; nextRunAt: string }) => [job.jobId, job.nextRunAt]),
    );
    expect(next).toMatchObject({
      'a-active': '2026-01-02T12:05:00.000Z',
      'b-disabled': null,
      'c-invalid': null,
      'e-late': '2026-01-02T11:59:00.000Z',
      'g-paused': null,
    });
  });

  test.each([
    ['q=LATE', ['e-late']],
    ['enabled=false', ['b-disabled']],
    ['handler=gone', ['d-unresolved']],
    ['tag=night', ['a-active']],
    ['state=failing', ['f-failing']],
    ['state=active&enabled=false', []],
  ])('filters by ?%s', async (query, ids) => {
    expect(idsOf((await send(`GET /admin/jobs?${query}`)).json)).toEqual(ids);
  });

  test('goes on page by page, along the link', async () => {
    const first = await send('GET /admin/jobs?limit=5&enabled=true&sort=jobId');
    expect(first.headers.get('link')).toBe(
      '</admin/jobs?limit=5&enabled=true&sort=jobId&cursor=f-failing>; rel="next"',
    );
    const second = await send(`GET /admin/jobs?limit=5&enabled=true&cursor=${first.json.nextCursor}`);
    expect(idsOf(second.json)).toEqual(['g-paused', 'h-new']);
    expect(second.json.nextCursor).toBeNull();
    expect(second.headers.get('link')).toBeNull();
  });

  test.each([
    ['limit=-1', 'limit'],
    ['enabled=yes', 'enabled'],
    ['state=ok', 'state'],
    ['sort=name', 'sort'],
    ['q=%00', 'q'],
    ['filter=x', 'filter'],
  ])('refuses ?%s', async (query, path) => {
    const { status, json } = await send(`GET /admin/jobs?${query}`);
    expect(status).toBe(422);
    expect(json.errors).toMatchObject([{ path }]);
  });

  test('says which parameter was probably meant', async () => {
    const { json } = await send('GET /admin/jobs?next_cursor=x&Limit=3');
    expect(json.errors).toMatchObject([{ path: 'next_cursor' }, { path: 'Limit', hint: "Did you mean 'limit'?" }]);
  });
});

describe('GET /admin/jobs/:jobId', () => {
  test('shows one whole, with its ETag', async () => {
    service.configs.insert(
      jobConfig('warm-cache', { revision: 7, jobKwargs: { apiToken: 'hunter2', url: 'https://a' } }),
    );
    const { status, headers, json } = await send('GET /admin/jobs/warm-cache');
    expect(status).toBe(200);
    expect(headers.get('etag')).toBe('"7"');
    expect(json).toMatchObject({
      jobId: 'warm-cache',
      cronExpression: '*/5 * * * *',
      revision: 7,
      state: 'neverRan',
      description: 'Every 5 minutes, UTC',
      descriptionZh: expect.stringMatching(/5 分钟/),
      jobKwargs: { apiToken: '***', url: 'https://a' },
      createdAt: '2026-01-01T00:00:00.000Z',
      warnings: [],
    });
    expect(json.nextOccurrences).toHaveLength(10);
    expect(json.nextOccurrences[9]).toBe('2026-01-02T12:50:00.000Z');
  });

  test('warns where the default dialect reads a text as others would not', async () => {
    service.configs.insert(jobConfig('warm-cache', { cronExpression: '0 9 * * 1-5', dialect: 'apscheduler' }));
    const { json } = await send('GET /admin/jobs/warm-cache');
    expect(json.warnings).toEqual([expect.stringContaining('as unix it means other times')]);
  });

  test('warns of arguments that do not fit, of a function that is missing, of a schedule that is over', async () => {
    service.configs.insert(jobConfig('send-mail', { jobKwargs: { to: 5 } }));
    service.configs.insert(jobConfig('gone'));
    service.configs.insert(jobConfig('warm-cache', { endAt: new Date(NOW - 1) }));
    const warningsOf = async (id: string) => (await send(`GET /admin/jobs/${id}`)).json.warnings as string[];
    expect(await warningsOf('send-mail')).toEqual([expect.stringContaining('jobKwargs.to')]);
    expect(await warningsOf('gone')).toEqual([expect.stringContaining("'gone'")]);
    expect(await warningsOf('warm-cache')).toEqual([expect.stringContaining('No occurrence is left')]);
  });

  test('shows an invalid row, with the reason among the warnings', async () => {
    service.configs.insert(jobConfig('warm-cache', { cronExpression: '0 0 31 2 *' }));
    const { status, json } = await send('GET /admin/jobs/warm-cache');
    expect(status).toBe(200);
    expect(json).toMatchObject({ state: 'invalid', nextRunAt: null, nextOccurrences: [] });
    expect(json.warnings).toContain(json.stateReason);
  });

  test('paused until an instant, runs next after it', async () => {
    const pausedUntil = new Date(NOW + 3_600_000);
    service.configs.insert(jobConfig('warm-cache', { pausedAt: new Date(NOW), pausedUntil }));
    const { json } = await send('GET /admin/jobs/warm-cache');
    expect(json).toMatchObject({
      state: 'paused',
      nextRunAt: '2026-01-02T13:00:00.000Z',
      pausedUntil: '2026-01-02T13:00:00.000Z',
    });
  });

  test('finds an id that only SQL would write', async () => {
    service.configs.insert(jobConfig('报表/每日 <b>', { handler: 'warm-cache' }));
    const { status, json } = await send(`GET /admin/jobs/${encodeURIComponent('报表/每日 <b>')}` as 'GET /x');
    expect([status, json.jobId]).toEqual([200, '报表/每日 <b>']);
  });

  test.each(['none', '%00', '%E0%A4%A', '..%2F..%2Fetc', "1'--", '%F0%9F%98%80'])('does not know %s', async (id) => {
    const { status, json } = await send(`GET /admin/jobs/${id}`);
    expect([status, json.code]).toEqual([404, 'JOB_NOT_FOUND']);
  });
});
