/** What every list shares: how much of it is asked for, and how it is answered. */
import * as v from 'valibot';

export const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 500;

function isLimit(text: string): boolean {
  return /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_LIMIT;
}

export const pageQuery = {
  limit: v.pipe(
    v.optional(
      v.pipe(v.string(), v.check(isLimit, `Must be a whole number from 1 to ${MAX_LIMIT}.`)),
      String(DEFAULT_LIMIT),
    ),
    v.transform(Number),
    v.metadata({ type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT }),
  ),
  cursor: v.exactOptional(
    v.pipe(v.string(), v.minLength(1), v.maxLength(1_000), v.description("'nextCursor' of the page before.")),
  ),
};

/** A parameter that is `true` or `false`. */
export const booleanQuery = v.pipe(
  v.picklist(['true', 'false'], "Must be 'true' or 'false'."),
  v.transform((text) => text === 'true'),
);

export const nextCursor = v.pipe(v.nullable(v.string()), v.description('Opaque; null: this is the last page.'));
