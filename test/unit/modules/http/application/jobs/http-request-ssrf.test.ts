/** The private network stays out of reach of `http.request`: by address, by name, by redirect, by rebinding. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createJobRegistry } from '../../../../../../src/modules/http/application/job-registry.ts';
import { NodeHttpTransport } from '../../../../../../src/modules/http/infrastructure/node-http-transport.ts';
import { SystemAddressResolver } from '../../../../../../src/modules/http/infrastructure/system-address-resolver.ts';
import { LoopbackInternet, PUBLIC_ADDRESS, ScriptedResolver } from '../../../../../support/egress.ts';
import { type Answer, startHttpServer, type TestHttpServer } from '../../../../../support/http-server.ts';
import { createJobContext } from '../../../../../support/job-context.ts';
import { runJob } from '../../../../../support/run-job.ts';

let server: TestHttpServer;
let internet: LoopbackInternet;
let answer: Answer;

beforeEach(async () => {
  answer = (_request, response) => response.end('reached');
  server = await startHttpServer((received, response) => answer(received, response));
  internet = new LoopbackInternet();
});
afterEach(() => server[Symbol.asyncDispose]());

function request(url: string, resolver: ScriptedResolver): Promise<unknown> {
  const registry = createJobRegistry({ allowPrivateAddresses: false, transport: internet, resolver });
  return runJob(registry, 'http.request', { url }, createJobContext().context);
}

describe('http.request refuses', () => {
  test.each(['127.0.0.1', '2130706433', '0x7f.1', '0177.0.0.1', '127.1', '[::ffff:7f00:1]', '①②⑦.0.0.1', 'localhost'])(
    'http.request refuses %s over real sockets, and the server hears nothing',
    async (host) => {
      const egress = { transport: new NodeHttpTransport(), resolver: new SystemAddressResolver() };
      const registry = createJobRegistry({ allowPrivateAddresses: false, ...egress });
      const url = `http://${host}:${server.port}/`;
      await expect(runJob(registry, 'http.request', { url }, createJobContext().context)).rejects.toMatchObject({
        code: 'HTTP_ADDRESS_REFUSED',
        message: expect.stringContaining('HTTP_ALLOW_PRIVATE_ADDRESSES=true'),
      });
      expect(server.requests).toEqual([]);
    },
  );

  test('http.request refuses a public name that resolves to a private address', async () => {
    await expect(request('http://inside.example/', new ScriptedResolver(['192.168.0.10']))).rejects.toMatchObject({
      code: 'HTTP_ADDRESS_REFUSED',
      message: expect.stringContaining('inside.example:80 was refused: the host leads to 192.168.0.10 (private)'),
    });
    expect(internet.connectedTo).toEqual([]);
  });

  test('http.request refuses a name when one of its addresses is private', async () => {
    const resolver = new ScriptedResolver([PUBLIC_ADDRESS, '10.0.0.1']);
    await expect(request('http://half.example/', resolver)).rejects.toMatchObject({ code: 'HTTP_ADDRESS_REFUSED' });
    expect(internet.connectedTo).toEqual([]);
  });

  test.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]/',
    'http://0x7f000001/',
    '//10.0.0.1/',
    'http://localhost/',
  ])('http.request refuses a redirect to %s', async (location) => {
    answer = (_request, response) => response.writeHead(302, { location }).end();
    const url = `http://outside.example:${server.port}/`;
    await expect(request(url, new ScriptedResolver([PUBLIC_ADDRESS]))).rejects.toMatchObject({
      code: 'HTTP_ADDRESS_REFUSED',
    });
    expect(internet.connectedTo).toEqual([[PUBLIC_ADDRESS]]);
  });
});

describe('http.request and rebinding', () => {
  test('http.request connects to the addresses that were checked, and asks for them once', async () => {
    const resolver = new ScriptedResolver([PUBLIC_ADDRESS], ['127.0.0.1']);
    const url = `http://rebind.example:${server.port}/`;
    await expect(request(url, resolver)).resolves.toMatchObject({ body: 'reached' });
    expect(resolver.asked).toEqual(['rebind.example']);
    expect(internet.connectedTo).toEqual([[PUBLIC_ADDRESS]]);
    expect(server.requests[0]?.headers.host).toBe(`rebind.example:${server.port}`);
  });

  test('http.request checks the same name again on the next hop', async () => {
    answer = (_request, response) => response.writeHead(307, { location: '/again' }).end();
    const resolver = new ScriptedResolver([PUBLIC_ADDRESS], ['127.0.0.1']);
    await expect(request(`http://rebind.example:${server.port}/`, resolver)).rejects.toMatchObject({
      code: 'HTTP_ADDRESS_REFUSED',
      message: expect.stringContaining('127.0.0.1 (loopback)'),
    });
    expect(server.requests).toHaveLength(1);
  });
});
