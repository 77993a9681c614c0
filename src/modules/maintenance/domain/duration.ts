/**
 * Lengths of time in text. Owns the two spellings; invariant: every unit has one length, so years and months, which
 * have several, are not accepted.
 */
const WEEK_MS = 604_800_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;
const UNIT_MS: Readonly<Record<string, number>> = { w: WEEK_MS, d: DAY_MS, h: HOUR_MS, m: MINUTE_MS, s: SECOND_MS };

/**
 * `90s`, `90m`, `12h`, `30d`, `4w`; or ISO 8601: `P30D`, `P4W`, `PT12H`, `P1DT12H`. Whole numbers of at most six
 * digits: a longer span would leave the range of a Date.
 */
export const DURATION_PATTERN =
  /^(?:\d{1,6}[smhdw]|P\d{1,6}W|P(?=\d|T\d)(?:\d{1,6}D)?(?:T(?=\d)(?:\d{1,6}H)?(?:\d{1,6}M)?(?:\d{1,6}S)?)?)$/;

/** Milliseconds, or null when the text matches DURATION_PATTERN not. */
export function parseDuration(text: string): number | null {
  if (!DURATION_PATTERN.test(text)) return null;
  let total = 0;
  for (const [, digits, unit] of text.matchAll(/(\d+)([a-z])/gi)) {
    total += Number(digits) * (UNIT_MS[(unit ?? '').toLowerCase()] ?? 0);
  }
  return total;
}
