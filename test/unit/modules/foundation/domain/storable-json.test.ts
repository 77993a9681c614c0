import { describe, expect, test } from 'vitest';
import {
  findUnstorable,
  isStorableText,
  MAX_JSON_DEPTH,
} from '../../../../../src/modules/foundation/domain/storable-json.ts';

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

describe('isStorableText()', () => {
  test('refuses NUL and half a surrogate pair, and nothing else', () => {
    expect(isStorableText('a\0b')).toBe(false);
    expect(isStorableText('\ud83d')).toBe(false);
    expect(isStorableText('\ude00 x')).toBe(false);
    expect(isStorableText('每日任务 😀 \u0001 \uffff')).toBe(true);
  });
});

describe('findUnstorable()', () => {
  test('finds nothing in what JSON and the database both have', () => {
    expect(findUnstorable({ a: [1, 'x', null, true, { b: -0.5 }], __proto__: 'x' })).toBeNull();
  });

  test('names the path of a text with NUL', () => {
    expect(findUnstorable({ a: [{ b: 'x\0' }] })).toMatchObject({ path: 'a.0.b' });
  });

  test('names the object that has an unstorable key', () => {
    expect(findUnstorable({ a: { 'x\ud800': 1 } })).toMatchObject({ path: 'a' });
  });

  test('refuses a number that JSON cannot carry', () => {
    expect(findUnstorable(JSON.parse('{"a": 1e999}'))).toMatchObject({ path: 'a' });
  });

  test('takes the deepest nesting that is allowed, and no deeper', () => {
    expect(findUnstorable(nested(MAX_JSON_DEPTH))).toBeNull();
    expect(findUnstorable(nested(MAX_JSON_DEPTH + 1))?.message).toContain(String(MAX_JSON_DEPTH));
  });

  test('survives a nesting that would break whoever recurses', () => {
    expect(findUnstorable(nested(200_000))).not.toBeNull();
  });
});
