/**
 * The calendar against naive predicates: day by day over nine years in UTC, so that L, W, #, names, months and the "or"
 * of the day fields meet many months, leap years and centuries.
 */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { parseSchedule } from '../../src/modules/foundation/domain/schedule.ts';
import { type NaiveCron, wallFields } from './naive-cron.ts';
import { anyCron } from './naive-dates.ts';

vi.setConfig({ testTimeout: 3_600_000 });

const RUNS = Math.max(600, Math.floor(Number(process.env['ORACLE_CASES'] ?? 0) / 200));
const SEED = Number(process.env['ORACLE_SEED'] ?? 20_261_123);
const DAYS = 9 * 366;

/** The days on which a cron matches, as days since the epoch. */
function matchingDays(cron: NaiveCron, first: number): number[] {
  const days: number[] = [];
  for (let day = first; day < first + DAYS; day += 1) if (cron.matchesDate(wallFields(day * 86_400))) days.push(day);
  return days;
}

/** How many seconds of a day match. */
function timesOfDay(cron: NaiveCron): number {
  let minutes = 0;
  let seconds = 0;
  for (let minute = 0; minute < 1440; minute += 1) if (cron.matchesMinute(wallFields(minute * 60))) minutes += 1;
  for (let second = 0; second < 60; second += 1) if (cron.matchesSecond(wallFields(second))) seconds += 1;
  return minutes * seconds;
}

const firstDays = fc.oneof(
  fc.integer({ min: 0, max: 80_000 }),
  // Around 2100, which is no leap year.
  fc.integer({ min: 45_000, max: 48_000 }),
);

test('Schedule fires on the days that the text names, forwards, backwards and by count', () => {
  let compared = 0;
  fc.assert(
    fc.property(anyCron, firstDays, (cron, first) => {
      const days = matchingDays(cron, first);
      if (days.length === 0) return;
      const { text, dialect } = cron;
      const one = parseSchedule({ text, dialect, timezone: 'UTC' });
      const [from, to] = [first * 86_400_000 - 1, (first + DAYS) * 86_400_000 - 1];
      expect(one.count(from, to)).toBe(days.length * timesOfDay(cron));
      const forwards = days.slice(0, 40).map((day) => Math.floor(one.next(day * 86_400_000 - 1)! / 86_400_000));
      expect(forwards).toEqual(days.slice(0, 40));
      const jumps = days.slice(0, 40).map((day) => one.next((day + 1) * 86_400_000 - 1));
      for (const [index, at] of jumps.entries()) {
        const expected = days[index + 1];
        if (expected !== undefined) expect(Math.floor(at! / 86_400_000)).toBe(expected);
      }
      const backwards = days.slice(-40).map((day) => one.previous((day + 1) * 86_400_000));
      expect(backwards.map((at) => Math.floor(at! / 86_400_000))).toEqual(days.slice(-40));
      compared += forwards.length + jumps.length + backwards.length + 1;
    }),
    { numRuns: RUNS, seed: SEED },
  );
  process.stdout.write(`calendar oracle: ${compared} comparisons, no difference\n`);
  expect(compared).toBeGreaterThan(20_000);
});
