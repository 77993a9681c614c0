/** Whatever comes in: a schedule or our error, and soon. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Dialect,
  parseSchedule,
  resolveDialect,
  ScheduleError,
} from '../../../../../../src/modules/foundation/domain/schedule.ts';
import { refusal } from './occurrences.ts';

const DIALECTS: readonly Dialect[] = ['apscheduler', 'unix', 'quartz'];

/** The slowest of reading a text in each dialect, in ms; three times, since a pause of the machine is not the text's. */
function slowest(text: string): number {
  let worst = 0;
  for (const dialect of DIALECTS) {
    const times = [0, 1, 2].map(() => {
      const start = performance.now();
      try {
        parseSchedule({ text, dialect, timezone: 'Europe/Berlin' }).next(Date.UTC(2026, 0, 1));
      } catch (error) {
        if (!(error instanceof ScheduleError)) throw error;
      }
      return performance.now() - start;
    });
    worst = Math.max(worst, Math.min(...times));
  }
  return worst;
}

const pieces = fc.constantFrom(
  ...[
    '*',
    '/',
    '-',
    ',',
    '#',
    '?',
    'L',
    'W',
    'H',
    '(',
    ')',
    '@',
    '=',
    "'",
    '"',
    ' ',
    '\t',
    '0',
    '1',
    '5',
    '7',
    '59',
    '60',
  ],
  ...['99999999999', 'mon', 'FRI', 'sunday', 'jan', 'last', '1st', 'minute', 'hour', '@every', '@at', 'PT5M', '\u0000'],
  ...['__proto__', 'constructor', 'toString', '２', '٣', '\u200b', '🕐', '1e3', '-0', 'NaN', '²'],
);
const garbage = fc.oneof(
  fc.string({ maxLength: 300, unit: 'binary' }),
  fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join('')),
  fc.array(pieces, { minLength: 5, maxLength: 7 }).map((parts) => parts.join(' ')),
);

test('parseSchedule() throws nothing but ScheduleError for garbage, within five milliseconds', () => {
  let worst = 0;
  fc.assert(
    fc.property(garbage, (text) => {
      worst = Math.max(worst, slowest(text));
    }),
    { numRuns: 4000 },
  );
  expect(worst).toBeLessThan(5);
});

test('resolveDialect() throws nothing but ScheduleError for garbage', () => {
  fc.assert(
    fc.property(garbage, (text) => {
      try {
        resolveDialect(text, { timezone: 'UTC', at: 0 });
      } catch (error) {
        expect(error).toBeInstanceOf(ScheduleError);
      }
    }),
    { numRuns: 1500 },
  );
});

test.each([
  '0,'.repeat(120) + '0 * * * *',
  `${'9'.repeat(250)} *`,
  '*/'.repeat(120),
  '- '.repeat(100),
  "minute='".repeat(30),
  `@every ${'1h'.repeat(120)}`,
  '0 0 29 2 1#5',
  "week='53' month='2'",
  "year='2199' day='5th mon' month='2'",
  '59 59 23 31 12 ? 2200',
])('parseSchedule() is done with %j within five milliseconds', (text) => {
  expect(slowest(text)).toBeLessThan(5);
});

test('parseSchedule() refuses what is empty, too long, or no text', () => {
  expect(refusal('')).toMatchObject({ code: 'SCHEDULE_INVALID', position: 0 });
  expect(refusal(' \n\t ')).toMatchObject({ code: 'SCHEDULE_INVALID', position: 0 });
  expect(refusal('*'.repeat(257))).toMatchObject({ code: 'SCHEDULE_INVALID', position: 256 });
  for (const text of [undefined, null, 5, {}, ['* * * * *'], Symbol('x')]) {
    expect(refusal(text as string)).toMatchObject({ code: 'SCHEDULE_INVALID' });
  }
  expect(refusal('* * * * *', { dialect: 'vixie' as Dialect })).toMatchObject({ code: 'SCHEDULE_INVALID' });
});

test.each(['', 'Mars/Olympus', 'Europe/Berlin ', 'GMT+25', '../etc/passwd', 'x'.repeat(5000)])(
  'parseSchedule() refuses the zone %j',
  (timezone) => {
    expect(refusal('* * * * *', { timezone })).toMatchObject({ code: 'TIMEZONE_UNKNOWN', hint: expect.any(String) });
  },
);

test("parseSchedule() refuses a zone that is no text, and never takes the host's", () => {
  for (const timezone of [undefined, null, 5, {}]) {
    expect(refusal('* * * * *', { timezone: timezone as string })).toMatchObject({ code: 'TIMEZONE_UNKNOWN' });
  }
});
