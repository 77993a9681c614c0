/** What every HttpTransport does, run on each of them over real sockets. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HttpExchange, HttpTransport } from '../../../../../src/modules/http/application/ports/http-transport.ts';
import { FetchHttpTransport } from '../../../../../src/modules/http/infrastructure/fetch-http-transport.ts';
import { NodeHttpTransport } from '../../../../../src/modules/http/infrastructure/node-http-transport.ts';
import { type Answer, refusedPort, startHttpServer, type TestHttpServer } from '../../../../support/http-server.ts';

const TRANSPORTS: [string, HttpTransport][] = [
  ['NodeHttpTransport', new NodeHttpTransport()],
  ['FetchHttpTransport', new FetchHttpTransport()],
];
const decoder = new TextDecoder();
let server: TestHttpServer;
let answer: Answer;

beforeEach(async () => {
  answer = (_request, response) => response.end('fine');
  server = await startHttpServer((request, response) => answer(request, response));
});
afterEach(() => server[Symbol.asyncDispose]());

function createExchange(overrides: Partial<HttpExchange> = {}): HttpExchange {
  const { signal } = new AbortController();
  const url = new URL(`${server.origin}/path`);
  return { method: 'GET', url, headers: new Headers(), body: null, addresses: null, signal, ...overrides };
}

describe.each(TRANSPORTS)('%s', (name, transport) => {
  test(`${name}.exchange() sends the message and gives the answer`, async () => {
    answer = (_request, response) => response.writeHead(201, { location: '/new' }).end('made');
    const headers = new Headers({ 'x-one': '1', 'content-type': 'text/plain' });
    const received = await transport.exchange(createExchange({ method: 'POST', headers, body: '钟' }));
    expect(received).toMatchObject({ status: 201, location: '/new' });
    expect(decoder.decode(await received.read(100))).toBe('made');
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/path', body: '钟' });
    expect(server.requests[0]?.headers).toMatchObject({ 'x-one': '1', 'content-length': '3' });
  });

  test(`${name}.exchange() follows no redirect`, async () => {
    answer = (_request, response) => response.writeHead(302, { location: '/next' }).end();
    const received = await transport.exchange(createExchange());
    expect(received).toMatchObject({ status: 302, location: '/next' });
    received.discard();
    expect(server.requests).toHaveLength(1);
  });

  test.each([0, 1, 3, 4, 5])(`${name} reads at most %i bytes`, async (limit) => {
    const received = await transport.exchange(createExchange());
    expect(decoder.decode(await received.read(limit))).toBe('fine'.slice(0, limit));
  });

  test(`${name} closes the connection of a body that it does not read to the end`, async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    answer = (_request, response) => {
      response.once('close', resolve);
      response.write('x'.repeat(100));
    };
    const received = await transport.exchange(createExchange());
    expect((await received.read(10)).length).toBe(10);
    await closed;
  });

  test(`${name} closes the connection of an answer that is discarded`, async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    answer = (_request, response) => {
      response.once('close', resolve);
      response.write('x');
    };
    (await transport.exchange(createExchange())).discard();
    await closed;
  });

  test(`${name}.exchange() rejects when the connection is refused`, async () => {
    const url = new URL(`http://127.0.0.1:${await refusedPort()}/`);
    await expect(transport.exchange(createExchange({ url }))).rejects.toBeInstanceOf(Error);
  });

  test(`${name}.exchange() rejects when the signal aborts before the answer`, async () => {
    const abort = new AbortController();
    answer = () => abort.abort();
    await expect(transport.exchange(createExchange({ signal: abort.signal }))).rejects.toBeInstanceOf(Error);
  });

  test(`${name} rejects a read when the signal aborts within the body`, async () => {
    const abort = new AbortController();
    answer = (_request, response) => void response.writeHead(200).write('x');
    const received = await transport.exchange(createExchange({ signal: abort.signal }));
    const reading = received.read(100);
    abort.abort();
    await expect(reading).rejects.toBeInstanceOf(Error);
  });
});
