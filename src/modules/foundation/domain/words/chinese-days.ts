/**
 * Days in Chinese: of the month, of the week, and both.
 *
 * Invariant: every value and pick of a shape is named; 或 joins by or, （须为…） by and.
 */
import { joinWords, runName, weekdayName } from './chinese-phrases.ts';
import type { DayShape, MonthDayPicks, MonthPick, WeekdayPicks } from './day-shape.ts';
import { weekdayRange } from './day-shape.ts';

/** Not 工作日: that follows the public holidays, and cron knows none. */
const WORKDAY = '非周末日';
const NTH = ['第一个', '第二个', '第三个', '第四个', '第五个'];

function pickName(pick: MonthPick): string {
  switch (pick.kind) {
    case 'nearestWorkday':
      return `最接近${pick.day}日的${WORKDAY}`;
    case 'lastWeekday':
      return `最后一个${weekdayName(pick.weekday)}`;
    case 'nthWeekday':
      return `${NTH[pick.nth - 1]}${weekdayName(pick.weekday)}`;
    case 'lastDay': {
      if (pick.before === 0) return pick.isNearestWorkday ? `最后一个${WORKDAY}` : '最后一天';
      const day = `倒数第${pick.before + 1}天`;
      return pick.isNearestWorkday ? `最接近${day}的${WORKDAY}` : day;
    }
  }
}

function monthDays({ runs, picks }: MonthDayPicks): string {
  const plain = runs.map((run) => runName(run, (day) => `${day}日`));
  return joinWords([...plain, ...picks.map(pickName)]);
}

function plainWeekdays(weekdays: readonly number[], conjunction: string): string {
  const range = weekdayRange(weekdays);
  if (range !== null) return `${weekdayName(range.from)}至${weekdayName(range.to)}`;
  return joinWords(weekdays.map(weekdayName), conjunction);
}

function everyWeekday(weekdays: readonly number[], conjunction: string): string {
  const plain = plainWeekdays(weekdays, conjunction);
  return plain.replace(/^周/, '每周');
}

/** "每周一和每月第二个周五". */
function weekdayPhrase({ weekdays, picks }: WeekdayPicks, ofMonth: string, conjunction: string): string {
  const plain = weekdays.length === 0 ? [] : [everyWeekday(weekdays, conjunction)];
  const picked = picks.length === 0 ? [] : [`${ofMonth}${joinWords(picks.map(pickName), conjunction)}`];
  return [...plain, ...picked].join(conjunction);
}

/** "（须为周一或周五）". */
function condition({ weekdays, picks }: WeekdayPicks): string {
  const plain = weekdays.length === 0 ? [] : [plainWeekdays(weekdays, '或')];
  const picked = picks.map((pick) => `当月${pickName(pick)}`);
  return `（须为${joinWords([...plain, ...picked], '或')}）`;
}

/**
 * The days of a schedule.
 * @param ofMonth what stands before a day of the month: 每月, 当月, or the months by name
 */
export function sayDays(shape: DayShape, ofMonth: string): string {
  switch (shape.kind) {
    case 'everyDay':
      return '每天';
    case 'date':
      return `${shape.month}月${shape.day}日`;
    case 'monthDays':
      return `${ofMonth}${monthDays(shape.days)}`;
    case 'weekdays':
      return weekdayPhrase(shape.weekdays, ofMonth, '和');
    case 'or':
      return `${ofMonth}${monthDays(shape.days)}或${weekdayPhrase(shape.weekdays, ofMonth, '或')}`;
    case 'and':
      return `${ofMonth}${monthDays(shape.days)}${condition(shape.weekdays)}`;
  }
}
