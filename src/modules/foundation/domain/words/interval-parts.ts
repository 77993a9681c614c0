/**
 * An interval of `@every` in the units that a person would use.
 *
 * Invariant: the parts add up to the interval; a day is named only where whole days are meant, and is 24 hours.
 */

export interface IntervalParts {
  readonly units: readonly { readonly unit: 'day' | 'hour' | 'minute' | 'second'; readonly count: number }[];
  /** Of whole days: the hours, because a day of elapsed time is not always a day of the clock. */
  readonly totalHours: number | null;
}

const DAY_S = 86_400;
const IN_SECONDS_BELOW = 120;

/** @param intervalMs whole seconds, at least one */
export function intervalPartsOf(intervalMs: number): IntervalParts {
  const total = intervalMs / 1000;
  if (total >= 2 * DAY_S && total % DAY_S === 0) {
    return { units: [{ unit: 'day', count: total / DAY_S }], totalHours: total / 3600 };
  }
  if (total < IN_SECONDS_BELOW && total !== 60) return { units: [{ unit: 'second', count: total }], totalHours: null };
  const all = [
    { unit: 'hour', count: Math.floor(total / 3600) },
    { unit: 'minute', count: Math.floor((total % 3600) / 60) },
    { unit: 'second', count: total % 60 },
  ] as const;
  return { units: all.filter(({ count }) => count > 0), totalHours: null };
}
