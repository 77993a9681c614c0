/**
 * What `H` became for a job: the fields that hold one, and the numbers that its id chose.
 *
 * Invariant: reads the parsed form alone; hashes nothing again.
 */
import type { CronForm, FieldName } from '../cron/cron-form.ts';
import { fromMonday } from './day-shape.ts';
import { type Run, runsOf } from './value-runs.ts';

export interface HashedValue {
  readonly field: FieldName;
  /** Weekdays: 1 = Monday to 7 = Sunday. */
  readonly runs: readonly Run[];
}

const READ_OUT: readonly FieldName[] = ['second', 'minute', 'hour', 'day', 'month', 'weekday'];

/** The hashed fields from the second to the weekday; empty where the text has no `H`. */
export function hashedValuesOf({ fields }: CronForm): readonly HashedValue[] {
  return READ_OUT.flatMap((field) => {
    const chosen = fields[field].items.flatMap((item) => (item.kind === 'hashed' ? item.values : []));
    const values = field === 'weekday' ? chosen.map(fromMonday) : chosen;
    const sorted = [...new Set(values)].toSorted((a, b) => a - b);
    return sorted.length === 0 ? [] : [{ field, runs: runsOf(sorted) }];
  });
}
