import { describe, expect, test } from 'vitest';
import { RunCancelledError } from '../../../../../src/modules/foundation/domain/errors.ts';
import type { Json } from '../../../../../src/modules/foundation/domain/json.ts';
import { RunSecrets } from '../../../../../src/modules/foundation/domain/run-secrets.ts';

const SECRET = 'canary-7f3a91';
const secrets = new RunSecrets({ apiToken: SECRET, to: 'somebody' });

describe('RunSecrets', () => {
  test.each([
    ['under a key', { token: SECRET }, SECRET],
    ['below one', { credentials: { list: [{ user: SECRET }] } }, SECRET],
    ['a number', { secretPin: 12345678 }, '12345678'],
    ['behind a scheme', { headers: { Authorization: `Bearer ${SECRET}` } }, SECRET],
    ["an address's password", { url: `https://u:${SECRET}@h/` }, SECRET],
    ["an address's password, decoded", { url: 'https://u:p%40ssword@h/' }, 'p@ssword'],
    ["an address's parameter", { url: `https://h/?token=${SECRET}` }, SECRET],
    ['encoded for an address', { token: 'a b/c d&e' }, 'a%20b%2Fc%20d%26e'],
    ['quoted in JSON', { token: 'a"bcdef' }, 'a\\"bcdef'],
  ])('text() hides a secret %s', (_title, kwargs, said) => {
    expect(new RunSecrets(kwargs).text(`before ${said} after`)).toBe('before *** after');
  });

  const cyclic: Record<string, unknown> = { options: {} };
  cyclic['self'] = cyclic;
  const trapped = {
    get a(): never {
      throw new Error('nobody reads this');
    },
    token: 'another-canary',
  };
  const shared = { user: SECRET };
  const nested = Array.from({ length: 50_000 }).reduce<unknown>((inner) => [inner], { token: SECRET });
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();

  test.each<[string, unknown]>([
    ['one that holds itself', [{ agent: cyclic }, { token: SECRET }]],
    ['a property that throws', [{ db: trapped }, { token: SECRET }]],
    ['an object that throws', [revoked.proxy, { token: SECRET }]],
    ['one that is no secret elsewhere', { a: shared, credentials: shared }],
    ['depth', nested],
  ])('text() hides what can be read, beside or within %s', (_title, kwargs) => {
    expect(new RunSecrets(kwargs as Json).text(SECRET)).toBe('***');
  });

  test('text() hides a secret behind a property that throws', () => {
    expect(new RunSecrets({ db: trapped }).text('another-canary')).toBe('***');
  });

  test('text() hides the longer of two that overlap whole', () => {
    const two = new RunSecrets({ token: 'abcdef', secret: 'abcdefgh' });
    expect(two.text('abcdefgh abcdef')).toBe('*** ***');
  });

  test.each([
    [{ token: 'short' }],
    [{ to: SECRET, url: 'https://h/' }],
    [{ token: null, secret: true }],
    [{ token: '***' }],
  ])('isEmpty where there is nothing to hide: %o', (kwargs) => {
    const none = new RunSecrets(kwargs);
    const [value, error] = [{ at: SECRET }, new Error(SECRET)];
    expect([none.isEmpty, none.value(value) === value, none.error(error) === error]).toEqual([true, true, true]);
    expect(none.properties(value)).toBe(value);
  });

  test('value() hides in every text, key and number, and changes nothing else', () => {
    const pin = new RunSecrets({ token: SECRET, secretPin: 12345678 });
    const given = { a: [`x${SECRET}`, 1, null, true], [SECRET]: { pin: 12345678, at: new Date(0) } };
    const shown = { a: ['x***', 1, null, true], '***': { pin: '***', at: '1970-01-01T00:00:00.000Z' } };
    expect(pin.value(given)).toEqual(shown);
    expect([pin.value(undefined), pin.value(null)]).toEqual([undefined, null]);
  });

  test('error() hides in message, causes and stack, and leaves what says no secret, or why a run was ended', () => {
    const shown = secrets.error(new TypeError(`no ${SECRET}`, { cause: new Error(SECRET) })) as Error;
    expect(shown.message).toBe('TypeError: no ***');
    expect(shown.stack).toContain('no ***');
    expect(`${shown.message}${shown.stack}${String(shown.cause)}`).not.toContain(SECRET);
    expect((secrets.error(`thrown ${SECRET}`) as Error).message).toBe('thrown ***');
    const plain = new Error('plain');
    const cancelled = new RunCancelledError(`for ${SECRET}`);
    expect([secrets.error(plain), secrets.error(cancelled)]).toEqual([plain, cancelled]);
  });

  test('properties() keeps an error an error, and survives what throws', () => {
    const shown = secrets.properties({ error: new Error(SECRET), n: 1 }) as { error: Error; n: number };
    expect([shown.error instanceof Error, shown.error.message, shown.n]).toEqual([true, '***', 1]);
    const hostile = {
      get trap(): never {
        throw new Error(`trapped ${SECRET}`);
      },
    };
    expect(secrets.properties(hostile)).toEqual({ unreadable: 'trapped ***' });
  });
});
