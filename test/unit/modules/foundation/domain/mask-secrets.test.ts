import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { maskSecrets, restoreSecrets } from '../../../../../src/modules/foundation/domain/mask-secrets.ts';
import { isSecretKey, SECRET_KEY } from '../../../../../src/modules/foundation/domain/secret-key.ts';

describe('isSecretKey()', () => {
  test('reads keys as the audit trail does', () => {
    const drizzle = new URL('../../../../../drizzle/', import.meta.url);
    const newest = readdirSync(drizzle).findLast((name) => name.endsWith('_masked_addresses.sql'));
    const audit = readFileSync(new URL(newest!, drizzle), 'utf8');
    expect(audit).toContain(`entry.key ~* '${SECRET_KEY.source}'`);
    expect(audit).toContain(`(?:${SECRET_KEY.source})`);
  });

  test.each([
    'token',
    'apiToken',
    'TOKEN_2',
    'password',
    'dbPassword',
    'client_secret',
    'Authorization',
    'proxy-authorization',
    'dbPasswd',
    'x-api-key',
    'apiKey',
    'private_key',
    'Cookie',
  ])('%s is secret', (key) => expect(isSecretKey(key)).toBe(true));
  test.each(['url', 'user', 'pass', 'author', 'key'])('%s is not', (key) => expect(isSecretKey(key)).toBe(false));
});

describe('maskSecrets()', () => {
  test('masks at every depth, in arrays too, and changes nothing else', () => {
    const kwargs = {
      url: 'https://a',
      headers: { Authorization: 'Bearer x', accept: 'a' },
      list: [{ token: 't', n: 1 }],
    };
    expect(maskSecrets(kwargs)).toEqual({
      url: 'https://a',
      headers: { Authorization: '***', accept: 'a' },
      list: [{ token: '***', n: 1 }],
    });
  });

  test('masks whatever stands there, objects and numbers too, but for null', () => {
    expect(maskSecrets({ token: { a: 'x' }, secret: 7, password: null, apiSecret: '' })).toEqual({
      token: '***',
      secret: '***',
      password: null,
      apiSecret: '***',
    });
  });

  test('leaves its input alone', () => {
    const kwargs = { token: 'x' };
    maskSecrets(kwargs);
    expect(kwargs).toEqual({ token: 'x' });
  });

  test('takes __proto__ for data', () => {
    const hostile = JSON.parse('{"__proto__": {"token": "x", "polluted": 1}}') as JsonObject;
    const masked = maskSecrets(hostile);
    expect(JSON.stringify(masked)).toBe('{"__proto__":{"token":"***","polluted":1}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('passes values that are no objects', () => {
    expect([maskSecrets(null), maskSecrets('token'), maskSecrets(3), maskSecrets([1])]).toEqual([
      null,
      'token',
      3,
      [1],
    ]);
  });
});

describe('restoreSecrets()', () => {
  const stored: JsonObject = { url: 'https://a', headers: { Authorization: 'Bearer x' }, token: 't' };

  test('gives back what was masked: a round trip changes nothing', () => {
    expect(restoreSecrets(maskSecrets(stored), stored)).toEqual({ value: stored, missing: [] });
  });

  test('takes a new secret, and a removed one', () => {
    expect(restoreSecrets({ token: 'new' }, stored).value).toEqual({ token: 'new' });
    expect(restoreSecrets({ url: 'https://a' }, stored).value).toEqual({ url: 'https://a' });
  });

  test('keeps the secret while its neighbours change', () => {
    const { value } = restoreSecrets({ url: 'https://b', headers: { Authorization: '***' } }, stored);
    expect(value).toEqual({ url: 'https://b', headers: { Authorization: 'Bearer x' } });
  });

  test('names where nothing is stored', () => {
    const given = { a: { secret: '***' }, list: [{ token: '***' }], password: '***' };
    expect(restoreSecrets(given, { password: null }).missing).toEqual(['a.secret', 'list.0.token', 'password']);
  });

  test("takes '***' for itself where the key is no secret", () => {
    expect(restoreSecrets({ pattern: '***' }, {})).toEqual({ value: { pattern: '***' }, missing: [] });
  });

  test('follows an array element that was moved, and never hands its secret to another', () => {
    const list: JsonObject = {
      targets: [
        { host: 'a', token: 'A' },
        { host: 'b', token: 'B' },
      ],
    };
    const swapped = {
      targets: [
        { host: 'b', token: '***' },
        { host: 'a', token: '***' },
      ],
    };
    expect(restoreSecrets(swapped, list).value).toEqual({
      targets: [
        { host: 'b', token: 'B' },
        { host: 'a', token: 'A' },
      ],
    });
    const foreign = { targets: [{ host: 'evil', token: '***' }] };
    expect(restoreSecrets(foreign, list).missing).toEqual(['targets.0.token']);
  });

  test('of elements that look alike when masked, each keeps its own', () => {
    const list: JsonObject = {
      targets: [
        { host: 'a', token: '1' },
        { host: 'a', token: '2' },
      ],
    };
    expect(restoreSecrets(maskSecrets(list), list).value).toEqual(list);
  });

  test('finds no secret in what is inherited', () => {
    expect(restoreSecrets({ toString: { token: '***' } }, {}).missing).toEqual(['toString.token']);
  });

  const hook: JsonObject = { url: 'https://u:pw@a/?token=t&page=1', urls: ['https://u:p1@a/', 'https://u:p2@b/'] };

  test('gives back a masked address that came back as it was shown, in an array too', () => {
    expect(maskSecrets(hook)).toEqual({
      url: 'https://u:***@a/?token=***&page=1',
      urls: ['https://u:***@a/', 'https://u:***@b/'],
    });
    expect(restoreSecrets(maskSecrets(hook), hook)).toEqual({ value: hook, missing: [] });
    const swapped = { urls: ['https://u:***@b/', 'https://u:***@a/'] };
    expect(restoreSecrets(swapped, hook).value).toEqual({ urls: ['https://u:p2@b/', 'https://u:p1@a/'] });
  });

  test('never carries the secret of an address to another, and takes a new one', () => {
    const moved = { url: 'https://u:***@evil/?token=***&page=1' };
    expect(restoreSecrets(moved, hook)).toEqual({ value: moved, missing: ['url'] });
    expect(restoreSecrets({ url: 'https://u:***@a/' }, {}).missing).toEqual(['url']);
    const renewed = { url: 'https://u:new@a/' };
    expect(restoreSecrets(renewed, hook)).toEqual({ value: renewed, missing: [] });
    const literal = { url: 'https://u:***@a/' };
    expect(restoreSecrets(literal, literal)).toEqual({ value: literal, missing: [] });
  });
});
