import { describe, expect, test } from 'vitest';
import { readAskedInstant } from '../../../../../src/modules/foundation/application/asked-instant.ts';

const read = (text: string, timezone = 'Europe/Berlin'): string => {
  const { atMs, note } = readAskedInstant(text, timezone);
  return `${new Date(atMs).toISOString()} ${note ?? 'plain'}`;
};

describe('readAskedInstant()', () => {
  test.each([
    ['2026-11-23T09:00:00+08:00', '2026-11-23T01:00:00.000Z plain'],
    ['2026-11-23T09:00:00 08:00', '2026-11-23T01:00:00.000Z plain'],
    ['2026-11-23T09:00Z', '2026-11-23T09:00:00.000Z plain'],
    ['2026-11-23T09:00', '2026-11-23T08:00:00.000Z plain'],
    ['2026-11-23 09:00:30', '2026-11-23T08:00:30.000Z plain'],
    ['2026-03-29T02:30', '2026-03-29T01:30:00.000Z moved'],
    ['2026-10-25T02:30', '2026-10-25T00:30:00.000Z firstPass'],
    ['2026-10-25T02:30+01:00', '2026-10-25T01:30:00.000Z plain'],
  ])('%s', (text, instant) => expect(read(text)).toBe(instant));

  test.each(['', 'nine', '2026-02-30T09:00', '2026-11-23T25:00', '2026-11-23T09:00 nonsense', '1900-01-01T00:00'])(
    'refuses %j, and says where',
    (text) => {
      expect(() => read(text)).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT', errors: [expect.objectContaining({ path: 'at' })] }),
      );
    },
  );

  test.each(['2026-11-30T09:00:00+0800', '2026-11-30T09:00:00 0800'])(
    'says how the offset of %j is written',
    (text) => {
      expect(() => read(text)).toThrow(/; an offset has a colon: '2026-11-30T09:00:00[+]08:00'$/);
    },
  );

  test('a refusal is a sentence for the reader, without the name of an error class', () => {
    expect(() => read('yesterday')).toThrow(/^'yesterday' at position 0: not an instant; say '2030/);
  });
});
