import { describe, expect, test } from 'vitest';
import { TokenCheck } from '../../../../../../src/modules/foundation/interface/http/token-check.ts';

describe('TokenCheck', () => {
  const check = new TokenCheck({ viewer: 'v-token', operator: 'o-token', admin: 'a-token' });

  test('knows each role by its token', async () => {
    expect(await check.roleOf('v-token')).toBe('viewer');
    expect(await check.roleOf('o-token')).toBe('operator');
    expect(await check.roleOf('a-token')).toBe('admin');
  });

  test.each(['', 'a-toke', 'a-token ', 'A-token', 'a-token\0'])('does not know %j', async (token) => {
    expect(await check.roleOf(token)).toBeNull();
  });

  test('compares every byte of the hashes, not the last alone', async () => {
    const lastByte = async (text: string) => {
      const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
      return new Uint8Array(hash).at(-1);
    };
    const expected = await lastByte('a-token');
    let tried = 0;
    while ((await lastByte(`guess-${tried}`)) !== expected) tried += 1;
    expect(await check.roleOf(`guess-${tried}`)).toBeNull();
  });

  test('a token that two roles share gives the higher one', async () => {
    expect(await new TokenCheck({ viewer: 'same', admin: 'same' }).roleOf('same')).toBe('admin');
  });

  test('an empty token opens nothing', async () => {
    expect(await new TokenCheck({ admin: '' }).roleOf('')).toBeNull();
    expect(await new TokenCheck({}).roleOf('undefined')).toBeNull();
  });
});
