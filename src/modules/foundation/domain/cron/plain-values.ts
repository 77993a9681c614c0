/**
 * The values of the plain fields of the unix dialect, as cron-schedule reads them.
 *
 * Invariant: only texts that our grammar has already accepted arrive here, and only the shapes that cron-schedule reads
 * right: stars, numbers, closed ranges, their steps and names. It half-reads the rest (`15W` as 15, `5/15` as 5), which
 * is why a field that is not plain keeps the values that we read, and a placeholder goes in its place.
 */
import { parseCronExpression } from 'cron-schedule';
import type { CronField, FieldItem, FieldName } from './cron-form.ts';

type UnixFields = Readonly<Record<Exclude<FieldName, 'week' | 'year'>, CronField>>;

/** Whether cron-schedule reads these items as cron(5) does. */
export function isPlain(items: readonly FieldItem[]): boolean {
  return items.every(
    (item) => item.kind === 'every' || item.kind === 'value' || (item.kind === 'range' && !item.isOpen),
  );
}

/** Bare stars have no values to read: they share one list for all texts. */
function isRead(field: CronField): boolean {
  return field.text !== '*' && field.text !== '?' && isPlain(field.items);
}

function take(field: CronField, values: readonly number[]): CronField {
  return isRead(field) ? { ...field, values } : field;
}

/** Gives every plain field the values of cron-schedule's arrays, whose months count from 0. */
export function withPlainValues(fields: UnixFields): UnixFields {
  const { second, minute, hour, day, month, weekday } = fields;
  const texts = [second, minute, hour, day, month, weekday].map((field) => (isRead(field) ? field.text : '1'));
  const parsed = parseCronExpression(texts.join(' '));
  return {
    second: take(second, parsed.seconds),
    minute: take(minute, parsed.minutes),
    hour: take(hour, parsed.hours),
    day: take(day, parsed.days),
    month: isRead(month)
      ? take(
          month,
          parsed.months.map((value) => value + 1),
        )
      : month,
    weekday: take(weekday, parsed.weekdays),
  };
}
