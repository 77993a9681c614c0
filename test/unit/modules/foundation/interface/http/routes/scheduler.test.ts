import { beforeEach, describe, expect, test } from 'vitest';
import { DatabaseUnavailableError } from '../../../../../../../src/modules/foundation/domain/errors.ts';
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

describe('GET /admin/scheduler', () => {
  test('shows the instances, with heartbeat, runtime, version and lease', async () => {
    const { status, json } = await send('GET /admin/scheduler');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      mode: 'normal',
      at: '2026-01-02T12:00:00.000Z',
      instanceId: 'instance-1',
      instances: [
        {
          id: 'instance-1',
          runtime: 'node 24.0.0',
          version: '0.1.0',
          renewedAt: '2026-01-02T11:59:59.000Z',
          expiresAt: '2026-01-02T12:00:14.000Z',
          isLive: true,
        },
      ],
    });
  });

  test('counts the jobs by the state that their list shows', async () => {
    service.configs.insert(jobConfig('warm-cache'), { lastStatus: 'FAILED' });
    service.configs.insert(jobConfig('a-disabled', { enabled: false }));
    service.configs.insert(jobConfig('b-invalid', { cronExpression: 'never' }));
    service.configs.insert(jobConfig('c-unresolved', { handler: 'gone' }));
    for (let at = 0; at < 1_200; at += 1) service.configs.insert(jobConfig(`many-${at}`, { handler: 'warm-cache' }));
    const { jobs } = (await send('GET /admin/scheduler')).json;
    expect(jobs).toEqual({
      total: 1_204,
      states: {
        active: 0,
        paused: 0,
        disabled: 1,
        invalid: 1,
        unresolved: 1,
        late: 0,
        failing: 1,
        neverRan: 1_200,
      },
    });
  });

  test('says what is overdue, and how late runs start', async () => {
    const lateness = { runs: 900, p50Ms: 3, p95Ms: 11, p99Ms: 40, maxMs: 2_000 };
    service.figures.overrides = { running: 3, pending: 2, due: 5, oldestDueAt: new Date(NOW - 61_500), lateness };
    expect((await send('GET /admin/scheduler')).json).toMatchObject({
      runs: { running: 3, pending: 2 },
      overdue: { jobs: 5, oldestAt: '2026-01-02T11:58:58.500Z', oldestMs: 61_500 },
      lateness,
    });
  });

  test('says of what falls due a moment after the clock was read, or was set back, that it is not late', async () => {
    service.figures.overrides = { due: 1, oldestDueAt: new Date(NOW + 3_600_000) };
    expect((await send('GET /admin/scheduler')).json.overdue).toMatchObject({ jobs: 1, oldestMs: 0 });
    service.figures.overrides = { due: 1, oldestDueAt: new Date(NOW) };
    expect((await send('GET /admin/scheduler')).json.overdue).toMatchObject({ jobs: 1, oldestMs: 0 });
  });

  test('says that it is degraded, and why', async () => {
    const check = { name: 'scheduler', ok: false, detail: 'The loop has not been started yet.' } as const;
    service.report.current = { mode: 'degraded', checks: [check] };
    expect((await send('GET /admin/scheduler')).json).toMatchObject({ mode: 'degraded', checks: [check] });
  });

  test('is 503 where the database is away', async () => {
    service.figures.failure = new DatabaseUnavailableError('connect ECONNREFUSED');
    expect((await send('GET /admin/scheduler')).status).toBe(503);
  });
});
