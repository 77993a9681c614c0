import { describe, expect, test } from 'vitest';
import { CommandFault } from '../../../src/cli/command-fault.ts';
import { wallText } from '../../../src/cli/output/instants.ts';
import { readInstant, readSpan } from '../../../src/cli/read-instant.ts';

const NEW_YORK = 'America/New_York';
const read = (text: string, timezone = NEW_YORK): string => readInstant(text, timezone).toISOString();

describe('readInstant()', () => {
  test.for([
    ['2026-11-23T09:00:00Z', '2026-11-23T09:00:00.000Z'],
    ['2026-11-23 09:00z', '2026-11-23T09:00:00.000Z'],
    ['2026-11-23T09:00:00.250+05:45', '2026-11-23T03:15:00.250Z'],
    ['2026-11-23T09:00-0330', '2026-11-23T12:30:00.000Z'],
    ['  2024-02-29T00:00:00+14:00  ', '2024-02-28T10:00:00.000Z'],
  ] as const)('takes %j as the instant that its offset names, whatever the zone', ([text, instant]) => {
    expect(read(text)).toBe(instant);
    expect(read(text, 'Asia/Shanghai')).toBe(instant);
  });

  test.for([
    ['2026-11-23', '2026-11-23T05:00:00.000Z'],
    ['2026-11-23 09:00', '2026-11-23T14:00:00.000Z'],
    ['2026-11-23T09:00:30', '2026-11-23T14:00:30.000Z'],
    ['2026-03-08 02:30', '2026-03-08T07:30:00.000Z'],
    ['2026-11-01 01:30', '2026-11-01T05:30:00.000Z'],
  ] as const)('takes %j on the clock of the zone, a gap and an overlap of it too', ([text, instant]) => {
    expect(read(text)).toBe(instant);
  });

  test.for(['America/New_York', 'Asia/Kathmandu', 'Pacific/Kiritimati', 'UTC'])(
    'takes back what wallText() shows in %s, in both passes of a repeated hour',
    (timezone) => {
      for (const instant of ['2026-11-01T05:30:00.000Z', '2026-11-01T06:30:00.000Z', '2026-01-01T00:00:07.000Z']) {
        expect(read(wallText(instant, timezone), 'Europe/Lisbon')).toBe(instant);
      }
    },
  );

  test.for(['2026-02-30T09:00:00Z', '2026-06-31T00:00:00+08:00', '2025-02-29 09:00:00 +01:00', '2026-04-31'])(
    'refuses %j, a day that no calendar has, and moves it to no other',
    (text) => {
      expect(() => read(text)).toThrow(expect.objectContaining({ status: 2 }));
    },
  );

  test.for(['2026-11-23T24:00Z', '2026-11-23 24:00:00 +08:00', '2026-11-23t24:00:00.000z', '2026-11-23 24:00'])(
    'refuses %j, a time that no day has, and moves it to no other',
    (text) => {
      expect(() => read(text)).toThrow(expect.objectContaining({ status: 2 }));
    },
  );

  test.for([
    '',
    'now',
    '2026',
    '2026-13-01T00:00Z',
    '2026-01-01T09:00+25:00',
    '2026-01-01 25:00',
    '2026-01-01 9:00 pm +0800',
    '2026-01-01 Z',
    '10000-01-01T00:00Z',
    '1767225600000',
    '２０２６-01-01 09:00',
  ])('refuses %j, and says what it reads', (text) => {
    const fault = expect.objectContaining({ status: 2, message: expect.stringContaining("say '2026-11-23 09:00' or") });
    expect(() => read(text)).toThrow(fault);
  });

  test('says that the zone is unknown, where that is what is wrong', () => {
    expect(() => read('2026-11-23 09:00', 'Asia/Shangai')).toThrow(CommandFault);
    expect(() => read('2026-11-23 09:00', 'Asia/Shangai')).toThrow(/Asia\/Shangai/);
  });
});

describe('readSpan()', () => {
  test('leaves out the end that is not said', () => {
    expect(readSpan({}, 'UTC')).toEqual({});
    expect(readSpan({ from: '2026-01-01' }, 'Asia/Shanghai')).toEqual({ from: '2025-12-31T16:00:00.000Z' });
    expect(readSpan({ to: '2026-01-01' }, 'UTC')).toEqual({ to: '2026-01-01T00:00:00.000Z' });
  });
});
