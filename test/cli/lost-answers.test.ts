/** An order whose answer is lost on its way: it is sent once more, under the key that keeps it one order. */
import { expect, test, vi } from 'vitest';
import { runAnswer } from '../support/answers.ts';
import { startHttpServer } from '../support/http-server.ts';
import { runCarillon } from '../support/run-carillon.ts';

vi.setConfig({ testTimeout: 60_000 });

test('carillon jobs trigger sends an order again whose answer was lost, under the same Idempotency-Key', async () => {
  const run = runAnswer({ id: '0a', startedAt: null });
  await using server = await startHttpServer((_request, response) => {
    if (server.requests.length === 1) response.destroy();
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(run));
  });
  const { status, stdout } = await runCarillon(['jobs', 'trigger', 'a'], { server: server.origin });
  expect({ status, says: stdout.slice(0, 11) }).toEqual({ status: 0, says: '0a  WAITING' });
  const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
  expect(keys).toHaveLength(2);
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(keys[1]).toBe(keys[0]);
});

test('carillon jobs trigger gives up where no answer comes at all', async () => {
  await using server = await startHttpServer((_request, response) => void response.destroy());
  expect(await runCarillon(['jobs', 'trigger', 'a'], { server: server.origin })).toMatchObject({
    status: 3,
    stdout: '',
  });
  expect(server.requests).toHaveLength(2);
});
