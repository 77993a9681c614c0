import { inspect } from 'node:util';
import * as v from 'valibot';
import { afterEach, describe, expect, test } from 'vitest';
import { bodyOf, connect, reach } from '../../../../src/cli/connection/api.ts';
import { registryPageSchema } from '../../../../src/modules/foundation/interface/http/contracts/registry.ts';
import { refusedPort, startHttpServer, startTcpServer } from '../../../support/http-server.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server[Symbol.asyncDispose]();
});

async function keep<Server extends AsyncDisposable>(starting: Promise<Server>): Promise<Server> {
  const server = await starting;
  open.push(server);
  return server;
}

const AWAY = { status: 3, details: [expect.stringContaining("'carillon start'")] };

describe('reach()', () => {
  test('says that the connection was refused, and where', async () => {
    const port = await refusedPort();
    await expect(reach(`http://127.0.0.1:${port}/admin/jobs?q=x`)).rejects.toMatchObject({
      ...AWAY,
      message: `No service answers at http://127.0.0.1:${port} (connection refused).`,
    });
  });

  test.for(['', 'HTTP/1.1 200 OK\r\nContent-Le', 'SSH-2.0-OpenSSH_9.6\r\n'])(
    'takes a connection that ends after %j for nobody',
    async (bytes) => {
      const { origin } = await keep(startTcpServer((_data, socket) => socket.end(bytes)));
      await expect(reach(origin)).rejects.toMatchObject({ ...AWAY, message: expect.stringContaining(origin) });
    },
  );

  test.for([
    'http://admin:sesame@127.0.0.1:9/x',
    'http://:sesame@127.0.0.1:9/',
    'http://sesame@127.0.0.1:9/',
    'http://admin:se#same@host',
    'http://admin:se/same@host:3000',
    'http://admin:sesame@host:99999',
    'http://',
  ])('asks nobody at %s, and repeats no password', async (address) => {
    const fault = await reach(address).catch((error: unknown) => error);
    const message = 'The address cannot be asked: it is none, or holds a user name or a password.';
    expect(fault).toMatchObject({ status: 2, message });
    expect(inspect(fault)).not.toMatch(/se.?same/);
  });

  test('hands on what whoever asked has broken off', async () => {
    const { origin } = await keep(startHttpServer(() => {}));
    const end = new AbortController();
    const reason = new Error('enough');
    const asked = reach(origin, { signal: end.signal });
    end.abort(reason);
    await expect(asked).rejects.toBe(reason);
  });
});

describe('bodyOf()', () => {
  const answer = (status: number, text: string) => Promise.resolve(new Response(text, { status }));

  test('is the JSON of a good answer', async () => {
    expect(await bodyOf(v.strictObject({ a: v.number() }), answer(200, '{"a":1}'))).toEqual({ a: 1 });
  });

  test.for(['<html>', '', '{"a":'])('takes %j, which is no JSON, for no answer of a service', async (text) => {
    await expect(bodyOf(v.unknown(), answer(200, text))).rejects.toMatchObject({
      ...{ status: 3, message: 'What answers there is not Carillon: it sent no JSON.' },
    });
  });
});

test.for(['5', 'null', '"ok"'])('bodyOf() takes %s for the answer of somebody else', async (text) => {
  await expect(bodyOf(v.strictObject({}), Promise.resolve(new Response(text)))).rejects.toMatchObject({
    ...{ status: 3, message: 'What answers there is not Carillon: it sent no object.' },
  });
});

describe('connect()', () => {
  test('shows a token that was named, under the base path of the address', async () => {
    const server = await keep(startHttpServer((_request, response) => response.end('{"items":[],"nextCursor":null}')));
    const { routes } = await connect({ server: `${server.origin}/bells//`, token: 't' }, {});
    await bodyOf(registryPageSchema, routes.admin.registry.$get());
    expect(server.requests).toMatchObject([
      { path: '/bells/admin/registry', headers: { authorization: 'Bearer t', 'user-agent': 'carillon-cli' } },
    ]);
  });

  test('sends no empty token where there is none', async () => {
    const server = await keep(startHttpServer((_request, response) => response.end('{"items":[],"nextCursor":null}')));
    const { routes } = await connect({ server: server.origin }, { DATA_DIRECTORY: '/nowhere/at/all' });
    await bodyOf(registryPageSchema, routes.admin.registry.$get());
    expect(server.requests[0]!.headers).not.toHaveProperty('authorization');
  });
});
