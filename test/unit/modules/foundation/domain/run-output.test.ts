import { describe, expect, test } from 'vitest';
import { MAX_LINE_BYTES, readLine, readProgress } from '../../../../../src/modules/foundation/domain/run-output.ts';

const bytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;

describe('readProgress()', () => {
  test.each([
    [0.5, 0.5],
    [-3, 0],
    [7, 1],
    [Number.POSITIVE_INFINITY, 1],
    [Number.NEGATIVE_INFINITY, 0],
  ])('takes %d as %d', (given, fraction) => expect(readProgress(given)).toEqual({ fraction }));

  test.each([[Number.NaN], ['0.5'], [null], [undefined], [{}], [1n]])('refuses %s', (given) => {
    expect(readProgress(given)).toBeNull();
  });

  test('cuts its message and makes it storable', () => {
    expect(readProgress(0, 'a\u0000b\ud800')).toEqual({ fraction: 0, message: 'a\ufffdb\ufffd' });
    expect(readProgress(0, '语'.repeat(1_000_000))!.message!.length).toBeLessThan(400);
  });
});

describe('readLine()', () => {
  test('masks secrets and writes errors by their message', () => {
    const { properties } = readLine('x', { user: { apiToken: 'hunter2' }, error: new Error('boom'), none: undefined });
    expect(properties).toEqual({ user: { apiToken: '***' }, error: 'boom' });
  });

  test.each([
    ['a long message', 'm'.repeat(100_000), {}],
    ['long properties', 'short', { text: '"'.repeat(100_000) }],
    ['both', '语'.repeat(50_000), { text: '语'.repeat(50_000) }],
    [
      'wide properties',
      'x'.repeat(3_900),
      Object.fromEntries(Array.from({ length: 999 }, (_, key) => [`k${key}`, key])),
    ],
    ['control characters', '\u0001'.repeat(10_000), { text: '\u0001'.repeat(10_000) }],
  ])('keeps a line with %s within its bytes, saying that it was cut', (_title, message, properties) => {
    const line = readLine(message, properties);
    expect(new TextEncoder().encode(line.message).length + bytes(line.properties)).toBeLessThanOrEqual(MAX_LINE_BYTES);
    expect(JSON.stringify(line)).toMatch(/… \(cut; \d+ characters in all\)/);
  });

  test('leaves alone what fits', () => {
    expect(readLine('m'.repeat(4_000), { n: 1 })).toEqual({ message: 'm'.repeat(4_000), properties: { n: 1 } });
  });

  test('makes what PostgreSQL refuses storable, keys too', () => {
    expect(readLine('a\u0000', { 'k\u0000': 'v\udc00' })).toEqual({
      message: 'a\ufffd',
      properties: { 'k\ufffd': 'v\ufffd' },
    });
  });

  test('says what cannot be read, and never throws', () => {
    const deep: Record<string, unknown> = {};
    let inner = deep;
    for (let depth = 0; depth < 100_000; depth += 1) inner = inner['next'] = {};
    const getter = Object.defineProperty({}, 'x', { enumerable: true, get: () => raise('get') });
    expect(readLine('x', getter).properties).toEqual({ x: 'get' });
    for (const properties of [deep, 'a text', 3, ['a', 'b'], new Map([['a', 1]])]) {
      expect(readLine('x', properties).message).toBe('x');
    }
    expect(readLine({ toString: () => raise('no') }, {}).message).toBeTypeOf('string');
  });
});

function raise(message: string): never {
  throw new Error(message);
}
