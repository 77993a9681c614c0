import { beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../../../../support/in-memory-client.ts';
import { jobConfig } from '../../../../../support/in-memory-job-configs.ts';
import { type InMemoryService, inMemoryService } from '../../../../../support/in-memory-service.ts';
import { contractClientOf } from './contract-client.ts';

const TRIGGER = 'POST /admin/jobs/warm-cache/trigger' as const;
const BACKFILL = 'POST /admin/jobs/warm-cache/backfill' as const;
const hour = { from: '2026-01-02T00:00:00Z', to: '2026-01-02T01:00:00Z' };
const headers = { 'idempotency-key': 'order-1' };
let service: InMemoryService;
let send: Client;
beforeEach(() => {
  service = inMemoryService();
  const contract = contractClientOf(service);
  send = (request, options) => contract(request, { as: 'operator', ...options });
  service.configs.insert(jobConfig('warm-cache'));
});

describe('Idempotency-Key', () => {
  test.each([
    [TRIGGER, { reason: 'why' }, 1],
    [BACKFILL, hour, 12],
  ] as const)('%s sent again has one effect, and gets the first answer', async (route, body, runs) => {
    const first = await send(route, { body, headers });
    const again = await send(route, { body, headers });
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.json).toEqual(first.json);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect([first, again].map((answer) => answer.headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    expect(service.pending.runs).toHaveLength(runs);
  });

  test('stands for one payload', async () => {
    await send(TRIGGER, { body: { reason: 'one' }, headers });
    const { status, json } = await send(TRIGGER, { body: { reason: 'other' }, headers });
    expect([status, json.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    expect(service.pending.runs).toHaveLength(1);
  });

  test('of another caller, or on another route, is another key', async () => {
    await send(TRIGGER, { headers });
    await send(TRIGGER, { headers, as: 'admin' });
    await send(BACKFILL, { body: hour, headers });
    expect(service.pending.runs).toHaveLength(14);
  });

  test('is kept under a name that any database keeps, whatever the path holds', async () => {
    const taken: string[] = [];
    const take = service.idempotencyKeys.take.bind(service.idempotencyKeys);
    service.idempotencyKeys.take = (request) => {
      taken.push(request.scope);
      return take(request);
    };
    for (const jobId of ['%00', '%E5%B7%A5', 'warm-cache']) {
      await send(`POST /admin/jobs/${jobId}/trigger` as typeof TRIGGER, { headers });
    }
    expect(taken.map((scope) => scope.split(' ')[2])).toEqual(
      ['%00', '%E5%B7%A5', 'warm-cache'].map((jobId) => `/admin/jobs/${jobId}/trigger`),
    );
  });

  test('is not answered twice at once', async () => {
    service.idempotencyKeys.areAllHeld = true;
    const { status, json, headers: answered } = await send(TRIGGER, { headers });
    expect([status, json.code]).toEqual([409, 'IDEMPOTENCY_KEY_IN_FLIGHT']);
    expect(answered.get('retry-after')).toBe('2');
  });

  test('taken over after its process died between effect and answer has no second effect', async () => {
    for (const [route, body] of [
      [TRIGGER, {}],
      [BACKFILL, hour],
    ] as const) {
      const first = await send(route, { body, headers });
      for (const entry of service.idempotencyKeys.entries.values()) {
        Object.assign(entry, { answer: null, isHeld: false });
      }
      const before = service.pending.runs.length;
      const again = await send(route, { body, headers });
      expect(again.status).toBe(202);
      expect(again.json.id).toBe(first.json.id);
      expect(service.pending.runs).toHaveLength(before);
    }
  });

  test('is free again after a refusal, and held for the same request after a fault', async () => {
    expect((await send(TRIGGER, { body: { reasons: 1 }, headers })).status).toBe(422);
    service.configs.failure = new Error('planted');
    expect((await send(TRIGGER, { body: { reason: 'a' }, headers })).status).toBe(500);
    service.configs.failure = null;
    expect((await send(TRIGGER, { body: { reason: 'b' }, headers })).json.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect((await send(TRIGGER, { body: { reason: 'a' }, headers })).status).toBe(202);
  });

  test.each(['x'.repeat(256), 'a b', ''])('refuses %j', async (key) => {
    const { status, json } = await send(TRIGGER, { headers: { 'idempotency-key': key } });
    expect(status).toBe(422);
    expect(json.errors).toMatchObject([{ path: 'Idempotency-Key' }]);
  });
});
