import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  onlyValue,
  type Run,
  runsOf,
  strideOf,
} from '../../../../../../src/modules/foundation/domain/words/value-runs.ts';

const expand = ({ from, to, step }: Run): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
const one = (value: number): Run => ({ from: value, to: value, step: 1 });

describe('runsOf()', () => {
  it('makes ranges of three and more, and leaves pairs apart', () => {
    expect(runsOf([1, 2, 3, 5, 6, 9])).toEqual([{ from: 1, to: 3, step: 1 }, one(5), one(6), one(9)]);
  });

  it('lists a short stride, and names a long one', () => {
    expect(runsOf([0, 10, 20, 30, 40, 50])).toHaveLength(6);
    expect(runsOf([0, 5, 10, 15, 20, 25, 30])).toEqual([{ from: 0, to: 30, step: 5 }]);
  });

  it('has nothing to say of nothing', () => {
    expect(runsOf([])).toEqual([]);
  });

  it('expands to exactly the values that went in', () => {
    const values = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 60 });
    fc.assert(
      fc.property(values, (unsorted) => {
        const sorted = unsorted.toSorted((a, b) => a - b);
        expect(runsOf(sorted).flatMap(expand)).toEqual(sorted);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('strideOf()', () => {
  it.each([
    [[0, 7, 14], 7],
    [[3, 4], 1],
    [[0, 7, 15], null],
    [[5], null],
    [[], null],
  ])('%j is %j', (values, stride) => {
    expect(strideOf(values)).toBe(stride);
  });
});

describe('onlyValue()', () => {
  it('is the value of a single one, and null of everything else', () => {
    expect(onlyValue([one(5)])).toBe(5);
    expect(onlyValue([one(5), one(6)])).toBeNull();
    expect(onlyValue([{ from: 1, to: 3, step: 1 }])).toBeNull();
  });
});
