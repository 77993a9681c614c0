/**
 * The windows that the oracle walks: around changes of offset, in every zone.
 *
 * Invariant: chosen by a seed alone, so that a failing case can be run again.
 */
import { changeDays, intlOffset, WalkedWindow } from './walked-window.ts';

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

/** Changes too rare to wait for: lost days, three hours and more, seconds, a week apart, at the border of a block. */
const ODD: readonly (readonly [string, string])[] = [
  ['Pacific/Apia', '2011-12-30T10:00Z'],
  ['Pacific/Kwajalein', '1993-08-21T12:00Z'],
  ['Pacific/Kiritimati', '1994-12-31T10:00Z'],
  ['Antarctica/Vostok', '1994-01-31T17:00Z'],
  ['Antarctica/Vostok', '1994-11-01T00:00Z'],
  ['Antarctica/Casey', '2018-10-06T20:00Z'],
  ['Antarctica/Casey', '2010-03-04T15:00Z'],
  ['America/Danmarkshavn', '1996-01-01T03:00Z'],
  ['Antarctica/Troll', '2025-10-26T01:00Z'],
  ['Africa/Monrovia', '1972-01-07T00:44Z'],
  ['America/Noronha', '2000-10-08T02:00Z'],
  ['America/Noronha', '2000-10-15T02:00Z'],
];

/** Changes within half a day before or after a multiple of 2^23 seconds, where the implementation cuts its segments. */
function borderWindows(random: () => number): WalkedWindow[] {
  const found: WalkedWindow[] = [];
  for (let attempt = 0; found.length < 12 && attempt < 40_000; attempt += 1) {
    const timezone = ZONES[Math.floor(random() * ZONES.length)]!;
    const border = Math.floor((1 + Math.floor(random() * 253)) * 2 ** 23);
    if (intlOffset(timezone, border - 43_200) === intlOffset(timezone, border + 43_200)) continue;
    const middle = Math.floor(border / 60) * 60;
    found.push(new WalkedWindow(timezone, middle - HALF_S, middle + HALF_S));
  }
  return found;
}

/** One window for each of `zones`, and the odd ones. */
export function windowPool(zones: readonly string[], seed: number): WalkedWindow[] {
  const random = randomFrom(seed);
  const odd = ODD.map(([timezone, instant]) => {
    const middle = Date.parse(instant) / 1000;
    return new WalkedWindow(timezone, middle - HALF_S, middle + HALF_S);
  });
  return [...odd, ...borderWindows(random), ...zones.map((timezone) => windowIn(timezone, random))];
}
