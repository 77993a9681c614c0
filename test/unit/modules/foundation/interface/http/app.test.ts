import { beforeEach, describe, expect, test } from 'vitest';
import { DatabaseBusyError, DatabaseUnavailableError } from '../../../../../../src/modules/foundation/domain/errors.ts';
import { MAX_BODY_BYTES } from '../../../../../../src/modules/foundation/interface/http/read-body.ts';
import type { Client } from '../../../../../support/in-memory-client.ts';
import { type InMemoryService, inMemoryService, TOKENS } from '../../../../../support/in-memory-service.ts';
import { contractClientOf } from './contract-client.ts';

let service: InMemoryService;
let send: Client;
beforeEach(() => {
  service = inMemoryService();
  send = contractClientOf(service);
});

const JOB = { jobName: 'Warm', cronExpression: '*/5 * * * *' };

describe('createApp() refuses', () => {
  test.each(['/nothing', '/admin', '/admin/jobs/', '/admin/jobs/a/b/c', '//admin/jobs', '/Admin/jobs'])(
    'an unknown route: GET %s is 404',
    async (path) => {
      const { status, json } = await send(`GET ${path as '/'}`);
      expect(status).toBe(404);
      expect(json).toMatchObject({ type: 'urn:carillon:problem:route-not-found', code: 'ROUTE_NOT_FOUND' });
    },
  );

  test.each([
    ['POST /livez', 'GET, HEAD'],
    ['POST /admin/jobs/warm-cache', 'GET, HEAD, PUT, PATCH, DELETE'],
    ['GET /admin/jobs/warm-cache/trigger', 'POST'],
    ['PUT /admin/executions', 'GET, HEAD'],
    ['GET /admin/schedules/preview', 'POST'],
  ] as const)('another method: %s is 405 and allows %s', async (request, allow) => {
    const { status, headers, json } = await send(request);
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe(allow);
    expect(json.code).toBe('METHOD_NOT_ALLOWED');
  });

  test('a job that is missing is 404 of its own kind, not 405', async () => {
    expect((await send('GET /admin/jobs/none')).json.code).toBe('JOB_NOT_FOUND');
  });

  test('a body above 1 MiB, whether its length is announced or not', async () => {
    const body = JSON.stringify({ ...JOB, notes: 'x'.repeat(MAX_BODY_BYTES) });
    expect((await send('PUT /admin/jobs/warm-cache', { body })).status).toBe(413);
    const announced = await send('PUT /admin/jobs/warm-cache', {
      body,
      headers: { 'content-length': String(body.length) },
    });
    expect(announced).toMatchObject({ status: 413, json: { code: 'BODY_TOO_LARGE' } });
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'text/json', ''])(
    'a body of type %j: 415',
    async (type) => {
      const { status, headers, json } = await send('PUT /admin/jobs/warm-cache', {
        body: '{}',
        headers: { 'content-type': type },
      });
      expect(status).toBe(415);
      expect(json.code).toBe('MEDIA_TYPE_UNSUPPORTED');
      expect(headers.get('accept')).toBe('application/json');
    },
  );

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/merge-patch+json',
    'Application/JSON',
  ])('takes a body of type %s', async (type) => {
    const { status } = await send('PUT /admin/jobs/warm-cache', {
      body: JSON.stringify(JOB),
      headers: { 'content-type': type },
    });
    expect(status).toBe(201);
  });

  test.each([
    ['{"jobName": }', 12],
    ['{"jobName": "W"', 15],
    ['', 0],
    ['{} {}', 3],
  ])('malformed JSON: %j is 400, at %i', async (body, position) => {
    const { status, json } = await send('PUT /admin/jobs/warm-cache', { body });
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: 'JSON_MALFORMED', errors: [{ path: '', position }] });
  });

  test.each(['[]', '"x"', '3', 'null', 'true'])('JSON that is no object: %s is 422', async (body) => {
    expect((await send('PUT /admin/jobs/warm-cache', { body })).status).toBe(422);
  });

  test('what the database cannot keep: NUL, half a pair, endless nesting, infinity', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    for (const value of [String.raw`"a\u0000b"`, String.raw`"\ud800"`, deep, '1e999']) {
      const body = `{"jobName": "W", "cronExpression": "* * * * *", "jobKwargs": {"x": ${value}}}`;
      const { status, json } = await send('PUT /admin/jobs/warm-cache', { body });
      expect(status).toBe(422);
      expect(json.errors[0].path).toMatch(/^jobKwargs\.x/);
    }
  });
});

describe('createApp() when something fails', () => {
  test('an unforeseen error is 500, told to the log with its stack and to nobody else', async () => {
    service.configs.failure = new Error('relation "secret_table" does not exist');
    const { status, json } = await send('GET /admin/jobs', { headers: { 'x-request-id': 'r-42' } });
    expect(status).toBe(500);
    expect(json).toMatchObject({ code: 'INTERNAL', requestId: 'r-42' });
    expect(JSON.stringify(json)).not.toContain('secret_table');
    expect(service.logger.lines).toMatchObject([
      {
        level: 'error',
        properties: { requestId: 'r-42', method: 'GET', path: '/admin/jobs', error: service.configs.failure },
      },
    ]);
  });

  test('the database away is 503 with Retry-After, and a warning', async () => {
    service.configs.failure = new DatabaseUnavailableError('connect ECONNREFUSED 10.0.0.7:5432');
    const { status, headers, json } = await send('GET /admin/jobs/warm-cache');
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('5');
    expect(json.code).toBe('DATABASE_UNAVAILABLE');
    expect(service.logger.lines.map(({ level }) => level)).toEqual(['warn']);
  });

  test('a row that somebody holds is 503 with Retry-After too, and says that nothing was changed', async () => {
    service.configs.failure = new DatabaseBusyError('canceling statement due to lock timeout (55P03)');
    const { status, headers, json } = await send('GET /admin/jobs/warm-cache');
    expect([status, headers.get('retry-after'), json.code]).toEqual([503, '5', 'DATABASE_UNAVAILABLE']);
    expect(json.detail).toContain('was not made');
  });

  test('a body that its sender gives up is their fault: 400, and no line in the log', async () => {
    const body = new ReadableStream({ start: (controller) => controller.error(new Error('aborted')) });
    const { status, json } = await send('PUT /admin/jobs/warm-cache', { body });
    expect([status, json.code]).toEqual([400, 'BODY_INCOMPLETE']);
    expect(service.logger.lines).toEqual([]);
  });

  test('a body that never ends is cut off: 408, and the connection is closed', async () => {
    const slow = contractClientOf(inMemoryService({ bodyDeadlineMs: 1 }));
    const { status, headers, json } = await slow('PUT /admin/jobs/warm-cache', { body: new ReadableStream() });
    expect([status, json.code, headers.get('connection')]).toEqual([408, 'BODY_TIMEOUT', 'close']);
  });

  test('what a caller did wrong leaves no line in the log', async () => {
    await send('GET /admin/jobs/none');
    await send('PUT /admin/jobs/warm-cache', { body: '{' });
    expect(service.logger.lines).toEqual([]);
  });
});

describe('createApp() sends with every answer', () => {
  const requests = ['GET /livez', 'GET /admin/jobs', 'GET /nothing', 'GET /admin/jobs/none', 'DELETE /livez'] as const;

  test.each(requests)('headers that keep a browser from guessing: %s', async (request) => {
    const { headers } = await send(request);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  test('a request id: the caller’s where it is well-formed, else one of its own', async () => {
    expect((await send('GET /livez', { headers: { 'x-request-id': 'abc-1' } })).headers.get('x-request-id')).toBe(
      'abc-1',
    );
    const hostile = await send('GET /nothing', { headers: { 'x-request-id': '<script>' } });
    expect(hostile.json.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(hostile.headers.get('x-request-id')).toBe(hostile.json.requestId);
  });

  test('no body to HEAD', async () => {
    const { status, json } = await send('HEAD /admin/jobs');
    expect([status, json]).toEqual([200, null]);
  });
});

describe('createApp() under a base path', () => {
  test('serves there, and points there', async () => {
    const based = inMemoryService({ basePath: '/carillon' });
    const request = (path: string, init: RequestInit = {}) =>
      based.app.request(path, {
        ...init,
        headers: { authorization: `Bearer ${TOKENS.admin}`, 'content-type': 'application/json' },
      });
    const created = await request('/carillon/admin/jobs/warm-cache', { method: 'PUT', body: JSON.stringify(JOB) });
    expect(created.headers.get('location')).toBe('/carillon/admin/jobs/warm-cache');
    const triggered = await request('/carillon/admin/jobs/warm-cache/trigger', { method: 'POST' });
    expect(triggered.headers.get('location')).toMatch(/^\/carillon\/admin\/executions\//);
    expect((await request('/admin/jobs')).status).toBe(404);
    const wrongMethod = await request('/carillon/admin/jobs', { method: 'DELETE' });
    expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const document = (await (await request('/carillon/openapi.json')).json()) as { servers: unknown };
    expect(document.servers).toEqual([{ url: '/carillon' }]);
  });
});
