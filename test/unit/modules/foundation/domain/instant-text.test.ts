import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCivilDate } from '../../../../../src/modules/foundation/domain/cron/civil-date.ts';
import { readInstantText } from '../../../../../src/modules/foundation/domain/instant-text.ts';

const storable = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
});

describe('readInstantText()', () => {
  it('reads back every instant that has a year of four digits', () => {
    fc.assert(
      fc.property(storable, (date) => {
        expect(readInstantText(date.toISOString())).toEqual(date);
        expect(readInstantText(date.toISOString().toLowerCase().replace('t', ' '))).toEqual(date);
      }),
    );
  });

  it('reads nothing else as an instant', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('0123456789-:TZtz.+ ')) }), (text) => {
        const year = readInstantText(text)?.getUTCFullYear() ?? 1;
        expect(year).toBeGreaterThanOrEqual(1);
        expect(year).toBeLessThanOrEqual(9_999);
      }),
    );
    for (const text of [
      '0000-12-31T23:59:59Z',
      '0001-01-01T00:00:00+00:01',
      '9999-12-31T23:59:59-00:01',
      '2026-02-30',
    ]) {
      expect(readInstantText(text)).toBeNull();
    }
  });
});

it('isCivilDate() is true of the dates that Date keeps as they are', () => {
  const number = (most: number) => fc.integer({ min: 0, max: most });
  fc.assert(
    fc.property(number(9_999), number(14), number(33), (year, month, day) => {
      const date = new Date(Date.UTC(2000, month - 1, day));
      date.setUTCFullYear(year, month - 1, day);
      const isKept = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
      expect(isCivilDate({ year, month, day })).toBe(isKept);
    }),
  );
});
