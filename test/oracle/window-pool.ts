/**
 * The windows that the oracle walks: around changes of offset, in every zone.
 *
 * Invariant: chosen by a seed alone, so that a failing case can be run again.
 */
import { changeDays, WalkedWindow } from './walked-window.ts';

const HALF_S = 40 * 3600;

/** What Intl lists, and zones that it only knows by link or that never changed. */
export const ZONES: readonly string[] = [...Intl.supportedValuesOf('timeZone'), 'UTC', 'Etc/GMT+12', '+05:45'];

/** mulberry32: a small generator of numbers in [0, 1). */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A day near which to walk: a change of a random year from 1970 to 2037, or any day of a zone that hardly has one. */
function dayIn(timezone: string, random: () => number): number {
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const days = changeDays(timezone, 1970 + Math.floor(random() * 68));
    const day = days[Math.floor(random() * days.length)];
    if (day !== undefined) return day;
  }
  return Math.floor(random() * 68 * 365) * 86_400;
}

/** Walks one window in a zone. */
export function windowIn(timezone: string, random: () => number): WalkedWindow {
  const middle = Math.max(dayIn(timezone, random) + 43_200, HALF_S);
  return new WalkedWindow(timezone, middle - HALF_S, middle + HALF_S);
}

/** One window for each of `zones`. */
export function windowPool(zones: readonly string[], seed: number): WalkedWindow[] {
  const random = randomFrom(seed);
  return zones.map((timezone) => windowIn(timezone, random));
}
