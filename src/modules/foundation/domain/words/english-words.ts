/**
 * Schedules in English. Owns the order of a sentence: days before a list of times, a rhythm before its days, then
 * months, weeks and years, what `H` became, and the zone.
 */
import { MONTHS, sayDays, WEEKDAYS } from './english-days.ts';
import { counted, numberList, sayHourly, sayTicks, times, within } from './english-times.ts';
import type { HashedValue } from './hashed-values.ts';
import type { IntervalParts } from './interval-parts.ts';
import type { CronParts, Language } from './language.ts';
import { onlyValue, type Run } from './value-runs.ts';
import type { WallMoment } from './wall-moment.ts';
import { LAST_YEAR } from '../cron/civil-date.ts';

const monthName = (month: number): string => MONTHS[month - 1]!;

function capitalize(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** "of the month", or the months themselves where that reads as one phrase. */
function ofMonth({ days, months }: CronParts): string {
  if (months === null || !namesMonths(days)) return 'of the month';
  const [first] = months;
  const isRange = months.length === 1 && first!.from !== first!.to;
  return isRange ? `of each month from ${numberList(months, monthName)}` : `of ${numberList(months, monthName)}`;
}

function namesMonths(days: CronParts['days']): boolean {
  return days.kind === 'monthDays' || (days.kind === 'weekdays' && days.weekdays.weekdays.length === 0);
}

function inMonths({ days, months }: CronParts): string[] {
  if (months === null || namesMonths(days)) return [];
  const [first] = months;
  const isRange = months.length === 1 && first!.from !== first!.to;
  return [`${isRange ? 'from' : 'in'} ${numberList(months, monthName)}`];
}

function yearRun({ from, to, step }: Run): string {
  const end = to + step > LAST_YEAR ? ' on' : ` to ${to}`;
  if (step > 1) return `every ${step} years from ${from}${end}`;
  return from === to ? `in ${from}` : `from ${from}${end}`;
}

function sayYears({ days, years }: CronParts): string[] {
  const isLeapDay = days.kind === 'date' && days.month === 2 && days.day === 29;
  if (years !== null) return [years.length === 1 ? yearRun(years[0]!) : `in ${numberList(years)}`];
  return isLeapDay ? ['in leap years'] : [];
}

function sayDate(parts: CronParts): string | null {
  const { days, years } = parts;
  if (days.kind !== 'date') return null;
  const date = sayDays(days, 'lead', '');
  const year = years === null ? null : onlyValue(years);
  if (year !== null) return `${date} ${year}`;
  return years === null && !(days.month === 2 && days.day === 29) ? `every year ${date}` : date;
}

function sayTimeAndDays(parts: CronParts): string[] {
  const { time, days } = parts;
  const isTimes = time.kind === 'times';
  const said = sayDate(parts) ?? sayDays(days, isTimes ? 'lead' : 'trail', ofMonth(parts));
  if (!isTimes) return [time.kind === 'hourly' ? sayHourly(time) : sayTicks(time), ...(said === '' ? [] : [said])];
  const pause = days.kind === 'or' || days.kind === 'and' ? ',' : '';
  return [`${said}${pause} at ${times(time.times, time.hasSeconds)}`];
}

function hashedNote(hashed: readonly HashedValue[], hasJobId: boolean): string {
  if (hashed.length === 0) return '';
  const values = hashed.map(({ field, runs }) =>
    counted(field, runs, field === 'weekday' ? (day) => WEEKDAYS[day - 1]! : field === 'month' ? monthName : String),
  );
  return ` (H${hasJobId ? '' : ' without a job id'}: ${values.join(', ')})`;
}

function sayCron(parts: CronParts): string {
  const isYearSaid = parts.days.kind === 'date' && parts.years !== null && onlyValue(parts.years) !== null;
  const weeks = parts.weeks === null ? [] : [`in ${within('ISO week', parts.weeks, 'the year')}`];
  const segments = [...sayTimeAndDays(parts), ...inMonths(parts), ...weeks, ...(isYearSaid ? [] : sayYears(parts))];
  return capitalize(segments.join(', ')) + hashedNote(parts.hashed, parts.hasJobId);
}

function sayInterval({ units, totalHours }: IntervalParts, hasAnchor: boolean): string {
  const [first] = units;
  const words = units.map(({ unit, count }) => `${count} ${unit}${count === 1 ? '' : 's'}`).join(' ');
  const every = units.length === 1 && first!.count === 1 ? `Every ${first!.unit}` : `Every ${words}`;
  const hours = totalHours === null ? '' : ` (${totalHours} hours)`;
  return `${every}${hours}, counted from ${hasAnchor ? "the job's creation" : '1970-01-01T00:00Z'}`;
}

function sayMoment({ year, month, day, weekday, time, offset }: WallMoment): string {
  return `Once, on ${WEEKDAYS[weekday - 1]} ${day} ${monthName(month)} ${year} at ${time} (${offset})`;
}

export const ENGLISH: Language = {
  sayCron,
  sayInterval,
  sayMoment,
  addZone: (sentence, timezone) => `${sentence}, ${timezone}`,
};
