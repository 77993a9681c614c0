/**
 * Which schedules name wall times, and which name intervals: the two sets of daylight-saving rules.
 *
 * Invariant: a text is fixed-time if hour, minute and second are lists of plain numbers. A bare `H` is one number, chosen
 * by the job's id; `H/n` is an interval. cron(8) makes the same distinction by the star alone.
 */
import type { CronField, FieldName } from './cron-form.ts';

function isPlainList(field: CronField): boolean {
  return field.items.every((item) => item.kind === 'value' || (item.kind === 'hashed' && !item.isStepped));
}

/** Whether the fields name wall times. */
export function isFixedTime(fields: Readonly<Record<FieldName, CronField>>): boolean {
  return isPlainList(fields.hour) && isPlainList(fields.minute) && isPlainList(fields.second);
}
