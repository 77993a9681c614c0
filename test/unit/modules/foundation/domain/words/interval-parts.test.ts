import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intervalPartsOf } from '../../../../../../src/modules/foundation/domain/words/interval-parts.ts';

const SECONDS = { day: 86_400, hour: 3600, minute: 60, second: 1 };

describe('intervalPartsOf()', () => {
  it.each([
    [1, 'second 1'],
    [60, 'minute 1'],
    [90, 'second 90'],
    [120, 'minute 2'],
    [3_601, 'hour 1, second 1'],
    [86_400, 'hour 24'],
    [172_800, 'day 2'],
    [176_400, 'hour 49'],
  ])('says %d s as %s', (seconds, words) => {
    const { units } = intervalPartsOf(seconds * 1000);
    expect(units.map(({ unit, count }) => `${unit} ${count}`).join(', ')).toBe(words);
  });

  it('gives the hours of whole days alone', () => {
    expect(intervalPartsOf(604_800_000).totalHours).toBe(168);
    expect(intervalPartsOf(86_400_000).totalHours).toBeNull();
  });

  it('adds up to the interval', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_162_240_000 }), (seconds) => {
        const { units } = intervalPartsOf(seconds * 1000);
        expect(units.reduce((sum, { unit, count }) => sum + count * SECONDS[unit], 0)).toBe(seconds);
        expect(units.every(({ count }) => count > 0)).toBe(true);
      }),
    );
  });
});
