/**
 * A cron schedule in a zone: the wall clock's occurrences mapped through the zone's segments.
 *
 * Invariant: instants strictly increase and each comes once, whatever the offsets do. `next` without a change of offset
 * nearby costs one look at the wall clock and allocates nothing; everything else walks segments, never slots.
 *
 * Failure modes: none within the horizon. A schedule that has no occurrence left answers null.
 */
import { DAY_S } from './civil-date.ts';
import { takeLast, takeNext } from './occurrence-lists.ts';
import type { DstNote, Schedule, ScheduleSource } from './schedule-source.ts';
import { countWithin, type DstRules, firstAfter, lastBefore, noteWithin } from './segment-rules.ts';
import type { WallClock } from './wall-clock.ts';
import { HORIZON_FROM, HORIZON_TO, type Segment, type Zone } from './zone-segments.ts';

/** More than any two offsets differ by, so that a search may leap to this far from the next matching wall time. */
const LEAP_MARGIN_S = 2 * DAY_S;

export class ZonedCron implements Schedule {
  readonly source: ScheduleSource;
  readonly isFixedTime: boolean;
  readonly #clock: WallClock;
  readonly #zone: Zone;
  readonly #rules: DstRules;

  constructor(source: ScheduleSource, clock: WallClock, zone: Zone, rules: DstRules) {
    this.source = source;
    this.isFixedTime = rules.isFixedTime;
    this.#clock = clock;
    this.#zone = zone;
    this.#rules = rules;
  }

  next(afterMs: number): number | null {
    const after = Math.max(Math.floor(afterMs / 1000), HORIZON_FROM - 1);
    if (!(after < HORIZON_TO - 1)) return null;
    const segment = this.#zone.at(after + 1);
    if (after >= segment.calmFrom) {
      const found = this.#clock.after(after + segment.offset) - segment.offset;
      if (found < segment.hi) return found * 1000;
    }
    return this.#nextAcross(segment, after);
  }

  #nextAcross(start: Segment, startAfter: number): number | null {
    let segment = start;
    let after = startAfter;
    for (;;) {
      const found = firstAfter(this.#clock, this.#rules, segment, after);
      if (found < segment.hi) return found * 1000;
      // After two days without an occurrence no change of offset can bring a wall time before `found`.
      const canLeap = segment.hi - after > LEAP_MARGIN_S && found - LEAP_MARGIN_S > segment.hi;
      after = canLeap ? found - LEAP_MARGIN_S : segment.hi - 1;
      if (after >= HORIZON_TO - 1) return null;
      segment = this.#zone.at(after + 1);
    }
  }

  previous(beforeMs: number): number | null {
    let before = Math.min(Math.ceil(beforeMs / 1000), HORIZON_TO);
    while (before > HORIZON_FROM) {
      const segment = this.#zone.at(before - 1);
      const found = lastBefore(this.#clock, this.#rules, segment, before);
      if (found >= segment.lo && found >= HORIZON_FROM) return found * 1000;
      const canLeap = before - segment.lo > LEAP_MARGIN_S && found + LEAP_MARGIN_S < segment.lo;
      before = canLeap ? found + LEAP_MARGIN_S : segment.lo;
    }
    return null;
  }

  many(afterMs: number, limit: number): number[] {
    return takeNext(this, afterMs, limit);
  }

  count(fromExclusiveMs: number, toInclusiveMs: number): number {
    const to = Math.min(Math.floor(toInclusiveMs / 1000) + 1, HORIZON_TO);
    let from = Math.max(Math.floor(fromExclusiveMs / 1000) + 1, HORIZON_FROM);
    let total = 0;
    while (from < to) {
      const segment = this.#zone.at(from);
      const end = Math.min(segment.hi, to);
      total += countWithin(this.#clock, this.#rules, segment, [from, end]);
      from = end;
    }
    return total;
  }

  last(n: number, fromExclusiveMs: number, toInclusiveMs: number): number[] {
    return takeLast(this, n, fromExclusiveMs, toInclusiveMs);
  }

  matches(ms: number): boolean {
    return this.next(ms - 1) === ms;
  }

  note(ms: number): DstNote | null {
    if (!this.matches(ms)) return null;
    const instant = ms / 1000;
    const segment = this.#zone.at(instant);
    const note = noteWithin(this.#clock, this.#rules, segment, instant);
    if (note !== null || !this.isFixedTime || this.#rules.overlap === 'both') return note;
    return this.#comesAgain(segment, instant) ? 'firstPass' : null;
  }

  /** Whether the clocks go back soon and show the wall time of an instant a second time. */
  #comesAgain(segment: Segment, instant: number): boolean {
    if (instant + DAY_S >= HORIZON_TO) return false;
    const later = this.#zone.at(instant + DAY_S).offset;
    const back = segment.offset - later;
    return back > 0 && this.#zone.at(instant + back).offset === later;
  }
}
