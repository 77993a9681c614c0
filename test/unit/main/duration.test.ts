import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../src/main/duration.ts';

describe('parseDuration()', () => {
  for (const [text, ms] of Object.entries({
    '0': 0,
    '250': 250,
    '250ms': 250,
    '90s': 90_000,
    '15m': 900_000,
    '12h': 43_200_000,
    '30d': 2_592_000_000,
    ' 5s ': 5_000,
  })) {
    it(`reads '${text}' as ${ms} ms`, () => expect(parseDuration(text)).toBe(ms));
  }

  for (const text of [
    '',
    ' ',
    's',
    '1.5h',
    '-1s',
    '1 s',
    '1h30m',
    '5w',
    '5S',
    '1e3',
    '0x10',
    '9007199254740993',
    '999999999999d',
  ]) {
    it(`'${text}' is none`, () => expect(parseDuration(text)).toBeNull());
  }
});
