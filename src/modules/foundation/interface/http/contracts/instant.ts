/** Instants in JSON: RFC 3339, in UTC with milliseconds on the way out, with any offset on the way in. */
import * as v from 'valibot';
import { readInstantText } from '../../../domain/instant-text.ts';

const EXAMPLE = '2026-03-01T09:00:00.000Z';

export const instant = v.pipe(
  v.string(),
  v.metadata({ format: 'date-time', description: 'RFC 3339, UTC, with milliseconds.', examples: [EXAMPLE] }),
);
export const instantOrNull = v.nullable(instant);

export const instantInput = v.pipe(
  v.string(),
  v.check(
    (text) => readInstantText(text) !== null,
    "Must be an RFC 3339 instant with 'Z' or an offset, such as 2026-03-01T09:00:00Z.",
  ),
  v.transform((text) => readInstantText(text)!),
  v.metadata({ format: 'date-time', description: 'RFC 3339, with Z or an offset.', examples: [EXAMPLE] }),
);

/** `infinity`, which SQL may write, is no instant that JSON has. */
export function instantText(date: Date): string {
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString();
}

export function instantTextOrNull(date: Date | null): string | null {
  return date === null || Number.isNaN(date.getTime()) ? null : date.toISOString();
}
