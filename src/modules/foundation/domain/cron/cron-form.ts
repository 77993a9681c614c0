/**
 * The parsed form of a cron text, the same for every dialect: what the searcher compiles and what the words are made of.
 *
 * Invariant: weekdays count from 0 = Sunday here, whatever the dialect counted from; `values` is sorted and within the
 * field's bounds; a form is never mutated after it is read.
 */
import type { Dialect } from './schedule-source.ts';

export type FieldName = 'second' | 'minute' | 'hour' | 'day' | 'month' | 'week' | 'weekday' | 'year';

/** One element of a field's comma-separated list. */
export type FieldItem =
  /** `*` and `?` with step 1, or a star with a step. */
  | { readonly kind: 'every'; readonly step: number }
  | { readonly kind: 'value'; readonly value: number }
  /** `a-b`, `a-b/n`, and with `isOpen` `a/n`: from a to the field's maximum. In the order it was written. */
  | {
      readonly kind: 'range';
      readonly from: number;
      readonly to: number;
      readonly step: number;
      readonly isOpen: boolean;
    }
  /** `H`, `H(a-b)`, `H/n`: what the job's id made of it is in `values`. */
  | { readonly kind: 'hashed'; readonly values: readonly number[]; readonly step: number; readonly isStepped: boolean }
  /** `L`, `L-n`, `LW`, `L-nW`, `last`: n days before the month's last, moved to the nearest Monday to Friday or not. */
  | { readonly kind: 'lastDay'; readonly before: number; readonly isNearestWorkday: boolean }
  /** `nW`: the Monday to Friday nearest to the nth, never in another month. */
  | { readonly kind: 'nearestWorkday'; readonly day: number }
  /** `5L`, `last fri`: the last such weekday of the month. */
  | { readonly kind: 'lastWeekday'; readonly weekday: number }
  /** `5#2`, `2nd fri`: the nth such weekday of the month, 1 to 5. */
  | { readonly kind: 'nthWeekday'; readonly weekday: number; readonly nth: number };

export interface CronField {
  readonly name: FieldName;
  /** As written, or the default of a field that the text leaves out. */
  readonly text: string;
  /** Offset of `text` in the schedule's text; -1 for a field that the text leaves out. */
  readonly position: number;
  readonly items: readonly FieldItem[];
  /** All plain values, ascending; what depends on the month (L, W, #) is in `items` alone. */
  readonly values: readonly number[];
  /** Begins with `*` or is `?`: it does not restrict, in vixie cron's sense, not even with a step. */
  readonly isStar: boolean;
}

export interface CronForm {
  readonly dialect: Dialect;
  readonly fields: Readonly<Record<FieldName, CronField>>;
  /** How the day of the month and the weekday join. */
  readonly dayRule: 'and' | 'or';
  /** Hour, minute and second are lists of plain numbers. */
  readonly isFixedTime: boolean;
  /** The nickname it was written as, `@daily`. */
  readonly nickname?: string;
}

export interface FieldBounds {
  readonly min: number;
  readonly max: number;
}
