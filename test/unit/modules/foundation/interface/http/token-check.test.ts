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

  test('a token that two roles share gives the higher one', async () => {
    expect(await new TokenCheck({ viewer: 'same', admin: 'same' }).roleOf('same')).toBe('admin');
  });

  test('an empty token opens nothing', async () => {
    expect(await new TokenCheck({ admin: '' }).roleOf('')).toBeNull();
    expect(await new TokenCheck({}).roleOf('undefined')).toBeNull();
  });
});
