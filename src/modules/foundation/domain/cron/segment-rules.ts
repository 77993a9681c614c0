/**
 * The daylight-saving rules, within one segment of constant offset.
 *
 * Invariant: each occurrence belongs to exactly one segment, the one of its instant. Interval-like schedules are the
 * plain wall clock. Fixed-time ones leave out the walls that an overlap repeats, and take in those that the gap before
 * the segment removed: moved by the gap's length (RFC 5545, java.time, Temporal's `compatible`) or to its end (cron(8)).
 */
import type { DstGap, DstNote, DstOverlap } from './schedule-source.ts';
import { NEVER, type WallClock } from './wall-clock.ts';
import type { Segment } from './zone-segments.ts';

export interface DstRules {
  readonly isFixedTime: boolean;
  readonly gap: DstGap;
  readonly overlap: DstOverlap;
}

/** A longer gap is a lost day or a change of zone, and is not made up for (cron(8)). */
export const LONGEST_GAP_S = 3 * 3600;

/** The length of the gap before a segment if its wall times are made up for, else 0. */
function madeUpGap(segment: Segment, rules: DstRules): number {
  const length = segment.offset - segment.offsetBefore;
  return length > 0 && length <= LONGEST_GAP_S && rules.isFixedTime && rules.gap !== 'skip' ? length : 0;
}

/** The first wall time of a segment that did not fire before it. */
function firstWall(segment: Segment, rules: DstRules): number {
  const isOnce = rules.isFixedTime && rules.overlap === 'first';
  return segment.lo + (isOnce ? Math.max(segment.offset, segment.offsetBefore) : segment.offset);
}

/**
 * The first occurrence after an instant by the rules of a segment; it may lie beyond the segment. The second after the
 * instant lies within it. Epoch seconds.
 */
export function firstAfter(clock: WallClock, rules: DstRules, segment: Segment, after: number): number {
  const { lo, offset, offsetBefore } = segment;
  const regular = clock.after(Math.max(after + offset, firstWall(segment, rules) - 1)) - offset;
  if (madeUpGap(segment, rules) === 0) return regular;
  const isShift = rules.gap === 'shift';
  if (!isShift && after >= lo) return regular;
  const removed = clock.after(isShift ? after + offsetBefore : lo + offsetBefore - 1);
  if (removed >= lo + offset) return regular;
  return Math.min(regular, isShift ? removed - offsetBefore : lo);
}

/**
 * The last occurrence before an instant by the rules of a segment; it may lie before the segment, or be `-NEVER`. The
 * second before the instant lies within the segment. Epoch seconds.
 */
export function lastBefore(clock: WallClock, rules: DstRules, segment: Segment, before: number): number {
  const { lo, offset, offsetBefore } = segment;
  const end = Math.min(before, segment.hi);
  const wall = clock.before(end + offset);
  const regular = wall >= firstWall(segment, rules) || wall < lo + offset ? wall - offset : -NEVER;
  if (madeUpGap(segment, rules) === 0) return regular;
  if (rules.gap === 'gapEnd') {
    const isMoved = clock.after(lo + offsetBefore - 1) < lo + offset;
    return isMoved ? Math.max(regular, lo) : regular;
  }
  const removed = clock.before(Math.min(end + offsetBefore, lo + offset));
  return removed >= lo + offsetBefore ? Math.max(regular, removed - offsetBefore) : regular;
}

/** How many occurrences lie in [from, to), both within a segment. Epoch seconds. */
export function countWithin(clock: WallClock, rules: DstRules, segment: Segment, window: [number, number]): number {
  const [from, to] = window;
  const { lo, offset, offsetBefore } = segment;
  const count = clock.count(Math.max(from + offset, firstWall(segment, rules)), to + offset);
  if (madeUpGap(segment, rules) === 0 || from >= segment.calmFrom) return count;
  const end = lo + offset;
  let moved = 0;
  for (let wall = clock.after(lo + offsetBefore - 1); wall < end; wall = clock.after(wall)) {
    const instant = rules.gap === 'shift' ? wall - offsetBefore : lo;
    if (instant >= from && instant < to && !clock.matches(instant + offset)) moved += 1;
    if (rules.gap === 'gapEnd') break;
  }
  return count + moved;
}

/** What the rules of a segment did to its occurrence at an instant. Epoch seconds. */
export function noteWithin(clock: WallClock, rules: DstRules, segment: Segment, instant: number): DstNote | null {
  const { lo, offset, offsetBefore } = segment;
  const wall = instant + offset;
  const isRegular = wall >= firstWall(segment, rules) && clock.matches(wall);
  const moved = madeUpGap(segment, rules) === 0 ? 0 : countMoved(clock, rules, segment, instant);
  if (moved > 0) return isRegular || moved > 1 ? 'merged' : 'moved';
  return isRegular && wall < lo + offsetBefore ? 'repeated' : null;
}

/** How many removed wall times come to be at an instant; only the end of a gap gathers more than one. */
function countMoved(clock: WallClock, rules: DstRules, segment: Segment, instant: number): number {
  const { lo, offset, offsetBefore } = segment;
  if (rules.gap === 'gapEnd') return instant === lo ? clock.count(lo + offsetBefore, lo + offset) : 0;
  return instant + offsetBefore < lo + offset && clock.matches(instant + offsetBefore) ? 1 : 0;
}
