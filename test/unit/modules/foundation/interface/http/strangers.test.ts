/** What is shown to somebody without a token: the probes at any base path, and the way to the sign-in page. */
import { describe, expect, test } from 'vitest';
import { clientOf } from '../../../../../support/in-memory-client.ts';
import { inMemoryService, TOKENS } from '../../../../../support/in-memory-service.ts';

const DETAIL = 'PostgreSQL 18.4 at db.internal:5432/billing';

describe('GET /readyz', () => {
  test('says where the database is to those who show a token, and only its kind to strangers', async () => {
    const service = inMemoryService();
    const send = clientOf(service);
    const check = { name: 'database', ok: true, detail: DETAIL, openDetail: 'PostgreSQL' } as const;
    const other = { name: 'scheduler', ok: true, detail: 'beating' } as const;
    service.report.current = { mode: 'normal', checks: [check, other] };
    const shown = [{ name: 'database', ok: true, detail: DETAIL }, other];
    expect((await send('GET /readyz', { as: 'viewer' })).json.checks).toEqual(shown);
    const stranger = await send('GET /readyz', { as: null });
    expect([stranger.status, stranger.json.checks]).toEqual([200, [{ ...shown[0], detail: 'PostgreSQL' }, other]]);
    const wrong = await send('GET /readyz', { as: null, headers: { authorization: 'Bearer wrong' } });
    expect([wrong.status, wrong.text.includes('db.internal')]).toEqual([200, false]);
  });

  test.each(['/livez', '/readyz', '/sched/livez', '/sched/readyz'] as const)(
    'answers at %s where everything else is under a path',
    async (path) => {
      const send = clientOf(inMemoryService({ basePath: '/sched' }));
      expect((await send(`GET ${path}`, { as: null })).status).toBe(200);
    },
  );

  test('opens nothing else at the root', async () => {
    const send = clientOf(inMemoryService({ basePath: '/sched' }));
    for (const path of ['/admin/jobs', '/livez/', '/metrics', '/sign-in', '/livez/../admin/jobs'] as const) {
      expect((await send(`GET ${path}`, { as: null })).status, path).toBe(401);
    }
  });
});

describe('GET / in a browser', () => {
  const HTML = { accept: 'text/html,application/xhtml+xml' };

  test.each([
    ['', '/', 'sign-in'],
    ['/sched', '/sched/', 'sign-in'],
    ['/a/sched', '/a/sched', 'sched/sign-in'],
  ])('under the base path %j, %s leads to the page to sign in at', async (basePath, path, location) => {
    const send = clientOf(inMemoryService({ basePath }));
    const { status, headers } = await send(`GET ${path}` as 'GET /docs', { as: null, headers: HTML });
    expect([status, headers.get('location')]).toEqual([302, location]);
    const place = new URL(location, `http://localhost${path}`).pathname;
    expect(place).toBe(`${basePath}/sign-in`);
    expect((await send(`GET ${place}` as 'GET /sign-in', { as: null })).status).toBe(200);
  });

  test('with a session it leads to the reference', async () => {
    const send = clientOf(inMemoryService());
    const { headers } = await send('POST /session', { as: null, body: { token: TOKENS.viewer } });
    const cookie = headers.get('set-cookie')!.split(';')[0]!;
    const shown = await send('GET /', { as: null, headers: { ...HTML, cookie } });
    expect([shown.status, shown.headers.get('location')]).toEqual([302, 'docs']);
  });

  test('a program gets JSON, and nothing else under the base path is a page', async () => {
    const send = clientOf(inMemoryService({ basePath: '/sched' }));
    const asked = [
      await send('GET /sched/', { as: null }),
      await send('GET /sched/', { as: null, headers: { ...HTML, authorization: 'Bearer wrong' } }),
      await send('GET /', { as: null, headers: HTML }),
      await send('GET /sched/admin', { as: null, headers: HTML }),
    ];
    for (const { status, headers } of asked) {
      expect([status, headers.get('content-type')]).toEqual([401, 'application/problem+json']);
    }
  });

  test('the page says in English and Chinese how to open the service, with no script or style in it', async () => {
    const { text, headers } = await clientOf(inMemoryService())('GET /sign-in', { as: null });
    expect(text).toMatch(/Its first start printed an address[^]*admin-token[^]*首次启动时打印过[^]*令牌/);
    expect(text.match(/<script(?! src="sign-in[.]js"><[/]script>)|<style| style=| on[a-z]+=/g)).toBeNull();
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'.*script-src 'self'; form-action 'none'$/,
    );
  });
});

describe('GET /docs without a session', () => {
  const HTML = { accept: 'text/html,application/xhtml+xml' };

  test.each(['', '/sched'])('leads a browser to the sign-in page, under the base path %j', async (basePath) => {
    const send = clientOf(inMemoryService({ basePath }));
    const { status, headers } = await send(`GET ${basePath}/docs` as 'GET /docs', { as: null, headers: HTML });
    const place = new URL(headers.get('location') ?? '', `http://localhost${basePath}/docs`).pathname;
    expect([status, place]).toEqual([302, `${basePath}/sign-in`]);
    expect((await send(`GET ${place}` as 'GET /sign-in', { as: null })).status).toBe(200);
  });

  test('is a problem for a program, for a wrong token, and for every other route', async () => {
    const send = clientOf(inMemoryService());
    const statuses = [
      await send('GET /docs', { as: null }),
      await send('GET /docs', { as: null, headers: { ...HTML, authorization: 'Bearer wrong' } }),
      await send('GET /admin/jobs', { as: null, headers: HTML }),
      await send('GET /docs/start.js', { as: null, headers: HTML }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([401, 401, 401, 401]);
    expect((await send('GET /docs', { headers: HTML })).status).toBe(200);
  });

  test('and the sign-in page leads nowhere but back to it', async () => {
    const { text } = await clientOf(inMemoryService())('GET /sign-in.js', { as: null });
    expect(text.match(/location\.replace\(.*\)/g)).toEqual(["location.replace('docs' + place)"]);
  });
});
