/**
 * Durations of `@every`: `90s`, `1h30m`, `2d`, and ISO 8601's `PT15M`, `P1DT2H`, `P2W`.
 *
 * Invariant: whole seconds, at least one; units run from large to small, each once; no months or years, whose length the
 * calendar decides.
 */
import { type Piece, refuse } from './refuse.ts';

const SHORT = /^(?:([0-9]{1,9})w)?(?:([0-9]{1,9})d)?(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,10})s)?$/i;
const ISO =
  /^P(?:([0-9]{1,9})W|(?:([0-9]{1,9})D)?(?:T(?=[0-9])(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,10})S)?)?)$/i;
const UNITS_S = [604_800, 86_400, 3600, 60, 1];
const LONGEST_S = 100 * 366 * 86_400;

/**
 * Reads a duration.
 * @returns milliseconds.
 * @throws {ScheduleError} SCHEDULE_INVALID with the position.
 */
export function readDuration(piece: Piece): number {
  const isIso = /^p/i.test(piece.text);
  const match = (isIso ? ISO : SHORT).exec(piece.text);
  const parts = match?.slice(1) ?? [];
  if (match === null || parts.every((part) => part === undefined)) {
    const isCalendar = isIso && /^P[0-9]+[YM]/i.test(piece.text);
    refuse(
      piece,
      isCalendar ? 'months and years differ in length' : 'not a duration of whole weeks, days, hours, minutes, seconds',
      isCalendar ? "say a cron text, '0 0 1 * *'" : "say '90s', '1h30m' or 'PT15M'",
    );
  }
  const seconds = parts.reduce((sum, part, index) => sum + Number(part ?? 0) * UNITS_S[index]!, 0);
  if (seconds < 1) refuse(piece, 'an interval is at least one second');
  if (seconds > LONGEST_S) refuse(piece, 'an interval is at most 100 years');
  return seconds * 1000;
}
