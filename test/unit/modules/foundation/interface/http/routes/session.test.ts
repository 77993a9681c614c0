import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CAPACITY } from '../../../../../../../src/modules/foundation/interface/http/failure-limit.ts';
import { SESSION_MS } from '../../../../../../../src/modules/foundation/interface/http/session-cookie.ts';
import { type Client, clientOf } from '../../../../../../support/in-memory-client.ts';
import { type InMemoryService, inMemoryService, TOKENS } from '../../../../../../support/in-memory-service.ts';
import { contractClientOf } from '../contract-client.ts';

let service: InMemoryService;
let send: Client;
beforeEach(() => {
  service = inMemoryService();
  const contract = contractClientOf(service);
  send = (request, options) => contract(request, { as: null, ...options });
});
afterEach(() => void vi.useRealTimers());

async function signIn(token: string, to: Client = send, headers: Record<string, string> = {}): Promise<string> {
  const answer = await to('POST /session', { as: null, body: { token }, headers });
  expect(answer.status).toBe(201);
  return answer.headers.get('set-cookie')!;
}
const cookieOf = (setCookie: string): string => setCookie.split(';')[0]!;

describe('POST /session', () => {
  test('turns a token into a cookie that no script reads and no other site sends', async () => {
    const { json, headers } = await send('POST /session', { body: { token: TOKENS.operator } });
    expect(json).toEqual({ role: 'operator', endsAt: expect.stringMatching(/Z$/) });
    expect(headers.get('set-cookie')).toMatch(
      /^carillon_session=operator\.\d+\.[^;]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(headers.get('set-cookie')).not.toContain(TOKENS.operator);
  });

  test('the cookie goes over https alone where it was got so, also behind a proxy', async () => {
    expect(await signIn(TOKENS.viewer, send, { 'x-forwarded-proto': 'https' })).toContain('; Secure');
  });

  test('keeps to its base path', async () => {
    const based = clientOf(inMemoryService({ basePath: '/carillon' }));
    const { headers } = await based('POST /carillon/session', { as: null, body: { token: TOKENS.viewer } });
    expect(headers.get('set-cookie')).toContain('; Path=/carillon;');
  });

  test('holds up wrong tokens as the guard does, and with it', async () => {
    for (let failure = 0; failure < CAPACITY; failure += 1) {
      expect((await send('POST /session', { body: { token: 'wrong' } })).status).toBe(401);
    }
    expect((await send('POST /session', { body: { token: 'wrong' } })).status).toBe(429);
    expect((await send('GET /admin/jobs', { headers: { authorization: 'Bearer wrong' } })).status).toBe(429);
    expect((await send('POST /session', { body: { token: TOKENS.viewer } })).status).toBe(201);
  });

  test('lets no other site sign a browser in', async () => {
    const headers = { origin: 'https://evil.example' };
    expect((await send('POST /session', { body: { token: TOKENS.viewer }, headers })).json.code).toBe(
      'ORIGIN_FORBIDDEN',
    );
  });
});

describe('a session', () => {
  test('reads what its role may, and no more', async () => {
    const cookie = cookieOf(await signIn(TOKENS.viewer));
    expect((await send('GET /admin/jobs', { headers: { cookie } })).status).toBe(200);
    const headers = { cookie, 'sec-fetch-site': 'same-origin' };
    expect((await send('POST /admin/jobs/warm-cache/trigger', { headers })).json.code).toBe('FORBIDDEN');
  });

  test.each([
    ['no origin', {}, 403],
    ['another origin', { origin: 'http://localhost.evil.example' }, 403],
    ['an opaque origin', { origin: 'null' }, 403],
    ['another port', { origin: 'http://localhost:8080' }, 403],
    ['its own origin', { origin: 'http://localhost' }, 404],
    ['a page of another site', { 'sec-fetch-site': 'cross-site', origin: 'http://localhost' }, 403],
    ['a page of a sibling site', { 'sec-fetch-site': 'same-site' }, 403],
    ['a page of its own', { 'sec-fetch-site': 'same-origin' }, 404],
  ])('changes nothing for %s unless the page is ours', async (_title, given, status) => {
    const headers: Record<string, string> = { cookie: cookieOf(await signIn(TOKENS.admin)), ...given };
    expect((await send('POST /admin/jobs/none/trigger', { headers })).status).toBe(status);
  });

  test('is known to another replica with the same tokens, and to none with others', async () => {
    const headers = { cookie: cookieOf(await signIn(TOKENS.admin)) };
    const read = async (other: InMemoryService) =>
      (await clientOf(other)('GET /admin/jobs', { as: null, headers })).status;
    expect(await read(inMemoryService())).toBe(200);
    expect(await read(inMemoryService({ tokens: { admin: 'another-admin-token-of-enough-length' } }))).toBe(401);
    expect(await read(inMemoryService({ tokens: { viewer: TOKENS.admin } }))).toBe(401);
  });

  test.each([
    ['another role', (cookie: string) => cookie.replace('=viewer.', '=admin.')],
    ['a later end', (cookie: string) => cookie.replace(/\.\d+\./, '.99999999999999.')],
    ['no signature', (cookie: string) => cookie.replace(/\.[^.]+$/, '')],
    ['another signature', (cookie: string) => cookie.replace(/\.[^.]{4}/g, '.AAAA')],
  ])('cannot be given %s', async (_title, forge) => {
    const headers = { cookie: forge(cookieOf(await signIn(TOKENS.viewer))) };
    expect((await send('GET /admin/jobs', { headers })).status).toBe(401);
  });

  test('ends', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const headers = { cookie: cookieOf(await signIn(TOKENS.viewer)) };
    vi.setSystemTime(Date.now() + SESSION_MS - 1);
    expect((await send('GET /admin/jobs', { headers })).status).toBe(200);
    vi.setSystemTime(Date.now() + 1);
    expect((await send('GET /admin/jobs', { headers })).status).toBe(401);
  });

  test('does not stand in for a token that is wrong', async () => {
    const headers = { cookie: cookieOf(await signIn(TOKENS.admin)), authorization: 'Bearer wrong' };
    expect((await send('GET /admin/jobs', { headers })).status).toBe(401);
  });
});

describe('DELETE /session', () => {
  test('takes the cookie away', async () => {
    const { status, headers } = await send('DELETE /session');
    expect([status, headers.get('set-cookie')]).toEqual([
      204,
      expect.stringMatching(/^carillon_session=; Max-Age=0; Path=\//),
    ]);
  });
});

describe('GET /sign-in', () => {
  test('is a page with a script of its own address alone', async () => {
    const { status, headers, text } = await send('GET /sign-in');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers.get('content-security-policy')).toContain("script-src 'self'; form-action 'none'");
    expect(text.match(/<script[^>]*>/g)).toEqual(['<script src="sign-in.js">']);
    expect((await send('GET /sign-in.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  });
});
