/** What only NodeHttpTransport promises: a connection goes to an address that it was given. */
import http from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ResolvedAddress } from '../../../../../src/modules/http/application/ports/address-resolver.ts';
import type { HttpAnswer } from '../../../../../src/modules/http/application/ports/http-transport.ts';
import { NodeHttpTransport } from '../../../../../src/modules/http/infrastructure/node-http-transport.ts';
import { startHttpServer, startTcpServer, type TestHttpServer } from '../../../../support/http-server.ts';

const HERE: ResolvedAddress = { address: '127.0.0.1', family: 4 };
const ELSEWHERE: ResolvedAddress = { address: '127.0.0.2', family: 4 };
let server: TestHttpServer;

beforeEach(async () => {
  server = await startHttpServer((_request, response) => response.end('here'));
});
afterEach(() => server[Symbol.asyncDispose]());

function get(url: string, addresses: ResolvedAddress[]): Promise<HttpAnswer> {
  const { signal } = new AbortController();
  const message = { method: 'GET', url: new URL(url), headers: new Headers(), body: null };
  return new NodeHttpTransport().exchange({ ...message, addresses, signal });
}

describe('NodeHttpTransport', () => {
  test('NodeHttpTransport connects to the given address under a name that no resolver knows', async () => {
    const answer = await get(`http://no-such-host.invalid:${server.port}/`, [HERE]);
    expect(answer.status).toBe(200);
    answer.discard();
    expect(server.requests[0]?.headers.host).toBe(`no-such-host.invalid:${server.port}`);
  });

  test('NodeHttpTransport does not go where the name leads, only where it was told', async () => {
    await expect(get(`http://localhost:${server.port}/`, [ELSEWHERE])).rejects.toThrow('ECONNREFUSED');
    expect(server.requests).toEqual([]);
  });

  test('NodeHttpTransport tries the next address when one refuses', async () => {
    const answer = await get(`http://two.invalid:${server.port}/`, [ELSEWHERE, HERE]);
    expect(answer.status).toBe(200);
    answer.discard();
  });

  test('NodeHttpTransport fails when it is given no address', async () => {
    await expect(get(`http://localhost:${server.port}/`, [])).rejects.toBeInstanceOf(Error);
    expect(server.requests).toEqual([]);
  });

  test('NodeHttpTransport says the name, not the address, in the TLS handshake', async () => {
    const { promise: hello, resolve } = Promise.withResolvers<Buffer>();
    await using tls = await startTcpServer((data, socket) => {
      resolve(data);
      socket.destroy();
    });
    await expect(get(`https://secure.invalid:${tls.port}/`, [HERE])).rejects.toBeInstanceOf(Error);
    expect((await hello).includes('secure.invalid')).toBe(true);
  });

  test.skipIf(!('setGlobalProxyFromEnv' in http)).each(['http:', 'https:'])(
    'NodeHttpTransport goes through no proxy of the environment with %s',
    async (scheme) => {
      await using proxy = await startTcpServer((_data, socket) => void socket.end(PROXY_ANSWER));
      const restore = http.setGlobalProxyFromEnv({ http_proxy: proxy.origin, https_proxy: proxy.origin });
      try {
        expect(await statusOf('http://behind-the-proxy.invalid/')).toBe(418);
        const direct = get(`${scheme}//direct.invalid:${server.port}/`, [HERE]);
        await direct.then((answer) => answer.discard()).catch(() => {});
      } finally {
        restore();
      }
      expect(proxy.connections).toBe(1);
    },
  );
});

const PROXY_ANSWER = 'HTTP/1.1 418 Proxy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/** As a plain request of this process is answered, whichever way it goes. */
async function statusOf(url: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  http.get(url, resolve).on('error', reject);
  const response = await promise;
  response.resume();
  return response.statusCode;
}
