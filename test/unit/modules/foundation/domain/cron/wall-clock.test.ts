import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  civilFromDays,
  daysFromCivil,
  isoWeekOf,
  monthLength,
  weekdayOf,
} from '../../../../../../src/modules/foundation/domain/cron/civil-date.ts';
import { nextTable } from '../../../../../../src/modules/foundation/domain/cron/next-table.ts';
import { RecentCache } from '../../../../../../src/modules/foundation/domain/cron/recent-cache.ts';
import { readScheduleText } from '../../../../../../src/modules/foundation/domain/cron/schedule-text.ts';
import { hashBegun, stableHash } from '../../../../../../src/modules/foundation/domain/cron/stable-hash.ts';
import { TimeOfDay } from '../../../../../../src/modules/foundation/domain/cron/time-of-day.ts';
import { NEVER, WallClock } from '../../../../../../src/modules/foundation/domain/cron/wall-clock.ts';

function clock(text: string): WallClock {
  const read = readScheduleText(text, 'unix', '');
  if (read.kind !== 'cron') throw new Error('not a cron text');
  return new WallClock(read.form);
}

const wall = (text: string): number => Date.parse(`${text}Z`) / 1000;

test('daysFromCivil() and civilFromDays() agree with Date on every day from 1969 to 2201', () => {
  for (let days = -365; days < daysFromCivil(2202, 1, 1); days += 1) {
    const date = new Date(days * 86_400_000);
    const civil = civilFromDays(days);
    const expected = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
    if (civil.year !== expected.year || civil.month !== expected.month || civil.day !== expected.day) {
      expect(civil).toEqual(expected);
    }
    if (daysFromCivil(civil.year, civil.month, civil.day) !== days || weekdayOf(days) !== date.getUTCDay()) {
      expect.unreachable(`day ${days}`);
    }
  }
});

test.each([
  [1900, 28],
  [2000, 29],
  [2024, 29],
  [2100, 28],
  [2200, 28],
])('monthLength() of February %i is %i', (year, length) => {
  expect(monthLength(year, 2)).toBe(length);
});

test.each([
  ['2026-01-01', 1],
  ['2026-12-31', 53],
  ['2027-01-03', 53],
  ['2027-01-04', 1],
  ['2024-12-30', 1],
  ['2020-12-31', 53],
  ['2021-01-04', 1],
])('isoWeekOf() %s is %i', (date, week) => {
  expect(isoWeekOf(Date.parse(date) / 86_400_000)).toBe(week);
});

test('WallClock.after() and before() are strict, and say NEVER beyond the horizon', () => {
  const one = clock('30 9 * * *');
  expect(one.after(wall('2026-06-01T09:30:00'))).toBe(wall('2026-06-02T09:30:00'));
  expect(one.after(wall('2026-06-01T09:29:59'))).toBe(wall('2026-06-01T09:30:00'));
  expect(one.before(wall('2026-06-01T09:30:00'))).toBe(wall('2026-05-31T09:30:00'));
  expect(one.after(wall('2200-12-31T09:30:00'))).toBe(NEVER);
  expect(one.before(wall('1970-01-01T09:30:00'))).toBe(-NEVER);
  expect(one.after(-1e9)).toBe(wall('1970-01-01T09:30:00'));
  expect(one.before(1e11)).toBe(wall('2200-12-31T09:30:00'));
});

test('WallClock answers the same whatever was asked before', () => {
  const shared = clock('*/7 3-20/3 * * 1-5');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 7_000_000_000 }), fc.integer({ min: 0, max: 7_000_000_000 }), (a, b) => {
      shared.after(a);
      shared.before(b);
      const fresh = clock('*/7 3-20/3 * * 1-5');
      expect([shared.after(b), shared.before(a), shared.matches(a)]).toEqual([
        fresh.after(b),
        fresh.before(a),
        fresh.matches(a),
      ]);
    }),
    { numRuns: 300 },
  );
});

test('WallClock.count() of an empty or backward interval is zero', () => {
  expect(clock('* * * * *').count(100, 100)).toBe(0);
  expect(clock('* * * * *').count(100, 0)).toBe(0);
  expect(clock('* * * * *').count(0, 86_400)).toBe(1440);
  expect(clock('* * * * *').count(60, 61)).toBe(1);
});

test('TimeOfDay agrees with a walk over the seconds of a day', () => {
  const times = new TimeOfDay([0, 5, 23], [0, 30, 59], [0, 59]);
  const allowed: number[] = [];
  for (const hour of [0, 5, 23]) {
    for (const minute of [0, 30, 59]) for (const second of [0, 59]) allowed.push(hour * 3600 + minute * 60 + second);
  }
  for (let second = 0; second < 86_400; second += 7) {
    expect(times.atOrAfter(second)).toBe(allowed.find((one) => one >= second) ?? -1);
    expect(times.atOrBefore(second)).toBe(allowed.findLast((one) => one <= second) ?? -1);
    expect(times.countBefore(second)).toBe(allowed.filter((one) => one < second).length);
  }
  expect(times.countBefore(86_400)).toBe(times.size);
});

test('nextTable() is shared between equal lists and not between different ones', () => {
  expect(nextTable([1, 31, 59], 60)).toBe(nextTable([1, 31, 59], 60));
  expect(nextTable([1, 31], 60)).not.toBe(nextTable([1, 30], 60));
  expect(nextTable([1], 24)).not.toBe(nextTable([1], 60));
  expect(nextTable([], 60)).toMatchObject({ first: -1, last: -1, size: 0 });
});

test('RecentCache keeps what was asked for lately and stays bounded', () => {
  const cache = new RecentCache<number>(10);
  for (let n = 0; n < 1000; n += 1) {
    cache.set(`key ${n}`, n);
    expect(cache.get(`key ${Math.max(n - 4, 0)}`)).toBe(Math.max(n - 4, 0));
  }
  expect(cache.get('key 1')).toBeUndefined();
});

test.each([
  ['', 2_872_998_923],
  ['backup', 676_536_788],
])('stableHash(%j) never changes, at one go or begun before', (text, hash) => {
  expect(stableHash(text)).toBe(hash);
  for (const at of text.length === 0 ? [0] : [0, 1, text.length])
    expect(stableHash(text.slice(at), hashBegun(text.slice(0, at)))).toBe(hash);
});

test('WallClock keeps to ISO weeks, month by month', () => {
  const read = readScheduleText("week='1,9,26-27,53'", 'apscheduler', '');
  if (read.kind !== 'cron') throw new Error('not a cron text');
  const weeks = new WallClock(read.form);
  for (let day = 0; day < daysFromCivil(2060, 1, 1); day += 1) {
    const isExpected = [1, 9, 26, 27, 53].includes(isoWeekOf(day));
    if (weeks.matches(day * 86_400) !== isExpected) expect.unreachable(`day ${day}`);
  }
});
