/** When a run is looked at again: told by a stream, and without one. */
import { afterEach, describe, expect, test } from 'vitest';
import { RunSignal } from '../../../../src/cli/connection/run-signal.ts';
import { type Answer, startHttpServer, type TestHttpServer } from '../../../support/http-server.ts';

/** Longer than any test may take: only the stream can end it. */
const NEVER = 600_000;
const HELLO = 'event: hello\ndata: {"mode":"normal","detail":"all"}\n\n';

let server: TestHttpServer;
let signal: RunSignal;
afterEach(async () => {
  signal.close();
  await server[Symbol.asyncDispose]();
});

async function listen(answer: Answer): Promise<void> {
  server = await startHttpServer(answer);
  signal = new RunSignal({ server: server.origin, headers: { authorization: 'Bearer t' } as never }, 'run 1');
}

describe('RunSignal', () => {
  test('next() ends when the stream tells of the run', async () => {
    let say: (text: string) => void = () => {};
    await listen((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      say = (text) => void response.write(text);
      say(HELLO);
    });
    await signal.next(NEVER);
    expect(server.requests).toMatchObject([
      { path: '/admin/stream?executionId=run%201', headers: { authorization: 'Bearer t' } },
    ]);
    const told = signal.next(NEVER);
    say(': \n\nid: a-1\nevent: run.');
    say('finished\ndata: {}\n\n');
    await told;
  });

  test('next() does not wait for what was told before it was asked', async () => {
    await listen((_request, response) => response.writeHead(200).end(`${HELLO}event: reset\ndata: {}\n\n`));
    await signal.next(NEVER);
    await signal.next(0);
  });

  test.each([404, 503])('next() goes by the clock where the stream is refused with %i', async (status) => {
    await listen((_request, response) => response.writeHead(status).end());
    await signal.next(1);
    await signal.next(1);
  });

  test('next() goes by the clock where the stream sees one replica alone', async () => {
    const degraded = HELLO.replace('normal', 'degraded');
    await listen((_request, response) => void response.writeHead(200).write(degraded));
    await signal.next(NEVER);
    await signal.next(1);
  });

  test('next() goes by the clock where nobody answers at all', async () => {
    await listen((_request, response) => void response.destroy());
    await signal.next(1);
  });
});
