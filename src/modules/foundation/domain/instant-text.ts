/**
 * Instants as RFC 3339 writes them. Invariant: what is read can be written in UTC with a year of four digits, so that the
 * database and every reader have it too.
 */
import { isCivilDate } from './cron/civil-date.ts';

const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})T(?!24)\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** Before it there is no year, after it one of five digits. */
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** null: there is no such instant, or it is written in another way. */
export function readInstantText(text: string): Date | null {
  const upper = text.toUpperCase().replace(/^(.{10}) /, '$1T');
  const [, year, month, day] = RFC_3339.exec(upper)?.map(Number) ?? [];
  if (year === undefined || !isCivilDate({ year, month: month!, day: day! })) return null;
  const instant = new Date(upper);
  return instant.getTime() >= FIRST_MS && instant.getTime() <= LAST_MS ? instant : null;
}
