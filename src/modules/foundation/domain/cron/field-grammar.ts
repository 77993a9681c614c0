/**
 * The fields of each dialect: bounds, names, and what a written weekday stands for.
 *
 * Invariant: bounds are those of the numbers as written; `toWeekday` brings a written weekday to 0 = Sunday.
 */
import { FIRST_YEAR, LAST_YEAR } from './civil-date.ts';
import type { FieldName } from './cron-form.ts';
import type { Dialect } from './schedule-source.ts';

export interface FieldGrammar {
  readonly dialect: Dialect;
  readonly name: FieldName;
  readonly min: number;
  readonly max: number;
  /** Where a star ends: below `max` only for the weekdays of unix, whose 7 is a second name of 0. */
  readonly starMax: number;
  readonly names: readonly string[];
  /** The number that the first name stands for. */
  readonly nameBase: number;
  readonly toWeekday: (written: number) => number;
}

export type DialectGrammar = Readonly<Record<FieldName, FieldGrammar>>;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const FROM_SUNDAY = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FROM_MONDAY = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

type Weekdays = Pick<FieldGrammar, 'min' | 'max' | 'starMax' | 'names' | 'nameBase' | 'toWeekday'>;

/** cron(5): 0 and 7 are Sunday. Quartz: 1 is Sunday. APScheduler 3: 0 is Monday, and there is no 7. */
const WEEKDAYS: Readonly<Record<Dialect, Weekdays>> = {
  unix: { min: 0, max: 7, starMax: 6, names: FROM_SUNDAY, nameBase: 0, toWeekday: (written) => written % 7 },
  quartz: { min: 1, max: 7, starMax: 7, names: FROM_SUNDAY, nameBase: 1, toWeekday: (written) => written - 1 },
  apscheduler: {
    min: 0,
    max: 6,
    starMax: 6,
    names: FROM_MONDAY,
    nameBase: 0,
    toWeekday: (written) => (written + 1) % 7,
  },
};

function numeric(dialect: Dialect, name: FieldName, min: number, max: number): FieldGrammar {
  return { dialect, name, min, max, starMax: max, names: [], nameBase: 0, toWeekday: (written) => written };
}

function grammarOf(dialect: Dialect): DialectGrammar {
  return {
    second: numeric(dialect, 'second', 0, 59),
    minute: numeric(dialect, 'minute', 0, 59),
    hour: numeric(dialect, 'hour', 0, 23),
    day: numeric(dialect, 'day', 1, 31),
    month: { ...numeric(dialect, 'month', 1, 12), names: MONTHS, nameBase: 1 },
    week: numeric(dialect, 'week', 1, 53),
    weekday: { ...numeric(dialect, 'weekday', 0, 6), ...WEEKDAYS[dialect] },
    year: numeric(dialect, 'year', FIRST_YEAR, LAST_YEAR),
  };
}

export const GRAMMARS: Readonly<Record<Dialect, DialectGrammar>> = {
  apscheduler: grammarOf('apscheduler'),
  unix: grammarOf('unix'),
  quartz: grammarOf('quartz'),
};

/** The number a name stands for in this field; undefined where it is none of its names. */
export function numberOfName(grammar: FieldGrammar, name: string): number | undefined {
  const index = grammar.names.indexOf(name.toLowerCase());
  return index < 0 ? undefined : index + grammar.nameBase;
}
