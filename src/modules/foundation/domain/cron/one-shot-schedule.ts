/**
 * `@at`: one occurrence.
 *
 * Invariant: it fires at one instant and never again.
 */
import type { DstNote, Schedule, ScheduleSource } from './schedule-source.ts';

export class OneShotSchedule implements Schedule {
  readonly source: ScheduleSource;
  readonly isFixedTime = true;
  readonly #at: number;
  readonly #note: DstNote | null;

  constructor(source: ScheduleSource, atMs: number, note: DstNote | null) {
    this.source = source;
    this.#at = atMs;
    this.#note = note;
  }

  next(afterMs: number): number | null {
    return this.#at > afterMs ? this.#at : null;
  }

  previous(beforeMs: number): number | null {
    return this.#at < beforeMs ? this.#at : null;
  }

  many(afterMs: number, limit: number): number[] {
    return this.#at > afterMs && limit >= 1 ? [this.#at] : [];
  }

  count(fromExclusiveMs: number, toInclusiveMs: number): number {
    return this.#at > fromExclusiveMs && this.#at <= toInclusiveMs ? 1 : 0;
  }

  last(n: number, fromExclusiveMs: number, toInclusiveMs: number): number[] {
    return n >= 1 && this.count(fromExclusiveMs, toInclusiveMs) === 1 ? [this.#at] : [];
  }

  matches(ms: number): boolean {
    return ms === this.#at;
  }

  note(ms: number): DstNote | null {
    return this.matches(ms) ? this.#note : null;
  }
}
