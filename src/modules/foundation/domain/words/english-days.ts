/**
 * Days in English: of the month, of the week, and both.
 *
 * Invariant: every value and pick of a shape is named; "or" and "if it is" tell apart what joins by or and by and.
 */
import type { DayShape, MonthDayPicks, MonthPick, WeekdayPicks } from './day-shape.ts';
import { weekdayRange, WORKWEEK } from './day-shape.ts';
import type { Run } from './value-runs.ts';

export const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];
export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const NTH = ['first', 'second', 'third', 'fourth', 'fifth'];

/** "a, b and c". */
export function joinWords(words: readonly string[], conjunction = 'and'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1)}`;
}

/** "1st", "2nd", "11th". */
export function ordinal(day: number): string {
  const suffix = day > 10 && day < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th');
  return `${day}${suffix}`;
}

function weekdayName(weekday: number): string {
  return WEEKDAYS[(weekday + 6) % 7]!;
}

function pickName(pick: MonthPick): string {
  switch (pick.kind) {
    case 'nearestWorkday':
      return `the weekday nearest the ${ordinal(pick.day)}`;
    case 'lastWeekday':
      return `the last ${weekdayName(pick.weekday)}`;
    case 'nthWeekday':
      return `the ${NTH[pick.nth - 1]} ${weekdayName(pick.weekday)}`;
    case 'lastDay': {
      if (pick.before === 0) return pick.isNearestWorkday ? 'the last weekday' : 'the last day';
      const day = `the day ${pick.before} ${pick.before === 1 ? 'day' : 'days'} before the last day`;
      return pick.isNearestWorkday ? `the weekday nearest ${day}` : day;
    }
  }
}

function dayRunName({ from, to, step }: Run, index: number): string {
  if (step > 1) return `every ${ordinal(step)} day from the ${ordinal(from)} to the ${ordinal(to)}`;
  const name = from === to ? ordinal(from) : `${ordinal(from)} to ${ordinal(to)}`;
  return index === 0 ? `the ${name}` : name;
}

/** "on the 1st, 15th and the last day of the month". */
function onMonthDays({ runs, picks }: MonthDayPicks, ofMonth: string): string {
  return `on ${joinWords([...runs.map(dayRunName), ...picks.map(pickName)])} ${ofMonth}`;
}

/** How plain weekdays are said before a time, after a rhythm, as an alternative and as a condition. */
const PLAIN_WEEKDAYS = {
  lead: { workweek: 'every weekday', range: 'every day from ', list: 'every ', plural: '', and: 'and' },
  trail: { workweek: 'Monday to Friday', range: '', list: 'on ', plural: 's', and: 'and' },
  either: { workweek: 'on any weekday', range: 'on any day from ', list: 'on any ', plural: '', and: 'or' },
  condition: { workweek: 'a weekday', range: 'a day from ', list: 'a ', plural: '', and: 'or' },
} as const;
type WeekdayForm = keyof typeof PLAIN_WEEKDAYS;

function plainWeekdays(weekdays: readonly number[], form: WeekdayForm): string {
  const words = PLAIN_WEEKDAYS[form];
  if (weekdays.join('') === WORKWEEK) return words.workweek;
  const range = weekdayRange(weekdays);
  if (range !== null) return `${words.range}${weekdayName(range.from)} to ${weekdayName(range.to)}`;
  return `${words.list}${joinWords(
    weekdays.map((day) => weekdayName(day) + words.plural),
    words.and,
  )}`;
}

function sayWeekdays({ weekdays, picks }: WeekdayPicks, form: WeekdayForm, ofMonth: string): string {
  const plain = weekdays.length === 0 ? [] : [plainWeekdays(weekdays, form)];
  const on = form === 'condition' ? '' : 'on ';
  const picked =
    picks.length === 0 ? [] : [`${on}${joinWords(picks.map(pickName), PLAIN_WEEKDAYS[form].and)} ${ofMonth}`];
  return [...plain, ...picked].join(` ${PLAIN_WEEKDAYS[form].and} `);
}

/**
 * The days of a schedule.
 * @param form `lead` before a list of times, `trail` after a rhythm
 * @param ofMonth "of the month", or the months by name
 * @returns empty for every day after a rhythm
 */
export function sayDays(shape: DayShape, form: 'lead' | 'trail', ofMonth: string): string {
  switch (shape.kind) {
    case 'everyDay':
      return form === 'lead' ? 'every day' : '';
    case 'date':
      return `on ${shape.day} ${MONTHS[shape.month - 1]}`;
    case 'monthDays':
      return onMonthDays(shape.days, ofMonth);
    case 'weekdays':
      return sayWeekdays(shape.weekdays, form, ofMonth);
    case 'or':
      return `${onMonthDays(shape.days, ofMonth)} or ${sayWeekdays(shape.weekdays, 'either', ofMonth)}`;
    case 'and':
      return `${onMonthDays(shape.days, ofMonth)} if it is ${sayWeekdays(shape.weekdays, 'condition', ofMonth)}`;
  }
}
