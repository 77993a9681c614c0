/** `http.request` against a real server: what it sends, and what it returns. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createJobRegistry } from '../../../../../../src/modules/http/application/job-registry.ts';
import type { HttpRequestResult } from '../../../../../../src/modules/http/application/jobs/http-request.ts';
import { NodeHttpTransport } from '../../../../../../src/modules/http/infrastructure/node-http-transport.ts';
import { SystemAddressResolver } from '../../../../../../src/modules/http/infrastructure/system-address-resolver.ts';
import type { JsonObject } from '../../../../../../src/modules/foundation/index.ts';
import { type Answer, startHttpServer, type TestHttpServer } from '../../../../../support/http-server.ts';
import { createJobContext } from '../../../../../support/job-context.ts';
import { runJob } from '../../../../../support/run-job.ts';

const registry = createJobRegistry({
  allowPrivateAddresses: true,
  transport: new NodeHttpTransport(),
  resolver: new SystemAddressResolver(),
});
let server: TestHttpServer;
let answer: Answer;

beforeEach(async () => {
  answer = (_request, response) => response.end('fine');
  server = await startHttpServer((received, response) => answer(received, response));
});
afterEach(() => server[Symbol.asyncDispose]());

async function request(kwargs: JsonObject = {}): Promise<HttpRequestResult> {
  const { context } = createJobContext();
  return (await runJob(registry, 'http.request', { url: server.origin, ...kwargs }, context)) as HttpRequestResult;
}

describe('http.request sends', () => {
  test('http.request sends method, path, query, headers and body', async () => {
    const url = `${server.origin}/path?q=1#fragment`;
    await request({ url, method: 'PUT', headers: { 'X-Mine': 'täxt' }, body: { bell: '钟' } });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({
      method: 'PUT',
      path: '/path?q=1',
      body: '{"bell":"钟"}',
      headers: { 'content-type': 'application/json', 'content-length': '14' },
    });
    expect(server.requests[0]?.headers['x-mine']).toBe('täxt');
  });

  test('http.request sends the idempotency key, a traceparent and a user agent', async () => {
    await request();
    expect(server.requests[0]?.headers).toMatchObject({
      'idempotency-key': 'test.job@2026-01-01T00:00:00.000Z',
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
      'user-agent': 'Carillon',
      host: `127.0.0.1:${server.port}`,
    });
  });

  test('http.request sends no body and no length with a plain GET', async () => {
    await request();
    expect(server.requests[0]).toMatchObject({ method: 'GET', path: '/', body: '' });
    expect(server.requests[0]?.headers).not.toHaveProperty('content-length');
  });

  test('http.request sends userinfo as Authorization, not in the request line', async () => {
    await request({ url: server.origin.replace('//', '//user:pass@') });
    expect(server.requests[0]).toMatchObject({ path: '/', headers: { authorization: 'Basic dXNlcjpwYXNz' } });
  });

  test('http.request reaches a server by name, its Host header the name', async () => {
    await request({ url: `http://localhost:${server.port}/` });
    expect(server.requests[0]?.headers.host).toBe(`localhost:${server.port}`);
  });
});

describe('http.request returns', () => {
  test('http.request returns status, duration and body', async () => {
    const result = await request();
    expect(result).toEqual({ status: 200, durationMs: expect.any(Number), body: 'fine' });
    expect(Number.isInteger(result.durationMs) && result.durationMs >= 0).toBe(true);
  });

  test('http.request returns an empty body for 204 and for HEAD', async () => {
    answer = (_request, response) => response.writeHead(204).end();
    await expect(request()).resolves.toMatchObject({ status: 204, body: '' });
    answer = (_request, response) => response.writeHead(200, { 'content-length': 5_000 }).end();
    await expect(request({ method: 'HEAD' })).resolves.toMatchObject({ status: 200, body: '' });
  });

  test.each([4_095, 4_096, 4_097, 100_000])('http.request returns the first 4096 of %i bytes', async (size) => {
    answer = (_request, response) => response.end('x'.repeat(size));
    const { body } = await request();
    expect(body).toBe('x'.repeat(Math.min(size, 4_096)));
  });

  test.each([
    ['é', 0, 4_096],
    ['é', 1, 4_095],
    ['钟', 0, 4_095],
    ['钟', 1, 4_096],
    ['\u{1f514}', 1, 4_093],
    ['\u{1f514}', 3, 4_095],
  ])('http.request never cuts %s in two, %i bytes in', async (character, shift, bytes) => {
    answer = (_request, response) => response.end('-'.repeat(shift) + character.repeat(3_000));
    const { body } = await request();
    expect(Buffer.byteLength(body)).toBe(bytes);
    expect(body).not.toContain('\ufffd');
  });

  test('http.request shows a character that the server itself left incomplete as replaced', async () => {
    answer = (_request, response) => response.end(Buffer.from([0x61, 0xe9, 0x92]));
    await expect(request()).resolves.toMatchObject({ body: 'a\ufffd' });
  });

  test('http.request reads no more than it returns of a body without an end', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    answer = (_request, response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write('y'.repeat(65_536)));
        response.once('drain', pour);
      };
      response.once('close', resolve);
      pour();
    };
    await expect(request()).resolves.toMatchObject({ body: 'y'.repeat(4_096) });
    await closed;
  });
});

describe('http.request and expectStatus', () => {
  const answering =
    (status: number): Answer =>
    (_request, response) =>
      void response.writeHead(status).end();

  test.each([200, 201, 202, 299])('http.request takes %i for success when nothing is expected', async (status) => {
    answer = answering(status);
    await expect(request()).resolves.toMatchObject({ status });
  });

  test.each([
    [404, 404],
    [503, [200, 503]],
    [302, 302],
  ])('http.request takes %i for success when %j is expected', async (status, expectStatus) => {
    answer = (_request, response) => response.writeHead(status, { location: '/elsewhere' }).end();
    await expect(request({ expectStatus })).resolves.toMatchObject({ status });
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    [404, undefined, 'expected 2xx'],
    [500, undefined, 'expected 2xx'],
    [304, undefined, 'expected 2xx'],
    [200, 204, 'expected 204'],
    [201, [200, 204], 'expected 200 or 204'],
  ])('http.request fails on %i when %j is expected', async (status, expectStatus, expectation) => {
    answer = answering(status);
    await expect(request(expectStatus === undefined ? {} : { expectStatus })).rejects.toMatchObject({
      code: 'HTTP_STATUS_UNEXPECTED',
      message: `GET 127.0.0.1:${server.port} answered ${status}; ${expectation}.`,
    });
  });
});
