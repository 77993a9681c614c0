import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { isSecretKey, MASK } from '../../../../../../src/modules/foundation/domain/secret-key.ts';
import type { Client } from '../../../../../support/in-memory-client.ts';
import { jobConfig } from '../../../../../support/in-memory-job-configs.ts';
import { type InMemoryService, inMemoryService } from '../../../../../support/in-memory-service.ts';
import { contractClientOf } from './contract-client.ts';

/** Each is a text like any other: stored as it is, answered as it is, in JSON. */
const HOSTILE_TEXTS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'; drop table scheduler_job_config; --",
  '${7*7} {{7*7}} <%= 7*7 %>',
  'a\r\nSet-Cookie: admin=1',
  '../../etc/passwd',
  '\u202egnp.exe',
  'Ω≈ç√∫ 每日 😀 \ufeff',
  '__proto__',
  '%00%0a%s%n',
];

let service: InMemoryService;
let send: Client;
beforeEach(() => {
  service = inMemoryService();
  send = contractClientOf(service);
  service.configs.insert(jobConfig('warm-cache'));
});

describe('hostile texts', () => {
  test.each(HOSTILE_TEXTS)('%j is stored and answered as the text that it is', async (text) => {
    const body = { jobName: text, notes: text, tags: [text.slice(0, 50)], jobKwargs: { [text]: text } };
    const { status, headers, json } = await send('PATCH /admin/jobs/warm-cache', { body });
    expect(status).toBe(200);
    expect(json).toMatchObject({ jobName: text, notes: text });
    expect(Object.entries(json.jobKwargs)).toEqual([[text, isSecretKey(text) ? MASK : text]]);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('set-cookie')).toBeNull();
  });

  test.each(HOSTILE_TEXTS)('%j opens nothing as an id, a filter, a schedule or a zone', async (text) => {
    const path = encodeURIComponent(text);
    expect((await send(`GET /admin/jobs/${path}`)).status).toBe(404);
    expect((await send(`GET /admin/executions/${path}`)).status).toBe(404);
    expect((await send(`GET /admin/jobs?q=${path}&tag=${path}&handler=${path}`)).json.items).toEqual([]);
    const preview = { cronExpression: text, timezone: text };
    expect((await send('POST /admin/schedules/preview', { body: preview })).status).toBe(422);
    expect((await send('PATCH /admin/jobs/warm-cache', { body: { handler: text } })).status).toBe(422);
  });

  test('no object gets a new ancestor', async () => {
    const body = '{"jobKwargs": {"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}}';
    const { json } = await send('PATCH /admin/jobs/warm-cache', { body });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.keys(json.jobKwargs)).toEqual(['__proto__', 'constructor']);
  });
});

describe('any JSON at all', () => {
  const FIELDS = [
    'jobName',
    'cronExpression',
    'timezone',
    'dialect',
    'jobKwargs',
    'tags',
    'startAt',
    'maxAttempts',
    'count',
    'from',
    'reason',
  ];
  const anyObject = fc.dictionary(fc.constantFrom(...FIELDS), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
  const requests = [
    'PUT /admin/jobs/new-job',
    'PATCH /admin/jobs/warm-cache',
    'POST /admin/jobs/warm-cache/trigger',
    'POST /admin/schedules/preview',
  ] as const;

  test('is answered as the document says, and never by a 500', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...requests), fc.oneof(anyObject, fc.jsonValue()), async (request, body) => {
        const { status } = await send(request, { body: JSON.stringify(body) });
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 400 },
    );
    expect(service.logger.lines).toEqual([]);
  });

  test('no bytes break the reading of a body', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (body) => {
        const { status } = await send('PATCH /admin/jobs/warm-cache', { body: `{${body}` });
        expect([200, 400, 422]).toContain(status);
      }),
      { numRuns: 200 },
    );
  });

  test('no query breaks a list', async () => {
    const name = fc.constantFrom('limit', 'cursor', 'q', 'enabled', 'state', 'from', 'status', 'sort');
    await fc.assert(
      fc.asyncProperty(name, fc.string({ unit: 'binary' }), async (key, value) => {
        const query = `${key}=${encodeURIComponent(value.toWellFormed())}`;
        expect([200, 422]).toContain((await send(`GET /admin/jobs?${query}`)).status);
        expect([200, 422]).toContain((await send(`GET /admin/executions?${query}`)).status);
      }),
      { numRuns: 200 },
    );
  });
});
