/**
 * Which days of a month a schedule allows, as a bit mask: bit d - 1 is day d.
 *
 * Invariant: a mask depends on nothing but the month's length, its first weekday and (for ISO weeks) its first day; all
 * that is L, W or # is decided here.
 */
import { isoWeekOf, weekdayOf } from './civil-date.ts';
import type { CronField, CronForm, FieldItem } from './cron-form.ts';

const ALL_DAYS = 0x7f_ff_ff_ff;

function bit(day: number): number {
  return 1 << (day - 1);
}

/** The Monday to Friday nearest to a day, in the same month (Quartz, W). */
function nearestWorkday(day: number, length: number, firstWeekday: number): number {
  const weekday = (firstWeekday + day - 1) % 7;
  if (weekday === 6) return day > 1 ? day - 1 : day + 2;
  if (weekday === 0) return day < length ? day + 1 : day - 2;
  return day;
}

/** The day that an item picks in a month, or 0 for none. */
function pickedDay(item: FieldItem, length: number, firstWeekday: number): number {
  switch (item.kind) {
    case 'lastDay': {
      const day = length - item.before;
      return day >= 1 && item.isNearestWorkday ? nearestWorkday(day, length, firstWeekday) : day;
    }
    case 'nearestWorkday':
      return item.day <= length ? nearestWorkday(item.day, length, firstWeekday) : 0;
    case 'nthWeekday':
      return 1 + ((item.weekday - firstWeekday + 7) % 7) + (item.nth - 1) * 7;
    case 'lastWeekday': {
      const first = 1 + ((item.weekday - firstWeekday + 7) % 7);
      return first + (((length - first) / 7) | 0) * 7;
    }
    default:
      return 0;
  }
}

function pickedMask(items: readonly FieldItem[], length: number, firstWeekday: number): number {
  let mask = 0;
  for (const item of items) {
    const day = pickedDay(item, length, firstWeekday);
    if (day >= 1 && day <= length) mask |= bit(day);
  }
  return mask;
}

/** Whether an item picks its day by the month: L, W and #. */
export function isMonthDependent({ kind }: FieldItem): boolean {
  return kind === 'lastDay' || kind === 'nearestWorkday' || kind === 'nthWeekday' || kind === 'lastWeekday';
}

/** The days that fall on the first weekday of a month; the other weekdays' are these, shifted. */
const EVERY_SEVENTH = bit(1) | bit(8) | bit(15) | bit(22) | bit(29);

/** For each first weekday of a month, the days that fall on the given weekdays. */
function weekdayMasks(weekday: CronField): Int32Array {
  const masks = new Int32Array(7);
  for (const value of weekday.values) {
    for (let first = 0; first < 7; first += 1) {
      masks[first]! |= (EVERY_SEVENTH << ((value - first + 7) % 7)) & ALL_DAYS;
    }
  }
  return masks;
}

export class MonthDays {
  readonly #days: number;
  readonly #weekdays: Int32Array;
  readonly #dayItems: readonly FieldItem[];
  readonly #weekdayItems: readonly FieldItem[];
  readonly #isOr: boolean;
  readonly #weeks: ReadonlySet<number> | null;

  constructor(form: CronForm) {
    const { day, weekday, week } = form.fields;
    this.#days = day.values.reduce((mask, value) => mask | bit(value), 0);
    this.#weekdays = weekdayMasks(weekday);
    this.#dayItems = day.items.filter(isMonthDependent);
    this.#weekdayItems = weekday.items.filter(isMonthDependent);
    this.#isOr = form.dayRule === 'or';
    this.#weeks = week.values.length === 53 ? null : new Set(week.values);
  }

  /** The allowed days of the month of `length` days that starts on day `start` since 1970-01-01. */
  mask(start: number, length: number): number {
    const first = weekdayOf(start);
    let days = this.#days;
    let weekdays = this.#weekdays[first]!;
    if (this.#dayItems.length > 0) days |= pickedMask(this.#dayItems, length, first);
    if (this.#weekdayItems.length > 0) weekdays |= pickedMask(this.#weekdayItems, length, first);
    const mask = (this.#isOr ? days | weekdays : days & weekdays) & (ALL_DAYS >>> (31 - length));
    return this.#weeks === null ? mask : this.#inWeeks(mask, start, this.#weeks);
  }

  /** Keeps the days of the given ISO weeks; a month has at most six, each from a Monday or the first. */
  #inWeeks(mask: number, start: number, weeks: ReadonlySet<number>): number {
    let kept = 0;
    const firstMonday = start + ((8 - weekdayOf(start)) % 7);
    for (let monday = firstMonday - 7; monday < start + 31; monday += 7) {
      if (!weeks.has(isoWeekOf(monday))) continue;
      const shift = monday - start;
      kept |= shift < 0 ? 0x7f >>> -shift : 0x7f << shift;
    }
    return mask & kept;
  }
}
