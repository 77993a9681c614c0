/**
 * `@every`: elapsed time from an anchor, the job's creation.
 *
 * Invariant: occurrences are anchor + k × interval, k ≥ 1; no zone and no calendar has a say.
 */
import { takeLast, takeNext } from './occurrence-lists.ts';
import type { Schedule, ScheduleSource } from './schedule-source.ts';
import { HORIZON_FROM, HORIZON_TO } from './zone-segments.ts';

export class EverySchedule implements Schedule {
  readonly source: ScheduleSource;
  readonly isFixedTime = false;
  readonly intervalMs: number;
  readonly #anchor: number;
  /** The least and the greatest k within the horizon. */
  readonly #firstK: number;
  readonly #lastK: number;

  constructor(source: ScheduleSource, intervalMs: number) {
    this.source = source;
    this.intervalMs = intervalMs;
    this.#anchor = Number.isFinite(source.anchorAt) ? Math.floor(source.anchorAt!) : 0;
    this.#firstK = Math.max(1, Math.ceil((HORIZON_FROM * 1000 - this.#anchor) / intervalMs));
    this.#lastK = Math.ceil((HORIZON_TO * 1000 - this.#anchor) / intervalMs) - 1;
  }

  next(afterMs: number): number | null {
    return this.#at(Math.max(this.#countTo(afterMs) + 1, this.#firstK));
  }

  previous(beforeMs: number): number | null {
    return this.#at(Math.min(Math.ceil((beforeMs - this.#anchor) / this.intervalMs) - 1, this.#lastK));
  }

  many(afterMs: number, limit: number): number[] {
    return takeNext(this, afterMs, limit);
  }

  count(fromExclusiveMs: number, toInclusiveMs: number): number {
    const from = Math.max(this.#countTo(fromExclusiveMs), this.#firstK - 1);
    const to = Math.min(this.#countTo(toInclusiveMs), this.#lastK);
    return to > from ? to - from : 0;
  }

  last(n: number, fromExclusiveMs: number, toInclusiveMs: number): number[] {
    return takeLast(this, n, fromExclusiveMs, toInclusiveMs);
  }

  matches(ms: number): boolean {
    return this.next(ms - 1) === ms;
  }

  note(): null {
    return null;
  }

  #countTo(ms: number): number {
    return Math.floor((ms - this.#anchor) / this.intervalMs);
  }

  #at(k: number): number | null {
    return k >= this.#firstK && k <= this.#lastK ? this.#anchor + k * this.intervalMs : null;
  }
}
