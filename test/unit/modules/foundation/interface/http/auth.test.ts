import { beforeEach, describe, expect, test } from 'vitest';
import { CAPACITY, REFILL_MS } from '../../../../../../src/modules/foundation/interface/http/failure-limit.ts';
import { type Client, clientOf } from '../../../../../support/in-memory-client.ts';
import { type InMemoryService, inMemoryService, TOKENS } from '../../../../../support/in-memory-service.ts';
import { METHODS, PATH_TRICKS } from './path-tricks.ts';

const PAGES = ['/livez', '/readyz', '/sign-in', '/sign-in.js'];
const OPEN = new Set([
  ...PAGES.flatMap((path) => [`GET ${path}`, `HEAD ${path}`]),
  // Whoever signs in shows the token itself; signing out takes a cookie away.
  'POST /session',
  'DELETE /session',
]);

let service: InMemoryService;
let send: Client;
beforeEach(() => {
  service = inMemoryService();
  send = clientOf(service);
});

function pathsOf(app: InMemoryService['app']): string[] {
  const paths = app.routes.filter(({ method }) => method !== 'ALL').map(({ path }) => path);
  return [...new Set(paths)].map((path) => path.replaceAll(/:\w+/g, 'warm-cache'));
}

describe('guard()', () => {
  test('opens the health routes and nothing else, however the path is spelled', async () => {
    const opened = new Set<string>();
    for (const path of [...pathsOf(service.app), '/', '/admin', '/docs', '/metrics', '/nothing']) {
      for (const trick of PATH_TRICKS) {
        for (const method of METHODS) {
          const request = new Request(new URL(`http://localhost${trick(path)}`), { method });
          const { status } = await service.app.request(request);
          if (status !== 401) opened.add(`${request.method} ${decodeURI(new URL(request.url).pathname)}`);
        }
      }
    }
    expect(opened).toEqual(OPEN);
  });

  test('walks over the routes that there are', () => {
    expect(pathsOf(service.app)).toContain('/admin/jobs/warm-cache/trigger');
    expect(pathsOf(service.app).length).toBeGreaterThanOrEqual(11);
  });

  test('stands before the reading of a body', async () => {
    const body = 'x'.repeat(2_000_000);
    expect((await send('PUT /admin/jobs/a', { as: null, body })).status).toBe(401);
  });

  test('answers a missing token with the challenge of RFC 6750', async () => {
    const { status, headers, json } = await send('GET /admin/jobs', { as: null });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="carillon"');
    expect(json).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
  });

  test.each([
    'Bearer wrong',
    `Basic ${TOKENS.admin}`,
    TOKENS.admin,
    'Bearer',
    `Bearer ${TOKENS.admin} extra`,
    `Bearer ${TOKENS.admin.toUpperCase()}`,
    `Bearer ${TOKENS.admin.slice(0, -1)}`,
  ])('does not take %s', async (authorization) => {
    const { status } = await send('GET /admin/jobs', { as: null, headers: { authorization } });
    expect(status).toBe(401);
  });

  test('takes the scheme in any case', async () => {
    const { status } = await send('GET /admin/jobs', {
      as: null,
      headers: { authorization: `bearer ${TOKENS.viewer}` },
    });
    expect(status).toBe(200);
  });

  test.each([
    ['viewer', 'GET /admin/jobs', 200],
    ['viewer', 'GET /openapi.json', 200],
    ['viewer', 'POST /admin/schedules/preview', 415],
    ['viewer', 'POST /admin/jobs/a/trigger', 403],
    ['viewer', 'PUT /admin/jobs/a', 403],
    ['viewer', 'PATCH /admin/jobs/a', 403],
    ['viewer', 'DELETE /admin/jobs/a', 403],
    ['operator', 'GET /admin/jobs', 200],
    ['operator', 'POST /admin/jobs/a/trigger', 404],
    ['operator', 'POST /admin/jobs/a%2Fb/trigger', 404],
    ['operator', 'PUT /admin/jobs/a', 403],
    ['operator', 'PATCH /admin/jobs/a', 403],
    ['operator', 'POST /admin/executions', 403],
    ['admin', 'POST /admin/jobs/a/trigger', 404],
    ['admin', 'POST /admin/executions', 405],
  ] as const)('%s, %s: %i', async (as, request, status) => {
    const headers: Record<string, string> = request.includes('preview') ? { 'content-type': 'text/plain' } : {};
    const body = request.includes('preview') ? '{}' : undefined;
    expect((await send(request, { as, headers, body })).status).toBe(status);
  });

  test('says which role is needed', async () => {
    const { headers, json } = await send('POST /admin/jobs/a/trigger', { as: 'viewer' });
    expect(json).toMatchObject({ code: 'FORBIDDEN', detail: expect.stringContaining("'operator'") });
    expect(headers.get('www-authenticate')).toContain('scope="operator"');
  });

  test('without any token configured, opens nothing', async () => {
    const closed = clientOf(inMemoryService({ tokens: {} }));
    expect((await closed('GET /admin/jobs')).status).toBe(401);
    expect((await closed('GET /livez')).status).toBe(200);
  });

  test('under a base path, opens the health routes below it, and at the root', async () => {
    const based = clientOf(inMemoryService({ basePath: '/carillon' }));
    expect((await based('GET /carillon/livez', { as: null })).status).toBe(200);
    expect((await based('GET /livez', { as: null })).status).toBe(200);
    expect((await based('GET /carillon/carillon/livez', { as: null })).status).toBe(401);
    expect((await based('GET /carillonlivez', { as: null })).status).toBe(401);
    expect((await based('POST /carillon/admin/jobs/a/trigger', { as: 'operator' })).status).toBe(404);
  });
});

describe('guard() limits wrong tokens', () => {
  const wrong = { as: null, headers: { authorization: 'Bearer wrong' } } as const;

  async function exhaust(client: Client): Promise<void> {
    for (let failure = 0; failure < CAPACITY; failure += 1) {
      expect((await client('GET /admin/jobs', wrong)).status).toBe(401);
    }
  }

  test('answers 429 with Retry-After, until the time has passed', async () => {
    await exhaust(send);
    const { status, headers, json } = await send('GET /admin/jobs', wrong);
    expect(status).toBe(429);
    expect(json.code).toBe('TOO_MANY_FAILURES');
    expect(headers.get('retry-after')).toBe(String(REFILL_MS / 1_000));
    service.clock.ms += REFILL_MS;
    expect((await send('GET /admin/jobs', wrong)).status).toBe(401);
  });

  test('never holds up a known token, nor the health routes', async () => {
    await exhaust(send);
    expect((await send('GET /admin/jobs', wrong)).status).toBe(429);
    expect((await send('GET /admin/jobs')).status).toBe(200);
    expect((await send('GET /livez', wrong)).status).toBe(200);
  });

  test('does not count a request without a token', async () => {
    for (let request = 0; request < 3 * CAPACITY; request += 1) {
      expect((await send('GET /admin/jobs', { as: null })).status).toBe(401);
    }
  });

  test("counts each client's apart, where the runtime tells them apart", async () => {
    const { app } = inMemoryService({});
    const sendFrom = async (client: string) => {
      const request = new Request('http://localhost/admin/jobs', { headers: wrong.headers });
      return await app.fetch(request, { client });
    };
    for (let failure = 0; failure < CAPACITY; failure += 1) await sendFrom('a');
    expect((await sendFrom('a')).status).toBe(429);
    expect((await sendFrom('b')).status).toBe(401);
  });
});
