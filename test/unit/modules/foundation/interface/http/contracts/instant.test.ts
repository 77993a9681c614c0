import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import {
  instantInput,
  instantText,
  instantTextOrNull,
} from '../../../../../../../src/modules/foundation/interface/http/contracts/instant.ts';

describe('instantInput', () => {
  test.each([
    ['2026-03-01T09:00:00Z', '2026-03-01T09:00:00.000Z'],
    ['2026-03-01t09:00:00z', '2026-03-01T09:00:00.000Z'],
    ['2026-03-01 09:00:00Z', '2026-03-01T09:00:00.000Z'],
    ['2026-03-01T09:00:00.5Z', '2026-03-01T09:00:00.500Z'],
    ['2026-03-01T09:00:00.123456789Z', '2026-03-01T09:00:00.123Z'],
    ['2026-03-01T09:00:00+08:00', '2026-03-01T01:00:00.000Z'],
    ['2026-03-01T00:30:00-05:30', '2026-03-01T06:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T23:59:59+14:00', '2000-02-29T09:59:59.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('reads %s', (text, expected) => {
    expect(v.parse(instantInput, text).toISOString()).toBe(expected);
  });

  test.each([
    '',
    'now',
    '2026-03-01',
    '2026-03-01T09:00:00',
    '2026-03-01T09:00Z',
    '2026-02-29T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-03-01T24:00:00Z',
    '2026-03-01T25:00:00Z',
    '2026-12-31T23:59:60Z',
    '2026-03-01T09:00:00+25:00',
    '1900-02-29T00:00:00Z',
    '2026-03-01T09:60:00Z',
    '2026-03-01T09:00:00+8',
    '+12026-03-01T09:00:00Z',
    '1767225600000',
    1_767_225_600_000,
    null,
  ])('refuses %j', (value) => {
    expect(v.is(instantInput, value)).toBe(false);
  });
});

describe('instantInput, at the ends of time', () => {
  test.each([
    ['0000-12-31T23:59:59Z', 'there is no year 0'],
    ['0001-01-01T00:00:00+00:01', 'in UTC it is a minute before the first year'],
    ['9999-12-31T23:59:59-00:01', 'in UTC it is in the year 10000'],
  ])('refuses %s: %s', (text) => {
    expect(v.is(instantInput, text)).toBe(false);
  });
});

describe('instantText()', () => {
  test('has milliseconds, in UTC', () => {
    expect(instantText(new Date(1_500))).toBe('1970-01-01T00:00:01.500Z');
    expect(instantTextOrNull(new Date(1_500))).toBe('1970-01-01T00:00:01.500Z');
    expect(instantTextOrNull(null)).toBeNull();
  });

  test("does not throw over SQL's infinity", () => {
    expect(instantTextOrNull(new Date(Number.NaN))).toBeNull();
    expect(instantText(new Date(Number.NaN))).toMatch(/Z$/);
  });
});
