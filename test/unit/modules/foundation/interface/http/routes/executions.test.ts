import { beforeEach, describe, expect, test } from 'vitest';
import { execution } from '../../../../../../support/in-memory-executions.ts';
import type { Client } from '../../../../../../support/in-memory-client.ts';
import { type InMemoryService, inMemoryService } from '../../../../../../support/in-memory-service.ts';
import { contractClientOf } from '../contract-client.ts';

let service: InMemoryService;
let send: Client;
beforeEach(() => {
  service = inMemoryService();
  const contract = contractClientOf(service);
  send = (request, options) => contract(request, { as: 'viewer', ...options });
  service.executions.rows.push(
    execution(1),
    execution(2, {
      jobId: 'send-mail',
      jobKwargs: { to: 'a@b.c', apiToken: 'hunter2' },
      result: { token: 'hunter2', ok: true },
    }),
    execution(3, {
      status: 'FAILED',
      failureReason: 'ERROR',
      errorMessage: '<b>boom</b>',
      errorStack: 'Error: boom\n    at run',
      result: null,
    }),
    execution(4, {
      status: 'RUNNING',
      finishedAt: null,
      durationMs: null,
      result: null,
      progress: { fraction: 0.5, message: 'half' },
    }),
  );
});

describe('GET /admin/executions', () => {
  test('lists all, newest first', async () => {
    const { status, json } = await send('GET /admin/executions');
    expect(status).toBe(200);
    expect(json.items.map(({ id }: { id: string }) => id.at(-1))).toEqual(['4', '3', '2', '1']);
    expect(json.nextCursor).toBeNull();
  });

  test('shows each as api says, with instants in UTC and milliseconds', async () => {
    const { json } = await send('GET /admin/executions?status=SUCCESS');
    expect(json.items[1]).toEqual({
      id: '00000000-0000-4000-8000-000000000001',
      jobId: 'warm-cache',
      status: 'SUCCESS',
      trigger: 'schedule',
      scheduledAt: '2026-01-02T00:00:59.960Z',
      startedAt: '2026-01-02T00:01:00.000Z',
      finishedAt: '2026-01-02T00:01:00.250Z',
      durationMs: 250,
      latenessMs: 40,
      attempt: 1,
      maxAttempts: 1,
      instanceId: 'instance-1',
      errorMessage: null,
      failureReason: null,
      result: { pages: 3 },
      progress: null,
      jobKwargs: {},
      idempotencyKey: 'warm-cache@2026-01-02T00:00:59.960Z',
    });
  });

  test('hands every filter on', async () => {
    await send(
      'GET /admin/executions?jobId=a&status=FAILED&trigger=manual&from=2026-01-01T08:00:00%2B08:00&to=2026-02-01T00:00:00Z&limit=7&cursor=1',
    );
    expect(service.executions.queries).toEqual([
      {
        jobId: 'a',
        status: 'FAILED',
        trigger: 'manual',
        from: new Date('2026-01-01T00:00:00Z'),
        to: new Date('2026-02-01T00:00:00Z'),
        limit: 7,
        cursor: '1',
      },
    ]);
  });

  test('goes on page by page, along the link', async () => {
    const first = await send('GET /admin/executions?limit=3&status=SUCCESS');
    expect(first.headers.get('link')).toBeNull();
    const { headers, json } = await send('GET /admin/executions?limit=3');
    expect(json.nextCursor).toBe('3');
    const next = /^<(\/[^>]+)>; rel="next"$/.exec(headers.get('link')!)![1]!;
    expect(next).toBe('/admin/executions?limit=3&cursor=3');
    const last = await send(`GET ${next as '/'}`);
    expect(last.json.items).toHaveLength(1);
    expect(last.headers.get('link')).toBeNull();
  });

  test('has 50 on a page where nothing is said', async () => {
    await send('GET /admin/executions');
    expect(service.executions.queries[0]!.limit).toBe(50);
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=1e2', 'limit'],
    ['limit=', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['status=DONE', 'status'],
    ['trigger=cron', 'trigger'],
    ['from=yesterday', 'from'],
    ['to=2026-13-01T00:00:00Z', 'to'],
    ['cursor=', 'cursor'],
    ['jobId=%00', 'jobId'],
    ['job_id=a', 'job_id'],
  ])('refuses ?%s', async (query, path) => {
    const { status, json } = await send(`GET /admin/executions?${query}`);
    expect(status).toBe(422);
    expect(json.errors).toMatchObject([{ path }]);
  });

  test('masks secrets among arguments and in results', async () => {
    const { json } = await send('GET /admin/executions');
    expect(JSON.stringify(json)).not.toContain('hunter2');
    expect(json.items[2]).toMatchObject({
      jobKwargs: { to: 'a@b.c', apiToken: '***' },
      result: { token: '***', ok: true },
    });
  });
});

describe('GET /admin/executions/:id', () => {
  test('shows one whole, with the stack of its error', async () => {
    const { status, json } = await send(`GET /admin/executions/${service.executions.rows[2]!.id}`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      status: 'FAILED',
      errorMessage: '<b>boom</b>',
      errorStack: 'Error: boom\n    at run',
    });
  });

  test('shows the progress of one that runs', async () => {
    const { json } = await send(`GET /admin/executions/${service.executions.rows[3]!.id}`);
    expect(json).toMatchObject({ status: 'RUNNING', finishedAt: null, progress: { fraction: 0.5, message: 'half' } });
  });

  test.each(['00000000-0000-4000-8000-00000000dead', 'nonsense', "1'%20or%201=1", '%00'])(
    'does not know %s',
    async (id) => {
      const { status, json } = await send(`GET /admin/executions/${id}`);
      expect([status, json.code]).toEqual([404, 'EXECUTION_NOT_FOUND']);
    },
  );
});

describe('GET /admin/jobs/:jobId/executions', () => {
  test("lists that job's alone", async () => {
    const { json } = await send('GET /admin/jobs/send-mail/executions');
    expect(json.items.map(({ jobId }: { jobId: string }) => jobId)).toEqual(['send-mail']);
  });

  test('lists those of a job that is gone', async () => {
    expect((await send('GET /admin/jobs/warm-cache/executions')).json.items).toHaveLength(3);
    expect((await send('GET /admin/jobs/send-mail/executions?status=FAILED')).json.items).toEqual([]);
  });

  test.each(['none', '%00', '%ff'])('does not know %s, which left nothing behind', async (jobId) => {
    const { status, json } = await send(`GET /admin/jobs/${jobId}/executions`);
    expect([status, json.code]).toEqual([404, 'JOB_NOT_FOUND']);
  });

  test('takes no jobId beside the one in its path', async () => {
    expect((await send('GET /admin/jobs/send-mail/executions?jobId=warm-cache')).status).toBe(422);
  });
});
