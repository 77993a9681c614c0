/** What is refused below the application, over real sockets. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeHost } from '../../../src/main/node-host.ts';
import { refuseUnread } from '../../../src/main/refuse-unread.ts';
import type { RunningServer } from '../../../src/main/run-service.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await nodeHost.serve(() => new Response('reached'), { host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

async function send(bytes: string) {
  const socket = connect(server.port!, '127.0.0.1');
  socket.write(bytes);
  const [head, body] = (await text(socket)).split('\r\n\r\n');
  const [line, ...headers] = head!.split('\r\n');
  return { line, headers, problem: JSON.parse(body!) as Record<string, unknown> };
}

describe('refuseUnread()', () => {
  test.each([
    [
      'headers beyond the limit',
      `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'HEADERS_TOO_LARGE',
    ],
    ['an address beyond the limit', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
    ['no HTTP at all', 'hello\r\n\r\n', 400, 'REQUEST_MALFORMED'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
      'REQUEST_MALFORMED',
    ],
    [
      'a header with a line break of its own',
      'GET / HTTP/1.1\r\nHost: a\r\nX-A: b\rc: d\r\n\r\n',
      400,
      'REQUEST_MALFORMED',
    ],
  ] as const)('refuseUnread() answers %s by a problem, and ends the connection', async (_what, bytes, status, code) => {
    const { line, headers, problem } = await send(bytes);
    expect(line).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(headers).toEqual(
      expect.arrayContaining([
        'content-type: application/problem+json',
        'x-content-type-options: nosniff',
        'connection: close',
      ]),
    );
    expect(problem).toEqual({
      ...{ type: `urn:carillon:problem:${code.toLowerCase().replaceAll('_', '-')}`, status, code },
      ...{ title: expect.any(String), detail: expect.any(String), requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });

  test('refuseUnread() writes nothing into an answer that is on its way', () => {
    const calls: string[] = [];
    const socket = { writable: true, _httpMessage: { headersSent: true } };
    const spied = { ...socket, end: () => calls.push('end'), destroy: () => calls.push('destroy') };
    refuseUnread(new Error('a parser'), spied as never);
    expect(calls).toEqual(['destroy']);
  });
});
