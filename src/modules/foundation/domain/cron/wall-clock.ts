/**
 * The occurrences of a cron form on a wall clock without zones: an integer counts its seconds since 1970-01-01T00:00.
 *
 * Invariant: zone-free and complete: every matching second of the years 1970 to 2200 is found, and nothing else. The
 * month at hand is remembered between calls; it is a cache and changes no answer.
 */
import { civilFromDays, DAY_S, daysFromCivil, FIRST_YEAR, LAST_YEAR, monthLength } from './civil-date.ts';
import type { CronForm } from './cron-form.ts';
import { MonthDays } from './month-days.ts';
import { type NextTable, nextTable } from './next-table.ts';
import { TimeOfDay } from './time-of-day.ts';

/** After every wall time, and its negative before every one: "there is none". */
export const NEVER = 1e15;

const YEARS = LAST_YEAR - FIRST_YEAR + 1;

function yearTable(years: readonly number[]): NextTable {
  if (years.length === YEARS) return EVERY_YEAR;
  const offsets = years.map((year) => year - FIRST_YEAR);
  return nextTable(offsets, YEARS);
}

const EVERY_YEAR = nextTable([...Array(YEARS).keys()], YEARS);

function lastBit(mask: number): number {
  return 31 - Math.clz32(mask);
}

function firstBit(mask: number): number {
  return 31 - Math.clz32(mask & -mask);
}

function bitCount(mask: number): number {
  let bits = mask - ((mask >>> 1) & 0x55_55_55_55);
  bits = (bits & 0x33_33_33_33) + ((bits >>> 2) & 0x33_33_33_33);
  return Math.imul((bits + (bits >>> 4)) & 0x0f_0f_0f_0f, 0x01_01_01_01) >>> 24;
}

export class WallClock {
  readonly #times: TimeOfDay;
  readonly #days: MonthDays;
  readonly #months: NextTable;
  readonly #years: NextTable;
  // The month at hand: its number since 1970-01, its first day since 1970-01-01, its length and its allowed days.
  #month = -1;
  #start = 0;
  #length = 0;
  #mask = 0;

  constructor(form: CronForm) {
    const { hour, minute, second, month, year } = form.fields;
    this.#times = new TimeOfDay(hour.values, minute.values, second.values);
    this.#days = new MonthDays(form);
    this.#months = nextTable(month.values, 13);
    this.#years = yearTable(year.values);
  }

  /** The first matching second after a wall time, or `NEVER`. */
  after(wall: number): number {
    const from = wall + 1;
    const day = Math.floor(from / DAY_S);
    if (this.#allows(day)) {
      const time = this.#times.atOrAfter(from - day * DAY_S);
      if (time >= 0) return day * DAY_S + time;
    }
    const later = this.#dayAtOrAfter(day + 1);
    return later === NEVER ? NEVER : later * DAY_S + this.#times.first;
  }

  /** The last matching second before a wall time, or `-NEVER`. */
  before(wall: number): number {
    const from = wall - 1;
    const day = Math.floor(from / DAY_S);
    if (this.#allows(day)) {
      const time = this.#times.atOrBefore(from - day * DAY_S);
      if (time >= 0) return day * DAY_S + time;
    }
    const earlier = this.#dayAtOrBefore(day - 1);
    return earlier === -NEVER ? -NEVER : earlier * DAY_S + this.#times.last;
  }

  /** Whether this second matches. */
  matches(wall: number): boolean {
    const day = Math.floor(wall / DAY_S);
    const time = wall - day * DAY_S;
    return this.#allows(day) && this.#times.atOrAfter(time) === time;
  }

  /** How many matching seconds lie in [from, to): a multiplication for each month, whatever their number. */
  count(from: number, to: number): number {
    if (to <= from) return 0;
    const firstDay = Math.floor(from / DAY_S);
    const lastDay = Math.floor(to / DAY_S);
    const before = this.#allows(firstDay) ? this.#times.countBefore(from - firstDay * DAY_S) : 0;
    const within = this.#allows(lastDay) ? this.#times.countBefore(to - lastDay * DAY_S) : 0;
    return this.#countDays(firstDay, lastDay) * this.#times.size - before + within;
  }

  #allows(day: number): boolean {
    const offset = day - this.#start;
    if (offset >= 0 && offset < this.#length) return ((this.#mask >>> offset) & 1) === 1;
    const { year, month } = civilFromDays(day);
    this.#load((year - FIRST_YEAR) * 12 + month - 1);
    return ((this.#mask >>> (day - this.#start)) & 1) === 1;
  }

  /** Brings a month to hand. Months outside the horizon have no allowed day. */
  #load(index: number): void {
    const year = Math.floor(index / 12);
    const month = index - year * 12 + 1;
    this.#month = index;
    this.#start = daysFromCivil(year + FIRST_YEAR, month, 1);
    this.#length = monthLength(year + FIRST_YEAR, month);
    const isAllowed = this.#years.above[year] === year && this.#months.above[month] === month;
    this.#mask = isAllowed ? this.#days.mask(this.#start, this.#length) : 0;
  }

  #dayAtOrAfter(day: number): number {
    this.#allows(day);
    const rest = this.#mask & (-1 << (day - this.#start));
    if (rest !== 0) return this.#start + firstBit(rest);
    for (let index = this.#monthAfter(this.#month); index >= 0; index = this.#monthAfter(index)) {
      this.#load(index);
      if (this.#mask !== 0) return this.#start + firstBit(this.#mask);
    }
    return NEVER;
  }

  #dayAtOrBefore(day: number): number {
    this.#allows(day);
    const rest = this.#mask & (0x7f_ff_ff_ff >>> (30 - (day - this.#start)));
    if (rest !== 0) return this.#start + lastBit(rest);
    for (let index = this.#monthBefore(this.#month); index >= 0; index = this.#monthBefore(index)) {
      this.#load(index);
      if (this.#mask !== 0) return this.#start + lastBit(this.#mask);
    }
    return -NEVER;
  }

  /** The next month that the month and year fields allow, or -1. */
  #monthAfter(index: number): number {
    if (index < 0) return this.#firstMonthOf(this.#years.first);
    const year = (index / 12) | 0;
    if (year >= YEARS) return -1;
    const month = this.#months.above[index - year * 12 + 2]!;
    if (month >= 0 && this.#years.above[year] === year) return year * 12 + month - 1;
    return this.#firstMonthOf(this.#years.above[year + 1]!);
  }

  #firstMonthOf(year: number): number {
    return year < 0 ? -1 : year * 12 + this.#months.first - 1;
  }

  #monthBefore(index: number): number {
    if (index >= YEARS * 12) return this.#lastMonthOf(this.#years.last);
    if (index <= 0) return -1;
    const year = (index / 12) | 0;
    const month = this.#months.below[index - year * 12]!;
    if (month >= 1 && this.#years.above[year] === year) return year * 12 + month - 1;
    return this.#lastMonthOf(year > 0 ? this.#years.below[year - 1]! : -1);
  }

  #lastMonthOf(year: number): number {
    return year < 0 ? -1 : year * 12 + this.#months.last - 1;
  }

  /** How many allowed days lie in [from, to). */
  #countDays(from: number, to: number): number {
    if (to <= from) return 0;
    this.#allows(from);
    let count = bitCount(this.#mask & (-1 << (from - this.#start)));
    while (this.#start + this.#length <= to) {
      this.#load(this.#month + 1);
      count += bitCount(this.#mask);
    }
    return count - bitCount(this.#mask & (-1 << (to - this.#start)));
  }
}
