/**
 * The allowed seconds of a day, from the lists of hours, minutes and seconds.
 *
 * Invariant: no allocation; -1 means "not on this day".
 */
import { type NextTable, nextTable } from './next-table.ts';

export class TimeOfDay {
  readonly #hours: NextTable;
  readonly #minutes: NextTable;
  readonly #seconds: NextTable;
  /** The first and the last allowed second of a day. */
  readonly first: number;
  readonly last: number;
  /** How many seconds of a day are allowed. */
  readonly size: number;

  constructor(hours: readonly number[], minutes: readonly number[], seconds: readonly number[]) {
    this.#hours = nextTable(hours, 24);
    this.#minutes = nextTable(minutes, 60);
    this.#seconds = nextTable(seconds, 60);
    this.first = this.#hours.first * 3600 + this.#minutes.first * 60 + this.#seconds.first;
    this.last = this.#hours.last * 3600 + this.#minutes.last * 60 + this.#seconds.last;
    this.size = this.#hours.size * this.#minutes.size * this.#seconds.size;
  }

  /** The first allowed second at or after one of the day, or -1. */
  atOrAfter(secondOfDay: number): number {
    const hour = (secondOfDay / 3600) | 0;
    const rest = secondOfDay - hour * 3600;
    const minute = (rest / 60) | 0;
    if (this.#hours.above[hour] === hour) {
      if (this.#minutes.above[minute] === minute) {
        const second = this.#seconds.above[rest - minute * 60]!;
        if (second >= 0) return hour * 3600 + minute * 60 + second;
      }
      const later = this.#minutes.above[minute + 1]!;
      if (later >= 0) return hour * 3600 + later * 60 + this.#seconds.first;
    }
    const laterHour = this.#hours.above[hour + 1]!;
    return laterHour < 0 ? -1 : laterHour * 3600 + this.#minutes.first * 60 + this.#seconds.first;
  }

  /** The last allowed second at or before one of the day, or -1. */
  atOrBefore(secondOfDay: number): number {
    const hour = (secondOfDay / 3600) | 0;
    const rest = secondOfDay - hour * 3600;
    const minute = (rest / 60) | 0;
    if (this.#hours.below[hour] === hour) {
      if (this.#minutes.below[minute] === minute) {
        const second = this.#seconds.below[rest - minute * 60]!;
        if (second >= 0) return hour * 3600 + minute * 60 + second;
      }
      const earlier = minute > 0 ? this.#minutes.below[minute - 1]! : -1;
      if (earlier >= 0) return hour * 3600 + earlier * 60 + this.#seconds.last;
    }
    const earlierHour = hour > 0 ? this.#hours.below[hour - 1]! : -1;
    return earlierHour < 0 ? -1 : earlierHour * 3600 + this.#minutes.last * 60 + this.#seconds.last;
  }

  /** How many allowed seconds of a day lie before one; 86,400 counts the whole day. */
  countBefore(secondOfDay: number): number {
    const hour = (secondOfDay / 3600) | 0;
    const rest = secondOfDay - hour * 3600;
    const minute = (rest / 60) | 0;
    const perHour = this.#minutes.size * this.#seconds.size;
    let count = this.#hours.rank[hour]! * perHour;
    if (this.#hours.above[hour] !== hour) return count;
    count += this.#minutes.rank[minute]! * this.#seconds.size;
    return this.#minutes.above[minute] === minute ? count + this.#seconds.rank[rest - minute * 60]! : count;
  }
}
