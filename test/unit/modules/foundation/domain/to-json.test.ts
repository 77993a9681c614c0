import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toJson } from '../../../../../src/modules/foundation/domain/to-json.ts';

const boom = (): never => {
  throw new Error('boom');
};

describe('toJson()', () => {
  it('leaves JSON as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(toJson(value)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('says null for what is nothing', () => {
    for (const nothing of [undefined, null, () => 1, Symbol('s'), Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(toJson(nothing)).toBeNull();
    }
  });

  it('says in JSON what JSON has no word for', () => {
    const value = {
      big: 12_345_678_901_234_567_890n,
      at: new Date(0),
      error: new Error('it broke'),
      map: new Map([['a', 1]]),
      set: new Set([1, 2]),
      left: undefined,
    };
    expect(toJson(value)).toEqual({
      big: '12345678901234567890',
      at: '1970-01-01T00:00:00.000Z',
      error: 'it broke',
      map: [['a', 1]],
      set: [1, 2],
    });
  });

  it('describes a cycle, a throwing getter and a throwing toJSON', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(toJson(circle)).toMatch(/^The value cannot be written as JSON: .*circular/s);
    expect(toJson(Object.defineProperty({}, 'x', { enumerable: true, get: boom }))).toMatch(/boom/);
    expect(toJson({ toJSON: boom })).toMatch(/boom/);
  });

  it('describes a value nested beyond the stack', () => {
    let deep: unknown = 0;
    for (let depth = 0; depth < 200_000; depth += 1) deep = [deep];
    expect(toJson(deep)).toMatch(/cannot be written/);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, withMap: true, withSet: true }), (value) => {
        const json = toJson(value);
        expect(JSON.parse(JSON.stringify(json))).toEqual(json);
      }),
    );
  });
});
