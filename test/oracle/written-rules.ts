/**
 * The written rules, applied one wall time after the other. Shares no code with the implementation.
 *
 * Interval-like: every instant whose wall time matches. Fixed-time: every matching wall time once; the first pass (or
 * both) of one that comes twice; one that a gap of at most three hours removes is moved by the gap's length, or to its
 * end, or left out. Then instants are deduplicated and sorted.
 */
import { type NaiveCron, type WallFields, wallFields } from './naive-cron.ts';
import type { WalkedWindow } from './walked-window.ts';

export interface Policies {
  readonly dstGap: 'shift' | 'gapEnd' | 'skip';
  readonly dstOverlap: 'first' | 'both';
}

/** Where the rules put a wall time that no instant shows. */
function outOfGap(wall: number, window: WalkedWindow, policies: Policies): number[] {
  const gap = window.changes.find(({ at, before, after }) => at + before <= wall && wall < at + after);
  if (gap === undefined || gap.after - gap.before > 3 * 3600 || policies.dstGap === 'skip') return [];
  return [policies.dstGap === 'gapEnd' ? gap.at : wall - gap.before];
}

function instantsFor(wall: number, cron: NaiveCron, window: WalkedWindow, policies: Policies): number[] {
  const shown = window.instantsOf(wall);
  if (!cron.isFixedTime) return shown;
  if (shown.length === 0) return outOfGap(wall, window, policies);
  return policies.dstOverlap === 'first' ? [shown[0]!] : shown;
}

/** All occurrences of a schedule within a window, as the rules say; those near its ends may lack. Epoch seconds. */
export function writtenOccurrences(cron: NaiveCron, window: WalkedWindow, policies: Policies): number[] {
  const found = new Set<number>();
  for (const { minute, fields } of wallMinutes(window)) {
    if (!cron.matchesMinute(fields) || !cron.matchesDate(fields)) continue;
    for (let second = 0; second < 60; second += 1) {
      if (!cron.matchesSecond({ ...fields, second })) continue;
      for (const instant of instantsFor(minute + second, cron, window, policies)) found.add(instant);
    }
  }
  return [...found].toSorted((a, b) => a - b);
}

interface WallMinute {
  readonly minute: number;
  readonly fields: WallFields;
}

const walks = new WeakMap<WalkedWindow, readonly WallMinute[]>();

/** Every minute of the wall clock that the window may show, those in its gaps as well. */
function wallMinutes(window: WalkedWindow): readonly WallMinute[] {
  const known = walks.get(window);
  if (known !== undefined) return known;
  const offsets = [...window.offsets];
  const minutes: WallMinute[] = [];
  const last = window.to + Math.max(...offsets);
  for (let minute = Math.floor((window.from + Math.min(...offsets)) / 60) * 60; minute < last; minute += 60) {
    minutes.push({ minute, fields: wallFields(minute) });
  }
  walks.set(window, minutes);
  return minutes;
}
