/**
 * The instant of one wall time in a zone.
 *
 * Invariant: the same rules as for a fixed-time schedule whose overlap is `first`.
 */
import { DAY_S } from './civil-date.ts';
import type { DstGap, DstNote } from './schedule-source.ts';
import { LONGEST_GAP_S } from './segment-rules.ts';
import { HORIZON_FROM, HORIZON_TO, type Zone } from './zone-segments.ts';

export interface WallInstant {
  readonly at: number;
  readonly note: DstNote | null;
}

/**
 * Finds the instant of a wall time.
 * @param wallMs milliseconds of the wall clock since 1970-01-01T00:00.
 * @returns epoch ms; null where the rules leave it out.
 */
export function wallInstant(wallMs: number, zone: Zone, gap: DstGap): WallInstant | null {
  const around = (seconds: number): number => Math.min(Math.max(seconds, HORIZON_FROM), HORIZON_TO - 1);
  const wallS = Math.floor(wallMs / 1000);
  const early = zone.at(around(wallS - DAY_S));
  const late = zone.at(around(wallS + DAY_S));
  const [before, after] = [early.offset * 1000, late.offset * 1000];
  const offsetAt = (ms: number): number => zone.at(around(Math.floor(ms / 1000))).offset * 1000;
  const isEarly = offsetAt(wallMs - before) === before;
  const isLate = offsetAt(wallMs - after) === after;
  if (isEarly) return { at: wallMs - before, note: isLate && after < before ? 'firstPass' : null };
  if (isLate) return { at: wallMs - after, note: null };
  if (gap === 'skip' || after - before > LONGEST_GAP_S * 1000) return null;
  const change = zone.at(around(Math.floor((wallMs - before) / 1000))).lo * 1000;
  return { at: gap === 'gapEnd' ? change : wallMs - before, note: 'moved' };
}
