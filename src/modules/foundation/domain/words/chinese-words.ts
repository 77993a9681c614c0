/**
 * Schedules in Chinese. Owns the order of a sentence: years, weeks and months, then days with their times or window, then
 * the rhythm, what `H` became, and the zone.
 */
import { LAST_YEAR } from '../cron/civil-date.ts';
import { sayDays } from './chinese-days.ts';
import { countedIn, joinWords, runName, space, weekdayName } from './chinese-phrases.ts';
import { sayHourly, sayTicks, times } from './chinese-times.ts';
import type { HashedValue } from './hashed-values.ts';
import type { IntervalParts } from './interval-parts.ts';
import type { CronParts, Language } from './language.ts';
import { onlyValue, type Run } from './value-runs.ts';
import type { WallMoment } from './wall-moment.ts';

const monthName = (month: number): string => `${month}月`;

function yearName({ from, to, step }: Run): string {
  if (from === to) return `${from}年`;
  const end = to + step > LAST_YEAR ? '起' : `至${to}年`;
  return `${from}年${end}${step === 1 ? '' : `每${step}年`}`;
}

function isDayOfMonth({ days }: CronParts): boolean {
  return days.kind === 'monthDays' || (days.kind === 'weekdays' && days.weekdays.weekdays.length === 0);
}

/** One month may stand right before its day; of several, 6月至8月的最后一天 would be one day alone. */
function isOfMonth(parts: CronParts): boolean {
  return isDayOfMonth(parts) && (parts.months === null || onlyValue(parts.months) !== null);
}

function monthList(parts: CronParts): string {
  const months = joinWords(parts.months!.map((run) => runName(run, monthName)));
  return parts.years === null ? `每年${months}` : months;
}

/** What stands before a day of the month. */
function monthLead(parts: CronParts): string {
  if (parts.months === null) return '每月';
  if (isOfMonth(parts)) return `${monthList(parts)}的`;
  return isDayOfMonth(parts) ? '每月' : '当月';
}

function dateLead({ days, years }: CronParts): string {
  if (days.kind !== 'date' || years !== null) return '';
  return days.month === 2 && days.day === 29 ? '闰年' : '每年';
}

function sayCalendar(parts: CronParts): string[] {
  const { months, weeks, years } = parts;
  const isYearSaid = parts.days.kind === 'date' && years !== null && onlyValue(years) !== null;
  return [
    ...(years === null || isYearSaid ? [] : [joinWords(years.map(yearName))]),
    ...(weeks === null ? [] : [`每年${countedIn('周', weeks).replace('周', '个 ISO 周')}`]),
    ...(months === null || isOfMonth(parts) ? [] : [monthList(parts)]),
  ];
}

function sayWhichDays(parts: CronParts): string {
  const { days, years } = parts;
  const year = days.kind === 'date' && years !== null ? onlyValue(years) : null;
  return `${year === null ? dateLead(parts) : `${year}年`}${sayDays(days, monthLead(parts))}`;
}

function sayCron(parts: CronParts): string {
  const { time, days } = parts;
  const calendar = sayCalendar(parts);
  const which = sayWhichDays(parts);
  if (time.kind === 'times') {
    return finish([...calendar, `${which} ${times(time.times, time.hasSeconds)}`], parts);
  }
  const { window, beat } = time.kind === 'hourly' ? sayHourly(time, days.kind === 'everyDay') : sayTicks(time);
  const isDaySilent = days.kind === 'everyDay' && window === '';
  return finish([...calendar, ...(isDaySilent ? [] : [`${which} ${window}`.trim()]), beat], parts);
}

const FIELD_NAMES = { second: '秒', minute: '分', hour: '时', day: '日', month: '月', weekday: '', week: '', year: '' };

function hashedNote(hashed: readonly HashedValue[], hasJobId: boolean): string {
  if (hashed.length === 0) return '';
  const values = hashed.map(({ field, runs }) => {
    const unit = FIELD_NAMES[field];
    return field === 'weekday' ? joinWords(runs.map((run) => runName(run, weekdayName))) : countedIn(unit, runs);
  });
  return `（H${hasJobId ? '' : '，无任务标识'}：${values.join('，')}）`;
}

function finish(segments: readonly string[], { hashed, hasJobId }: CronParts): string {
  return space(segments.join('，') + hashedNote(hashed, hasJobId));
}

const UNIT_NAMES = { day: '天', hour: '小时', minute: '分钟', second: '秒' };

function sayInterval({ units, totalHours }: IntervalParts, hasAnchor: boolean): string {
  const [first] = units;
  const isOne = units.length === 1 && first!.count === 1;
  const words = units.map(({ unit, count }) => `${isOne ? '' : count}${UNIT_NAMES[unit]}`).join('');
  const hours = totalHours === null ? '' : `（${totalHours}小时）`;
  return space(`每${words}${hours}，自${hasAnchor ? '任务创建' : '1970-01-01T00:00Z'}起计`);
}

function sayMoment({ year, month, day, weekday, time, offset }: WallMoment): string {
  return space(`仅一次，${year}年${month}月${day}日${weekdayName(weekday)} ${time}（${offset}）`);
}

export const CHINESE: Language = {
  sayCron,
  sayInterval,
  sayMoment,
  addZone: (sentence, timezone) => `${sentence}，${timezone}`,
};
