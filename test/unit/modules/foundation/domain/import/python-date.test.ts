import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImportFault } from '../../../../../../src/modules/foundation/domain/import/import-fault.ts';
import { instantOf, readPythonDate } from '../../../../../../src/modules/foundation/domain/import/python-date.ts';

describe('readPythonDate()', () => {
  it.each([
    ['2026-01-31', '2026-01-31T00:00:00', null, null],
    ['2026-01-31 09:00', '2026-01-31T09:00:00', null, null],
    ['2026-01-31 09:00:00 CST', '2026-01-31T09:00:00', null, 'CST'],
    ['2026-01-31 09:00:00 UTC', '2026-01-31T09:00:00', 'Z', null],
    ['2026-01-31 09:00:00 +08', '2026-01-31T09:00:00', '+08:00', null],
    ['2026-01-31 09:00:00 UTC+05:30', '2026-01-31T09:00:00', '+05:30', null],
    ['2026-01-31T09:00:00.250000+08:00', '2026-01-31T09:00:00.250', '+08:00', null],
    ['2026-01-31T09:00:00.25-0330', '2026-01-31T09:00:00.250', '-03:30', null],
    ['2026-01-31T09:00:00Z', '2026-01-31T09:00:00', 'Z', null],
  ])('%s', (text, wall, offset, abbreviation) => {
    expect(readPythonDate(text)).toEqual({ wall, offset, abbreviation });
  });

  it.each(['', 'tomorrow', '31.01.2026', '2026-01-31 9:00', '2026-01-31 09:00:00 Asia/Tokyo', '1769821200'])(
    'leaves %j alone',
    (text) => {
      expect(readPythonDate(text)).toBeNull();
    },
  );
});

describe('instantOf()', () => {
  it('reads what Date prints', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }), (date) => {
        expect(instantOf(readPythonDate(date.toISOString())!, null, 'x')).toEqual(date);
      }),
    );
  });

  it('follows the zone where there is no offset: a gap moves it forward, an overlap is its first pass', () => {
    const at = (text: string): string => instantOf(readPythonDate(text)!, 'Europe/Berlin', 'x').toISOString();
    expect(at('2026-03-29 02:30:00 CET')).toBe('2026-03-29T01:30:00.000Z');
    expect(at('2026-10-25 02:30:00 CET')).toBe('2026-10-25T00:30:00.000Z');
  });

  it.each([
    ['2026-02-30', 'UTC'],
    ['2026-01-01 25:00', 'UTC'],
    ['2026-01-01', null],
    ['2026-01-01', 'Nowhere/Land'],
  ])('refuses %s in %j', (text, timezone) => {
    expect(() => instantOf(readPythonDate(text)!, timezone, 'x')).toThrow(ImportFault);
  });
});
