/**
 * Instants in JSON: RFC 3339, in UTC with milliseconds on the way out, with any offset on the way in. Invariant: what is taken
 * can be written in UTC with a year of four digits, so that the database and every reader have it too.
 */
import * as v from 'valibot';

const EXAMPLE = '2026-03-01T09:00:00.000Z';

export const instant = v.pipe(
  v.string(),
  v.metadata({ format: 'date-time', description: 'RFC 3339, UTC, with milliseconds.', examples: [EXAMPLE] }),
);
export const instantOrNull = v.nullable(instant);

const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](?!24)\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** Before it there is no year, after it one of five digits. */
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

function isInstant(text: string): boolean {
  const [, year, month, day] = RFC_3339.exec(text) ?? [];
  const atMs = Date.parse(text.toUpperCase());
  if (year === undefined || !(atMs >= FIRST_MS && atMs <= LAST_MS)) return false;
  // Date.parse takes 30 February for 2 March.
  return Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
}

export const instantInput = v.pipe(
  v.string(),
  v.check(isInstant, "Must be an RFC 3339 instant with 'Z' or an offset, such as 2026-03-01T09:00:00Z."),
  v.transform((text) => new Date(text.toUpperCase())),
  v.metadata({ format: 'date-time', description: 'RFC 3339, with Z or an offset.', examples: [EXAMPLE] }),
);

/** `infinity`, which SQL may write, is no instant that JSON has. */
export function instantText(date: Date): string {
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString();
}

export function instantTextOrNull(date: Date | null): string | null {
  return date === null || Number.isNaN(date.getTime()) ? null : date.toISOString();
}
