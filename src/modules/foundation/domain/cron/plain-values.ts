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

/** Whether cron-schedule reads these items as cron(5) does. */
export function isPlain(items: readonly FieldItem[]): boolean {
  return items.every(
    (item) => item.kind === 'every' || item.kind === 'value' || (item.kind === 'range' && !item.isOpen),
  );
}

function textFor(field: CronField): string {
  return field.text !== '?' && isPlain(field.items) ? field.text : '*';
}

function withValues(field: CronField, values: readonly number[]): CronField {
  return field.text !== '?' && isPlain(field.items) ? { ...field, values } : field;
}

/** Gives every plain field the values of cron-schedule's arrays, whose months count from 0. */
export function withPlainValues(fields: UnixFields): UnixFields {
  const { second, minute, hour, day, month, weekday } = fields;
  const parsed = parseCronExpression([second, minute, hour, day, month, weekday].map(textFor).join(' '));
  return {
    second: withValues(second, parsed.seconds),
    minute: withValues(minute, parsed.minutes),
    hour: withValues(hour, parsed.hours),
    day: withValues(day, parsed.days),
    month: isPlain(month.items)
      ? withValues(
          month,
          parsed.months.map((value) => value + 1),
        )
      : month,
    weekday: withValues(weekday, parsed.weekdays),
  };
}
