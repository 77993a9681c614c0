/** Every way in which `http.request` fails: what the error says, what it must not say, and that it ends in time. */
import { describe, expect, test } from 'vitest';
import { createJobRegistry } from '../../../../../../src/modules/http/application/job-registry.ts';
import { NodeHttpTransport } from '../../../../../../src/modules/http/infrastructure/node-http-transport.ts';
import { SystemAddressResolver } from '../../../../../../src/modules/http/infrastructure/system-address-resolver.ts';
import type { JsonObject } from '../../../../../../src/modules/foundation/index.ts';
import { refusedPort, startHttpServer, startTcpServer } from '../../../../../support/http-server.ts';
import { createJobContext, type JobContextFixture } from '../../../../../support/job-context.ts';
import { runJob } from '../../../../../support/run-job.ts';

const egress = {
  allowPrivateAddresses: true,
  transport: new NodeHttpTransport(),
  resolver: new SystemAddressResolver(),
};

function request(kwargs: JsonObject, fixture: JobContextFixture = createJobContext()): Promise<unknown> {
  return runJob(createJobRegistry(egress), 'http.request', kwargs, fixture.context);
}

describe('http.request fails', () => {
  test('http.request fails on a port where nothing listens, with host, port and cause', async () => {
    const port = await refusedPort();
    await expect(request({ url: `http://127.0.0.1:${port}/` })).rejects.toMatchObject({
      code: 'HTTP_CONNECTION_FAILED',
      message: `GET 127.0.0.1:${port} failed: the connection was refused; nothing listens there (ECONNREFUSED).`,
    });
  });

  test('http.request fails with the cause when each of several addresses refuses', async () => {
    const port = await refusedPort();
    const addresses = [
      { address: '127.0.0.1', family: 4 },
      { address: '127.0.0.2', family: 4 },
    ] as const;
    const resolver = { resolve: () => Promise.resolve(addresses) };
    const registry = createJobRegistry({ ...egress, resolver });
    const { context } = createJobContext();
    await expect(runJob(registry, 'http.request', { url: `http://two.test:${port}/` }, context)).rejects.toMatchObject({
      message: expect.stringMatching(/^GET two\.test:\d+ failed: .*\(ECONNREFUSED\)\.$/),
    });
  });

  test('http.request fails on a name that does not exist', async () => {
    await expect(request({ url: 'http://no-such-host.invalid/' })).rejects.toMatchObject({
      code: 'HTTP_DNS_FAILED',
      message: expect.stringMatching(/^GET no-such-host\.invalid:80 failed: .*\((ENOTFOUND|EAI_AGAIN)\)\.$/),
    });
  });

  test.each([
    ['closes without a word', ''],
    ['speaks something else', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['switches protocols unasked', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
    ['sends headers without end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`],
  ])('http.request fails when the server %s', async (_what, words) => {
    await using server = await startTcpServer((_data, socket) => void socket.end(words));
    await expect(request({ url: server.origin })).rejects.toMatchObject({
      code: 'HTTP_CONNECTION_FAILED',
      message: expect.stringMatching(new RegExp(`^GET 127\\.0\\.0\\.1:${server.port} failed: .+\\.$`)),
    });
  });

  test('http.request fails when the server breaks off within the first kilobytes', async () => {
    await using server = await startHttpServer((_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('abc', () => response.destroy());
    });
    await expect(request({ url: server.origin })).rejects.toMatchObject({
      code: 'HTTP_CONNECTION_FAILED',
      message: expect.stringMatching(/answered 200, then failed: .*\(ECONNRESET\)\.$/),
    });
  });

  test('http.request fails when https meets a server without TLS', async () => {
    await using server = await startHttpServer((_request, response) => response.end());
    await expect(request({ url: server.origin.replace('http:', 'https:') })).rejects.toMatchObject({
      code: 'HTTP_CONNECTION_FAILED',
      message: expect.stringMatching(/^GET 127\.0\.0\.1:\d+ failed: .+/),
    });
  });
});

describe('http.request ends in time', () => {
  test('http.request fails when no answer comes within timeoutMs', async () => {
    await using server = await startHttpServer(() => {});
    await expect(request({ url: server.origin, timeoutMs: 30 })).rejects.toMatchObject({
      code: 'HTTP_TIMEOUT',
      message: `GET 127.0.0.1:${server.port} did not complete within 30 ms (timeoutMs).`,
    });
  });

  test('http.request fails when a body does not end within timeoutMs', async () => {
    await using server = await startHttpServer((_request, response) => void response.writeHead(200).write('a'));
    await expect(request({ url: server.origin, timeoutMs: 100 })).rejects.toMatchObject({ code: 'HTTP_TIMEOUT' });
  });

  test('http.request fails when a connection is made and nothing is read within timeoutMs', async () => {
    await using server = await startTcpServer(() => {});
    await expect(request({ url: server.origin, timeoutMs: 30 })).rejects.toMatchObject({ code: 'HTTP_TIMEOUT' });
  });

  test("http.request rejects with the reason of the run's signal, and closes the connection", async () => {
    const fixture = createJobContext();
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    await using server = await startHttpServer((_request, response) => {
      response.once('close', resolve);
      fixture.abort.abort(new Error('the service stops'));
    });
    await expect(request({ url: server.origin }, fixture)).rejects.toThrow('the service stops');
    await closed;
  });

  test("http.request rejects with the signal's reason while it reads the body", async () => {
    const fixture = createJobContext();
    await using server = await startHttpServer((_request, response) => {
      response.writeHead(200).write('a', () => fixture.abort.abort(new Error('cancelled')));
    });
    await expect(request({ url: server.origin }, fixture)).rejects.toThrow('cancelled');
  });

  test('http.request sends nothing for a run that was stopped before it began', async () => {
    await using server = await startHttpServer((_request, response) => response.end());
    const fixture = createJobContext();
    fixture.abort.abort(new Error('too late'));
    await expect(request({ url: server.origin }, fixture)).rejects.toThrow('too late');
    expect(server.requests).toEqual([]);
  });
});

describe('http.request tells no secret', () => {
  const secrets = {
    headers: { authorization: 'Bearer hunter2', cookie: 'hunter2' },
    body: 'hunter2',
    method: 'POST',
    timeoutMs: 200,
  };

  test.each(['refused', 'unexpected', 'silent', 'nowhere', 'redirected'])(
    'http.request keeps userinfo, path, query and headers out of the error: %s',
    async (fate) => {
      await using server = await startHttpServer(({ path }, response) => {
        if (path.startsWith('/unexpected')) response.writeHead(500).end('hunter2');
        if (path.startsWith('/redirected')) response.writeHead(302, { location: 'ftp://u:hunter2@host/hunter2' }).end();
      });
      const authority = { refused: `127.0.0.1:${await refusedPort()}`, nowhere: 'no-such-host.invalid' }[fate];
      const url = `http://hunter2:hunter2@${authority ?? `127.0.0.1:${server.port}`}/${fate}/hunter2?key=hunter2`;
      const error = await request({ url, ...secrets }).catch((thrown: unknown) => thrown as Error);
      expect(error).toBeInstanceOf(Error);
      const { message, stack, cause } = error as Error;
      expect([message, stack, String(cause), JSON.stringify(error)].join('\n')).not.toContain('hunter2');
    },
  );
});
