/** Redirects as they happen over the wire: chains, loops, other origins. */
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
let first: TestHttpServer;
let second: TestHttpServer;
let answer: Answer;

beforeEach(async () => {
  first = await startHttpServer((received, response) => answer(received, response));
  second = await startHttpServer((_request, response) => response.end('second'));
});
afterEach(() => Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()]));

function request(kwargs: JsonObject = {}): Promise<HttpRequestResult> {
  const { context } = createJobContext();
  return runJob(registry, 'http.request', { url: first.origin, ...kwargs }, context) as Promise<HttpRequestResult>;
}

/** `/3` leads to `/2`, to `/1`, to `/0`, which answers. */
const countDown: Answer = ({ path }, response) => {
  const left = Number(path.slice(1));
  if (left === 0) response.end('arrived');
  else response.writeHead(302, { location: `/${left - 1}` }).end();
};

describe('http.request follows redirects', () => {
  test('http.request follows five redirects and no sixth', async () => {
    answer = countDown;
    await expect(request({ url: `${first.origin}/5` })).resolves.toMatchObject({ status: 200, body: 'arrived' });
    expect(first.requests).toHaveLength(6);
    await expect(request({ url: `${first.origin}/6` })).rejects.toMatchObject({
      code: 'HTTP_REDIRECT_REFUSED',
      message: `GET 127.0.0.1:${first.port} answered 302 after 5 redirects; no more are followed.`,
    });
    expect(first.requests).toHaveLength(12);
  });

  test('http.request leaves a loop', async () => {
    answer = (_request, response) => response.writeHead(307, { location: '/' }).end();
    await expect(request({ method: 'POST', body: 'x' })).rejects.toMatchObject({ code: 'HTTP_REDIRECT_REFUSED' });
    expect(first.requests).toHaveLength(6);
  });

  test('http.request takes a redirect without a target for the answer', async () => {
    answer = (_request, response) => response.writeHead(302).end();
    await expect(request()).rejects.toMatchObject({ code: 'HTTP_STATUS_UNEXPECTED' });
  });

  test('http.request does not read the body of a redirect', async () => {
    answer = (_request, response) => void response.writeHead(302, { location: second.origin }).write('never ends');
    await expect(request()).resolves.toMatchObject({ body: 'second' });
  });

  test('http.request counts timeoutMs over all hops', async () => {
    answer = ({ path }, response) => {
      if (path === '/') response.writeHead(302, { location: '/held' }).end();
    };
    await expect(request({ timeoutMs: 100 })).rejects.toMatchObject({ code: 'HTTP_TIMEOUT' });
    expect(first.requests.map(({ path }) => path)).toEqual(['/', '/held']);
  });

  test.each(['file:///etc/passwd', 'gopher://127.0.0.1/', 'ftp://127.0.0.1/'])(
    'http.request does not follow to %s',
    async (location) => {
      answer = (_request, response) => response.writeHead(301, { location }).end();
      await expect(request()).rejects.toMatchObject({ code: 'HTTP_REDIRECT_REFUSED' });
    },
  );
});

describe('http.request across origins', () => {
  const headers = { Authorization: 'Bearer s', Cookie: 'a=b', 'X-Api-Key': 'k', 'X-Plain': 'p' };
  const toSecond =
    (status: number): Answer =>
    (_request, response) =>
      void response.writeHead(status, { location: `${second.origin}/there` }).end();

  test('http.request takes no secret along, and everything else', async () => {
    answer = toSecond(307);
    await request({ method: 'POST', headers, body: { a: 1 } });
    expect(first.requests[0]?.headers).toMatchObject({ authorization: 'Bearer s', cookie: 'a=b', 'x-api-key': 'k' });
    const [arrived] = second.requests;
    expect(arrived).toMatchObject({ method: 'POST', path: '/there', body: '{"a":1}' });
    expect(arrived?.headers).toMatchObject({
      'x-plain': 'p',
      'content-type': 'application/json',
      'idempotency-key': first.requests[0]?.headers['idempotency-key'],
      traceparent: first.requests[0]?.headers.traceparent,
      host: `127.0.0.1:${second.port}`,
    });
    for (const name of ['authorization', 'cookie', 'x-api-key']) expect(arrived?.headers).not.toHaveProperty(name);
  });

  test("http.request takes the URL's userinfo to no other origin", async () => {
    answer = toSecond(302);
    await request({ url: first.origin.replace('//', '//user:pass@') });
    expect(first.requests[0]?.headers).toHaveProperty('authorization');
    expect(second.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  test('http.request keeps secrets within the origin', async () => {
    answer = ({ path }, response) =>
      path === '/' ? response.writeHead(302, { location: '/on' }).end() : response.end('here');
    await request({ headers });
    expect(first.requests[1]?.headers).toMatchObject({ authorization: 'Bearer s', cookie: 'a=b' });
  });

  test.each([301, 302, 303])('http.request follows %i after a POST with a GET without a body', async (status) => {
    answer = toSecond(status);
    await request({ method: 'POST', body: 'text', headers: { 'content-type': 'text/plain' } });
    expect(second.requests[0]).toMatchObject({ method: 'GET', body: '' });
    expect(second.requests[0]?.headers).not.toHaveProperty('content-type');
    expect(second.requests[0]?.headers).not.toHaveProperty('content-length');
  });
});
