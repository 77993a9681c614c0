import { beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../../../../../support/in-memory-client.ts';
import { type InMemoryService, inMemoryService } from '../../../../../../support/in-memory-service.ts';
import { contractClientOf } from '../contract-client.ts';

let service: InMemoryService;
let send: Client;
beforeEach(() => {
  service = inMemoryService();
  const contract = contractClientOf(service);
  send = (request, options) => contract(request, { as: 'viewer', ...options });
  service.history.record({ type: 'job.created', jobId: 'warm-cache', actor: 'admin', detail: { before: null } }, 1);
  service.history.record({ type: 'run.lost', jobId: 'other', executionId: 'x' }, 2);
  service.history.record(
    { type: 'occurrence.skipped', jobId: 'warm-cache', scheduledAt: new Date(1_000), reason: 'overlap' },
    3,
  );
});

describe('GET /admin/events', () => {
  test('lists all, newest first, each with what it says', async () => {
    const { status, json } = await send('GET /admin/events');
    expect(status).toBe(200);
    expect(json.items.map(({ id }: { id: number }) => id)).toEqual([3, 2, 1]);
    expect(json.items[0]).toEqual({
      id: 3,
      at: '1970-01-01T00:00:00.003Z',
      type: 'occurrence.skipped',
      jobId: 'warm-cache',
      executionId: null,
      scheduledAt: '1970-01-01T00:00:01.000Z',
      reason: 'overlap',
      actor: null,
      detail: null,
    });
    expect(json.nextCursor).toBeNull();
  });

  test('shows no secret that a reason or an edit holds', async () => {
    const after = { jobKwargs: { url: 'https://u:sesame@a.example/?api_key=sesame', headers: { Cookie: 'sesame' } } };
    const reason = 'https://u:sesame@a.example/?token=sesame was down';
    service.history.record({ type: 'job.updated', jobId: 'warm-cache', reason, detail: { before: null, after } }, 4);
    const { json, text } = await send('GET /admin/events?limit=1');
    expect(text).not.toContain('sesame');
    expect(json.items[0]).toMatchObject({
      reason: 'https://u:***@a.example/?token=*** was down',
      detail: { after: { jobKwargs: { headers: { Cookie: '***' } } } },
    });
  });

  test('hands every filter on', async () => {
    await send(
      'GET /admin/events?jobId=a&type=job.updated&actor=admin&from=2026-01-01T08:00:00%2B08:00&to=2026-02-01T00:00:00Z&limit=7&cursor=1',
    );
    expect(service.history.queries).toEqual([
      {
        jobId: 'a',
        type: 'job.updated',
        actor: 'admin',
        from: new Date('2026-01-01T00:00:00Z'),
        to: new Date('2026-02-01T00:00:00Z'),
        limit: 7,
        cursor: '1',
      },
    ]);
  });

  test('goes on page by page, along the link, while events arrive', async () => {
    const { headers, json } = await send('GET /admin/events?limit=2');
    expect(json.items).toHaveLength(2);
    const next = /^<(\/[^>]+)>; rel="next"$/.exec(headers.get('link')!)![1]!;
    service.history.record({ type: 'run.lost', jobId: 'other' }, 4);
    const last = await send(`GET ${next as '/'}`);
    expect(last.json.items.map(({ id }: { id: number }) => id)).toEqual([1]);
    expect(last.headers.get('link')).toBeNull();
  });

  test.each([
    'type=job.exploded',
    'limit=0',
    'from=yesterday',
    'from=0000-01-01T00:00:00Z',
    'to=9999-12-31T23:59:59-12:00',
    'job_id=a',
    'cursor=',
  ])('refuses ?%s', async (query) => {
    expect((await send(`GET /admin/events?${query}`)).status).toBe(422);
  });

  test('needs a token', async () => {
    expect((await send('GET /admin/events', { as: null })).status).toBe(401);
  });
});
