/** Both spellings of a length of time, and what is neither. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../../../../src/modules/maintenance/domain/duration.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('parseDuration()', () => {
  test.each([
    ['90s', 90_000],
    ['90m', 90 * 60_000],
    ['12h', 12 * HOUR_MS],
    ['30d', 30 * DAY_MS],
    ['4w', 28 * DAY_MS],
    ['0s', 0],
    ['P30D', 30 * DAY_MS],
    ['P4W', 28 * DAY_MS],
    ['PT12H', 12 * HOUR_MS],
    ['PT90M', 90 * 60_000],
    ['PT5S', 5_000],
    ['P1DT12H', 36 * HOUR_MS],
    ['P1DT1H1M1S', DAY_MS + HOUR_MS + 61_000],
  ])('parseDuration() reads %s', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  test.each([
    '',
    '30',
    'd',
    '-1d',
    '1.5h',
    '30 d',
    ' 30d',
    '30d\n',
    '30D',
    '1y',
    'P',
    'PT',
    'P1DT',
    'P1M',
    'P1Y',
    'p1d',
  ])("parseDuration() does not read '%s'", (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  test.each(['P1H', 'PT1D', 'P1W2D', 'PT1S1M', '1d12h', '1000000d', '٣d'])(
    "parseDuration() does not read '%s'",
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  test('parseDuration() reads the ISO spelling of whatever the short one says', () => {
    const count = fc.integer({ min: 0, max: 999_999 });
    fc.assert(
      fc.property(count, fc.constantFrom('s', 'm', 'h', 'd', 'w'), (digits, unit) => {
        const iso = `${'dw'.includes(unit) ? 'P' : 'PT'}${digits}${unit.toUpperCase()}`;
        expect(parseDuration(iso)).toBe(parseDuration(`${digits}${unit}`));
      }),
    );
  });

  test('parseDuration() reads nothing that takes a Date out of its range', () => {
    for (const longest of ['999999w', 'P999999W', 'P999999DT999999H999999M999999S']) {
      const ago = new Date(Date.UTC(2026, 0, 1) - (parseDuration(longest) ?? Number.NaN));
      expect(Number.isNaN(ago.getTime())).toBe(false);
    }
  });
});
