/**
 * A zone as constant-offset segments, found lazily in blocks of some 97 days and kept.
 *
 * Invariant: segments of a zone cover the horizon; within one the offset is constant; neighbours may have equal offsets
 * (a block ends there). A change shortly before a block is the `lo` of the block's first segment too, so that what was
 * moved across it, or comes twice after it, is still known in the block. A block is probed every four days and bisected to the second: the shortest time between two
 * changes of offset in the tz database since 1970 is seven days (America/Noronha, October 2000), so none can hide.
 */
import { DAY_S, daysFromCivil, FIRST_YEAR, LAST_YEAR } from './civil-date.ts';
import { type OffsetAt, openZone } from './zone-offset.ts';

/** A stretch of constant offset; all in seconds, instants since the epoch. */
export interface Segment {
  readonly lo: number;
  /** Exclusive. */
  readonly hi: number;
  readonly offset: number;
  /** The offset just before `lo`. */
  readonly offsetBefore: number;
  /** From this instant on, the change at `lo` no longer matters: no moved occurrence is due, no wall time comes again. */
  readonly calmFrom: number;
}

/** The horizon of every schedule: 1970-01-01T00:00Z, and 2201-01-01T00:00Z, exclusive. */
export const HORIZON_FROM = daysFromCivil(FIRST_YEAR, 1, 1) * DAY_S;
export const HORIZON_TO = daysFromCivil(LAST_YEAR + 1, 1, 1) * DAY_S;

const BLOCK_S = 2 ** 23;
const PROBE_S = 4 * DAY_S;
/** Longer than any change of offset lasts: a day and its hours, at the date line. */
const LOOK_BACK_S = 2 * DAY_S;

function segment(lo: number, hi: number, offset: number, offsetBefore: number): Segment {
  return { lo, hi, offset, offsetBefore, calmFrom: lo + Math.abs(offset - offsetBefore) };
}

/** The first second in (lo, hi] whose offset is not that of `lo`, where `hi`'s is not. */
function firstChange(offsetAt: OffsetAt, lo: number, hi: number): number {
  const offset = offsetAt(lo);
  let [same, changed] = [lo, hi];
  while (changed - same > 1) {
    const middle = Math.floor((same + changed) / 2);
    if (offsetAt(middle) === offset) same = middle;
    else changed = middle;
  }
  return changed;
}

function buildBlock(offsetAt: OffsetAt, index: number): readonly Segment[] {
  const start = index * BLOCK_S;
  const end = Math.min(start + BLOCK_S, HORIZON_TO);
  const segments: Segment[] = [];
  let offset = offsetAt(start);
  let before = offsetAt(start - LOOK_BACK_S);
  let lo = before === offset ? start : firstChange(offsetAt, start - LOOK_BACK_S, start);
  for (let probe = start; probe < end - 1;) {
    const next = Math.min(probe + PROBE_S, end - 1);
    const there = offsetAt(next);
    if (there === offset) {
      probe = next;
      continue;
    }
    const change = firstChange(offsetAt, probe, next);
    segments.push(segment(lo, change, offset, before));
    [lo, before, offset, probe] = [change, offset, offsetAt(change), change];
  }
  segments.push(segment(lo, end, offset, before));
  return segments;
}

/** Zones that never change their offset need no blocks. */
function isConstant(name: string): boolean {
  return /^(UTC|GMT|Etc\/.*|[+-]\d\d:?\d\d)$/.test(name);
}

export class Zone {
  readonly name: string;
  readonly #offsetAt: OffsetAt;
  readonly #blocks: (readonly Segment[] | undefined)[] = [];
  readonly #whole: Segment | null;
  #recent: Segment;

  constructor(name: string, offsetAt: OffsetAt) {
    this.name = name;
    this.#offsetAt = offsetAt;
    const offset = isConstant(name) ? offsetAt(0) : 0;
    this.#whole = isConstant(name) ? segment(HORIZON_FROM, HORIZON_TO, offset, offset) : null;
    this.#recent = this.#whole ?? segment(0, 0, 0, 0);
  }

  /** The segment of an instant within the horizon, in epoch seconds. */
  at(epochS: number): Segment {
    const recent = this.#recent;
    if (epochS >= recent.lo && epochS < recent.hi) return recent;
    if (this.#whole !== null) return this.#whole;
    const index = Math.floor(epochS / BLOCK_S);
    const block = (this.#blocks[index] ??= buildBlock(this.#offsetAt, index));
    let position = 0;
    while (epochS >= block[position]!.hi) position += 1;
    this.#recent = block[position]!;
    return this.#recent;
  }
}

const zones = new Map<string, Zone>();
const aliases = new Map<string, Zone>();
const ALIAS_LIMIT = 2048;

/**
 * The shared zone of a name.
 * @throws {ScheduleError} TIMEZONE_UNKNOWN.
 */
export function zoneOf(timezone: string): Zone {
  const known = aliases.get(timezone);
  if (known !== undefined) return known;
  const { name, offsetAt } = openZone(timezone);
  const zone = zones.get(name) ?? new Zone(name, offsetAt);
  if (aliases.size >= ALIAS_LIMIT) {
    aliases.clear();
    zones.clear();
  }
  zones.set(name, zone);
  aliases.set(timezone, zone);
  return zone;
}
