import { describe, expect, test } from 'vitest';
import { inMemoryService } from '../../../../../../support/in-memory-service.ts';
import { contractClientOf } from '../contract-client.ts';

const DEGRADED = {
  mode: 'degraded',
  checks: [{ name: 'database', ok: false, detail: 'No answer for 12 s; tried again every second.' }],
} as const;

describe('GET /livez', () => {
  test('says that the process lives, whatever else is wrong', async () => {
    const service = inMemoryService();
    service.report.current = DEGRADED;
    expect(await contractClientOf(service)('GET /livez', { as: null })).toMatchObject({
      status: 200,
      json: { status: 'ok' },
    });
  });
});

describe('GET /readyz', () => {
  test('is 200 while all is well', async () => {
    const service = inMemoryService();
    const checks = [{ name: 'database' as const, ok: true, detail: 'Answered.' }];
    service.report.current = { mode: 'normal', checks };
    const { status, json } = await contractClientOf(service)('GET /readyz', { as: null });
    expect([status, json]).toEqual([200, { mode: 'normal', checks }]);
  });

  test('is 503 when degraded, and says what is wrong', async () => {
    const service = inMemoryService();
    service.report.current = DEGRADED;
    const { status, json } = await contractClientOf(service)('GET /readyz', { as: null });
    expect([status, json]).toEqual([503, DEGRADED]);
  });
});
