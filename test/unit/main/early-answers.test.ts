/** What a service answers before its application is loaded, and who answers those that waited. */
import { expect, it } from 'vitest';
import { EarlyAnswers } from '../../../src/main/early-answers.ts';

const ask = (path: string, method = 'GET') => new Request(`http://here${path}`, { method });

it('EarlyAnswers says at once that the process lives, under its base path and at the root', async () => {
  const early = new EarlyAnswers('/ops');
  for (const path of ['/ops/livez', '/livez']) {
    const alive = await early.answer(ask(path));
    expect([alive.status, await alive.json()]).toEqual([200, { status: 'ok' }]);
    expect(alive.headers.get('cache-control')).toBe('no-store');
  }
  const others = [ask('/else/livez'), ask('/ops/livez', 'POST'), ask('/ops/readyz')].map((request) =>
    early.answer(request),
  );
  early.handTo(({ method, url }) => new Response(`${method} ${new URL(url).pathname}`));
  const texts = await Promise.all(others.map(async (answer) => (await answer).text()));
  expect(texts).toEqual(['GET /else/livez', 'POST /ops/livez', 'GET /ops/readyz']);
});

it('EarlyAnswers hands everything to the application once there is one, with who asks', async () => {
  const early = new EarlyAnswers('');
  const waiting = early.answer(ask('/admin/jobs'), '192.0.2.1');
  early.handTo((_request, client) => new Response(client));
  expect(await (await waiting).text()).toBe('192.0.2.1');
  expect(await (await early.answer(ask('/livez'), '192.0.2.2')).text()).toBe('192.0.2.2');
});
