import { beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../../../../../support/in-memory-client.ts';
import { jobConfig } from '../../../../../../support/in-memory-job-configs.ts';
import { type InMemoryService, inMemoryService, NOW } from '../../../../../../support/in-memory-service.ts';
import { contractClientOf } from '../contract-client.ts';

const UNTIL = new Date(NOW + 3_600_000).toISOString();

let service: InMemoryService;
let send: Client;
beforeEach(() => {
  service = inMemoryService();
  send = contractClientOf(service);
  service.configs.insert(jobConfig('warm-cache'));
});

describe('POST /admin/jobs/:jobId/pause', () => {
  test('stops the job until an instant, and says when it runs next', async () => {
    const body = { reason: 'migration', until: UNTIL };
    const { status, headers, json } = await send('POST /admin/jobs/warm-cache/pause', { as: 'operator', body });
    expect([status, headers.get('etag')]).toEqual([200, '"2"']);
    expect(json).toMatchObject({ state: 'paused', stateReason: 'migration', pausedUntil: UNTIL, nextRunAt: UNTIL });
    expect(service.pauses.orders).toMatchObject([{ actor: 'operator', until: new Date(UNTIL) }]);
  });

  test('needs no body: until somebody resumes it', async () => {
    const { json } = await send('POST /admin/jobs/warm-cache/pause');
    expect(json).toMatchObject({ state: 'paused', pausedUntil: null, nextRunAt: null, nextOccurrences: [] });
  });

  test.each([new Date(NOW).toISOString(), '2001-01-01T00:00:00Z', 'tomorrow', '9999-12-31T23:59:59-00:01'])(
    'refuses until %s',
    async (until) => {
      const { status, json } = await send('POST /admin/jobs/warm-cache/pause', { body: { until } });
      expect(status).toBe(422);
      expect(json.errors).toMatchObject([{ path: 'until' }]);
      expect(service.pauses.orders).toEqual([]);
    },
  );

  test.each(['none', '%00'])('does not know %s', async (jobId) => {
    expect((await send(`POST /admin/jobs/${jobId}/pause`)).json.code).toBe('JOB_NOT_FOUND');
    expect((await send(`POST /admin/jobs/${jobId}/resume`)).json.code).toBe('JOB_NOT_FOUND');
  });

  test('is not for a viewer', async () => {
    expect((await send('POST /admin/jobs/warm-cache/pause', { as: 'viewer' })).status).toBe(403);
    expect((await send('POST /admin/jobs/warm-cache/resume', { as: 'viewer' })).status).toBe(403);
  });
});

describe('POST /admin/jobs/:jobId/resume', () => {
  test('lets it go on; a pause that is over is not shown', async () => {
    await send('POST /admin/jobs/warm-cache/pause', { body: { reason: 'migration' } });
    const { status, json } = await send('POST /admin/jobs/warm-cache/resume', { as: 'operator' });
    expect(status).toBe(200);
    expect(json).toMatchObject({ state: 'neverRan', pausedAt: null, pausedUntil: null, pauseReason: null });
    expect(json.nextRunAt).not.toBeNull();
    expect(service.pauses.orders[1]).toMatchObject({ catchUp: false, actor: 'operator' });
  });

  test('catches up where that is asked for', async () => {
    await send('POST /admin/jobs/warm-cache/resume', { body: { catchUp: true } });
    expect(service.pauses.orders).toMatchObject([{ catchUp: true }]);
  });

  test.each([{ catchUp: 'yes' }, { reason: 'x' }])('refuses %j', async (body) => {
    expect((await send('POST /admin/jobs/warm-cache/resume', { body })).status).toBe(422);
  });
});
