/** A run that is followed, and the following broken off: the run may go on, and whoever followed it is told how to look. */
import { expect, test, vi } from 'vitest';
import { runAnswer } from '../support/answers.ts';
import { startHttpServer } from '../support/http-server.ts';
import { runCarillon } from '../support/run-carillon.ts';

vi.setConfig({ testTimeout: 60_000 });

const NOTHING_YET = { items: [], nextAfter: 0, isEnded: false };

/** A service that has the run and no stream, and whose `answered` says how often it was asked. */
function serveRun(answered: (requests: number) => void, isAway: (requests: number) => boolean) {
  let requests = 0;
  return startHttpServer(({ path }, response) => {
    requests += 1;
    answered(requests);
    if (isAway(requests)) return void response.destroy();
    if (path.includes('/stream')) return void response.writeHead(404).end();
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify(path.includes('/logs') ? NOTHING_YET : runAnswer()));
  });
}

test('carillon runs logs --follow says that the run may go on where the service goes away', async () => {
  await using server = await serveRun(
    () => {},
    (requests) => requests > 5,
  );
  const { status, stderr } = await runCarillon(['runs', 'logs', '0a', '--follow'], { server: server.origin });
  expect(status).toBe(3);
  expect(stderr).toMatch(/No service answers[^]*What becomes of the run is not known[^]*runs logs 0a --follow/);
});

test('carillon runs logs --follow ends at Ctrl-C with 130, and says that the run goes on', async () => {
  const { promise: interrupted, resolve } = Promise.withResolvers<void>();
  await using server = await serveRun(
    (requests) => (requests === 6 ? resolve() : undefined),
    () => false,
  );
  const followed = runCarillon(['runs', 'logs', '0a', '--follow'], { server: server.origin, interrupted });
  const { status, stderr } = await followed;
  expect(status).toBe(130);
  expect(stderr).toMatch(/is not followed any more[^]*It goes on; 'carillon runs cancel 0a' stops it/);
});
