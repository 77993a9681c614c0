import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Schedule } from '../../../../../../src/modules/foundation/domain/schedule.ts';
import { parseSchedule } from '../../../../../../src/modules/foundation/domain/schedule.ts';
import {
  DESCRIPTION_LOCALES,
  describeSchedule,
} from '../../../../../../src/modules/foundation/domain/words/describe-schedule.ts';
import { anySchedule } from './schedule-texts.ts';

const ZONES = fc.constantFrom('UTC', 'Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe', '+05:45');
const UTC = fc.constant('UTC');
const START = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

const FROM_SUNDAY = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
/** How each dialect counts from Sunday, and what it wants around the five fields. */
const WEEKDAY_COUNTS = [
  ['unix', 0, '', '*'],
  ['apscheduler', 6, '', '*'],
  ['quartz', 0, '0 ', '?'],
] as const;
const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** What a schedule does, as far as a few thousand days and the next occurrences show. */
function behaviour(schedule: Schedule): string {
  const counts = [1, 45, 400, 4000].map((days) => schedule.count(START, START + days * DAY));
  return JSON.stringify([counts, schedule.many(START, 40), schedule.last(20, START, START + 15_000 * DAY)]);
}

/** The same text with one of its numbers a little larger or smaller; null where nobody reads that. */
function withNumberChanged({ source }: Schedule, where: number, by: number): Schedule | null {
  const numbers = [...source.text.matchAll(/\d+/g)];
  const chosen = numbers[where % Math.max(1, numbers.length)];
  if (chosen === undefined) return null;
  const value = Math.abs(Number(chosen[0]) + by);
  const text = source.text.slice(0, chosen.index) + value + source.text.slice(chosen.index + chosen[0].length);
  try {
    return parseSchedule({ ...source, text });
  } catch {
    return null;
  }
}

describe('describeSchedule() over random schedules', () => {
  it('never throws, is never empty and names the zone', () => {
    fc.assert(
      fc.property(anySchedule(ZONES), fc.constantFrom(...DESCRIPTION_LOCALES), (schedule, locale) => {
        const words = describeSchedule(schedule, locale);
        expect(words.endsWith(schedule.source.timezone)).toBe(true);
        expect(words.length).toBeGreaterThan(schedule.source.timezone.length + 2);
        expect(words).not.toMatch(/undefined|null|NaN|\[object| {2}|，，|, ,/);
      }),
      { numRuns: 3000 },
    );
  });

  it.each(DESCRIPTION_LOCALES)('gives different schedules different words (%s)', (locale) => {
    const said = new Map<string, Schedule>();
    fc.assert(
      fc.property(anySchedule(UTC), (schedule) => {
        const words = describeSchedule(schedule, locale);
        const other = said.get(words);
        said.set(words, schedule);
        if (other !== undefined) expect(behaviour(schedule), words).toBe(behaviour(other));
      }),
      { numRuns: 4000, endOnFailure: true },
    );
    expect(said.size).toBeGreaterThan(1000);
  });

  it.each(DESCRIPTION_LOCALES)('changes its words with any number that changes the occurrences (%s)', (locale) => {
    let compared = 0;
    fc.assert(
      fc.property(anySchedule(UTC), fc.nat(), fc.integer({ min: -3, max: 3 }), (schedule, where, by) => {
        const changed = withNumberChanged(schedule, where, by);
        if (changed === null || describeSchedule(schedule, locale) !== describeSchedule(changed, locale)) return;
        compared += 1;
        expect(behaviour(changed), `${schedule.source.text} | ${changed.source.text}`).toBe(behaviour(schedule));
      }),
      { numRuns: 4000, endOnFailure: true },
    );
    expect(compared).toBeGreaterThan(100);
  });

  it.each(DESCRIPTION_LOCALES)(
    'gives each of the 127 sets of weekdays words of its own, in every dialect (%s)',
    (locale) => {
      const sets = Array.from({ length: 127 }, (_, index) =>
        [0, 1, 2, 3, 4, 5, 6].filter((day) => ((index + 1) >> day) & 1),
      );
      const texts = (days: readonly number[]) =>
        [
          { dialect: 'unix', text: `0 9 * * ${days.join(',')}` },
          { dialect: 'quartz', text: `0 0 9 ? * ${days.map((day) => day + 1).join(',')}` },
          { dialect: 'apscheduler', text: `0 9 * * ${days.map((day) => (day + 6) % 7).join(',')}` },
          { dialect: 'unix', text: `*/5 * * * ${days.join(',')}` },
          { dialect: 'unix', text: `0 9 13 * ${days.join(',')}` },
          { dialect: 'apscheduler', text: `0 9 13 * ${days.map((day) => (day + 6) % 7).join(',')}` },
        ] as const;
      const words = sets.map((days) =>
        texts(days).map((source) => describeSchedule({ ...source, timezone: 'UTC' }, locale)),
      );
      for (const [unix, quartz, apscheduler] of words) expect([quartz, apscheduler]).toEqual([unix, unix]);
      for (const column of [0, 3, 4, 5]) expect(new Set(words.map((row) => row[column])).size).toBe(127);
    },
  );

  it('says exactly the times and the days that were written, in every dialect', () => {
    const number = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });
    const some = (max: number, most: number): fc.Arbitrary<number[]> =>
      fc.uniqueArray(number(max), { minLength: 1, maxLength: most });
    fc.assert(
      fc.property(number(59), some(23, 2), some(6, 2), number(2), (minute, hours, days, which) => {
        const [dialect, shift, lead, open] = WEEKDAY_COUNTS[which]!;
        const weekdays = days.map((day) => (day + shift) % 7);
        const written = dialect === 'quartz' ? weekdays.map((day) => day + 1) : weekdays;
        const text = `${lead}${minute} ${hours.join(',')} ${open} * ${written.join(',')}`;
        const words = describeSchedule({ text, dialect, timezone: 'UTC' }, 'en');
        const times = hours.map((hour) => `${twoDigits(hour)}:${twoDigits(minute)}`);
        expect(words.match(/\d\d:\d\d/g)?.toSorted()).toEqual(times.toSorted());
        expect(words.match(/[A-Z][a-z]+day/g)?.toSorted()).toEqual(days.map((day) => FROM_SUNDAY[day]!).toSorted());
      }),
      { numRuns: 500 },
    );
  });
});
