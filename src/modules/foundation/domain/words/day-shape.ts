/**
 * The days of a cron form: by day of the month, by weekday, or by both and how the two join.
 *
 * Invariant: decided by the values that the searcher uses, never by the text: a field that allows every day says nothing,
 * and two fields that join by "or" with one of them full are every day.
 */
import type { CronField, CronForm, FieldItem } from '../cron/cron-form.ts';
import { type Run, runsOf } from './value-runs.ts';

/** What picks its day by the month. */
export type MonthPick = Extract<
  FieldItem,
  { readonly kind: 'lastDay' | 'nearestWorkday' | 'lastWeekday' | 'nthWeekday' }
>;

export interface MonthDayPicks {
  readonly runs: readonly Run[];
  readonly picks: readonly MonthPick[];
}

export interface WeekdayPicks {
  /** 1 = Monday to 7 = Sunday, ascending. */
  readonly weekdays: readonly number[];
  readonly picks: readonly MonthPick[];
}

export type DayShape =
  | { readonly kind: 'everyDay' }
  /** One date of the year. */
  | { readonly kind: 'date'; readonly month: number; readonly day: number }
  | { readonly kind: 'monthDays'; readonly days: MonthDayPicks }
  | { readonly kind: 'weekdays'; readonly weekdays: WeekdayPicks }
  | { readonly kind: 'or' | 'and'; readonly days: MonthDayPicks; readonly weekdays: WeekdayPicks };

export const WORKWEEK = '12345';

function picksOf(field: CronField): MonthPick[] {
  const seen = new Map<string, MonthPick>();
  for (const item of field.items) {
    if (item.kind === 'every' || item.kind === 'value' || item.kind === 'range' || item.kind === 'hashed') continue;
    seen.set(JSON.stringify(item), item);
  }
  return [...seen.values()];
}

/** 1 = Monday to 7 = Sunday. */
export function fromMonday(weekday: number): number {
  return weekday === 0 ? 7 : weekday;
}

/** The weekdays as a range of three to six days that may run over Sunday; null where they are a list. */
export function weekdayRange(weekdays: readonly number[]): { readonly from: number; readonly to: number } | null {
  if (weekdays.length < 3) return null;
  const starts = weekdays.filter((day) => !weekdays.includes(day === 1 ? 7 : day - 1));
  const [from] = starts;
  return starts.length === 1 ? { from: from!, to: ((from! + weekdays.length - 2) % 7) + 1 } : null;
}

function dateOf({ fields }: CronForm, days: MonthDayPicks): DayShape | null {
  const { day, month } = fields;
  if (days.picks.length > 0 || day.values.length !== 1 || month.values.length !== 1) return null;
  return { kind: 'date', month: month.values[0]!, day: day.values[0]! };
}

/** The shape of a form's days. */
export function dayShapeOf(form: CronForm): DayShape {
  const { day, weekday } = form.fields;
  const isAnyDay = day.values.length === 31;
  const isAnyWeekday = weekday.values.length === 7;
  if ((isAnyDay && isAnyWeekday) || (form.dayRule === 'or' && (isAnyDay || isAnyWeekday))) return { kind: 'everyDay' };
  const days = { runs: runsOf(day.values), picks: picksOf(day) };
  const weekdays = { weekdays: weekday.values.map(fromMonday).toSorted((a, b) => a - b), picks: picksOf(weekday) };
  if (isAnyDay) return { kind: 'weekdays', weekdays };
  if (isAnyWeekday) return dateOf(form, days) ?? { kind: 'monthDays', days };
  return { kind: form.dayRule, days, weekdays };
}
