/** Random texts in every dialect, all of them readable, most of them ugly. Owns no meaning: the parser says what they are. */
import fc from 'fast-check';
import { parseSchedule, ScheduleError } from '../../../../../../src/modules/foundation/domain/schedule.ts';
import type { Dialect, Schedule } from '../../../../../../src/modules/foundation/domain/schedule.ts';

function items(min: number, max: number, special: readonly string[] = []): fc.Arbitrary<string> {
  const value = fc.integer({ min, max });
  const pair = fc.tuple(value, value).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  const step = fc.integer({ min: 1, max: Math.max(1, Math.min(20, max - min)) });
  const item = fc.oneof(
    { arbitrary: value.map(String), weight: 4 },
    pair.map(([a, b]) => `${a}-${b}`),
    fc.tuple(pair, step).map(([[a, b], n]) => `${a}-${b}/${Math.max(1, Math.min(n, b - a))}`),
    step.map((n) => `*/${n}`),
    ...(special.length === 0 ? [] : [fc.constantFrom(...special)]),
  );
  const list = fc.array(item, { minLength: 1, maxLength: 3 }).map((list_) => list_.join(','));
  return fc.oneof({ arbitrary: fc.constant('*'), weight: 2 }, { arbitrary: list, weight: 3 });
}

const SMALL = { second: items(0, 59), minute: items(0, 59), hour: items(0, 23), month: items(1, 12) };
const fields = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((all) => all.join(' '));

const UNIX_DAY = items(1, 31, ['L', 'LW', 'L-3', 'L-2W', '15W', 'H', '1,15,L']);
const UNIX_WEEKDAY = items(0, 7, ['5L', '2#2', 'mon-fri', 'sat', 'H', '1,3,5']);
const UNIX = fc.oneof(
  fields(SMALL.minute, SMALL.hour, UNIX_DAY, SMALL.month, UNIX_WEEKDAY),
  fields(SMALL.second, SMALL.minute, SMALL.hour, UNIX_DAY, SMALL.month, UNIX_WEEKDAY),
  fields(fc.constantFrom('H', 'H/15', 'H(0-9)'), SMALL.hour, fc.constant('*'), fc.constant('*'), UNIX_WEEKDAY),
  fc.constantFrom('@yearly', '@monthly', '@weekly', '@daily', '@hourly', '@midnight', '@annually'),
);

const APSCHEDULER_DAY = items(1, 31, ['last', '2nd fri', 'last mon']);
const NAMED = fc
  .record(
    {
      year: items(2027, 2040),
      month: SMALL.month,
      day: APSCHEDULER_DAY,
      week: items(1, 53),
      day_of_week: items(0, 6, ['mon-fri', 'sun']),
      hour: SMALL.hour,
      minute: SMALL.minute,
      second: SMALL.second,
    },
    { requiredKeys: ['hour'] },
  )
  .map((named) =>
    Object.entries(named)
      .map(([name, value]) => `${name}='${value}'`)
      .join(' '),
  );
const APSCHEDULER = fc.oneof(
  NAMED,
  fields(SMALL.minute, SMALL.hour, items(1, 31), SMALL.month, items(0, 6, ['mon-fri', 'sun'])),
);

const QUARTZ_DAYS = fc.oneof(
  fields(fc.oneof(items(1, 31), fc.constantFrom('L', 'LW', 'L-3', '15W')), SMALL.month, fc.constant('?')),
  fields(fc.constant('?'), SMALL.month, fc.oneof(items(1, 7), fc.constantFrom('L', '6#3', '6L', 'MON-FRI'))),
);
const QUARTZ = fc.oneof(
  fields(SMALL.second, SMALL.minute, SMALL.hour, QUARTZ_DAYS),
  fields(SMALL.second, SMALL.minute, SMALL.hour, QUARTZ_DAYS, items(2027, 2040)),
);

const ANY_DIALECT = fc.oneof(
  fc.integer({ min: 1, max: 10_000_000 }).map((seconds) => `@every ${seconds}s`),
  fc.integer({ min: 0, max: 4e12 }).map((ms) => `@at ${new Date(ms).toISOString()}`),
);

function readable(text: string, dialect: Dialect, timezone: string): Schedule | null {
  try {
    return parseSchedule({ text, dialect, timezone, jobId: 'nightly', anchorAt: 0 });
  } catch (error) {
    if (error instanceof ScheduleError) return null;
    throw error;
  }
}

/** Schedules of any dialect in a zone; unreadable combinations and those that never fire are left out. */
export function anySchedule(timezone: fc.Arbitrary<string>): fc.Arbitrary<Schedule> {
  const text = fc.oneof(
    { arbitrary: UNIX.map((unix) => [unix, 'unix'] as const), weight: 5 },
    { arbitrary: APSCHEDULER.map((named) => [named, 'apscheduler'] as const), weight: 5 },
    { arbitrary: QUARTZ.map((quartz) => [quartz, 'quartz'] as const), weight: 5 },
    { arbitrary: fc.tuple(ANY_DIALECT, fc.constantFrom('unix', 'apscheduler', 'quartz')), weight: 1 },
  );
  return fc
    .tuple(text, timezone)
    .map(([[written, dialect], zone]) => readable(written, dialect, zone))
    .filter((schedule) => schedule !== null);
}
