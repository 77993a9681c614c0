/**
 * The values of the plain fields of the unix dialect, as cron-schedule reads them.
 *
 * Invariant: only texts that our grammar has already accepted arrive here, and only the shapes that cron-schedule reads
 * right: stars, numbers, closed ranges, their steps and names. It half-reads the rest (`15W` as 15, `5/15` as 5), which
 * is why a field that is not plain is handed over as a star and its own values are kept.
 */
import { parseCronExpression } from 'cron-schedule';
import type { CronField, FieldItem, FieldName } from './cron-form.ts';

type UnixFields = Readonly<Record<Exclude<FieldName, 'week' | 'year'>, CronField>>;

function isPlain(item: FieldItem): boolean {
  return item.kind === 'every' || item.kind === 'value' || (item.kind === 'range' && !item.isOpen);
}

function isPlainField(field: CronField): boolean {
  return field.text !== '?' && field.items.every(isPlain);
}

/** Replaces the values of every plain field by cron-schedule's arrays, whose months count from 0. */
export function withPlainValues(fields: UnixFields): UnixFields {
  const order = [fields.second, fields.minute, fields.hour, fields.day, fields.month, fields.weekday];
  const parsed = parseCronExpression(order.map((field) => (isPlainField(field) ? field.text : '*')).join(' '));
  const take = (field: CronField, values: readonly number[]): CronField =>
    isPlainField(field) ? { ...field, values } : field;
  return {
    second: take(fields.second, parsed.seconds),
    minute: take(fields.minute, parsed.minutes),
    hour: take(fields.hour, parsed.hours),
    day: take(fields.day, parsed.days),
    month: take(
      fields.month,
      parsed.months.map((month) => month + 1),
    ),
    weekday: take(fields.weekday, parsed.weekdays),
  };
}
