/** The library entry, imported by the name that others import it by. */
import { describe, expect, test } from 'vitest';
import { describeSchedule, parseSchedule, ScheduleError } from 'carillon/time';

const SOURCE = { text: '0 9 * * mon-fri', dialect: 'unix', timezone: 'Asia/Shanghai' } as const;
const MONDAY_NINE = Date.parse('2026-11-23T01:00:00Z');

describe('carillon/time', () => {
  test('parses, and gives next, previous, many, count and matches', () => {
    const schedule = parseSchedule(SOURCE);
    const day = 86_400_000;
    expect(schedule.next(MONDAY_NINE - 1)).toBe(MONDAY_NINE);
    expect(schedule.previous(MONDAY_NINE)).toBe(MONDAY_NINE - 3 * day);
    expect(schedule.many(MONDAY_NINE, 2)).toEqual([MONDAY_NINE + day, MONDAY_NINE + 2 * day]);
    expect(schedule.count(MONDAY_NINE, MONDAY_NINE + 7 * day)).toBe(5);
    expect(schedule.matches(MONDAY_NINE)).toBe(true);
  });

  test('says a schedule in English and in Chinese', () => {
    expect(describeSchedule(SOURCE, 'en')).toBe('Every weekday at 09:00, Asia/Shanghai');
    expect(describeSchedule(SOURCE, 'zh-CN')).toBe('每周一至周五 09:00，Asia/Shanghai');
  });

  test('refuses a text with the position of what is wrong', () => {
    expect(() => parseSchedule({ ...SOURCE, text: '0 25 * * *' })).toThrow(ScheduleError);
    expect(() => parseSchedule({ ...SOURCE, text: '0 25 * * *' })).toThrow(expect.objectContaining({ position: 2 }));
  });
});
