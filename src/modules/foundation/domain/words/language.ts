/**
 * What a language must be able to say: the parts of a schedule, already decided, and nothing else.
 *
 * Invariant: a language chooses words and order; which values there are is decided before it, from the parsed form.
 */
import type { DayShape } from './day-shape.ts';
import type { HashedValue } from './hashed-values.ts';
import type { IntervalParts } from './interval-parts.ts';
import type { TimeShape } from './time-shape.ts';
import type { Run } from './value-runs.ts';
import type { WallMoment } from './wall-moment.ts';

/** A cron form, ready to be said; null: the field restricts nothing. */
export interface CronParts {
  readonly time: TimeShape;
  readonly days: DayShape;
  /** null also where `days` is a date, which names its month. */
  readonly months: readonly Run[] | null;
  /** ISO weeks. */
  readonly weeks: readonly Run[] | null;
  readonly years: readonly Run[] | null;
  readonly hashed: readonly HashedValue[];
  /** Whether the job's id chose `hashed`; otherwise there was none. */
  readonly hasJobId: boolean;
}

export interface Language {
  readonly sayCron: (parts: CronParts) => string;
  /** @param hasAnchor the job's creation is known */
  readonly sayInterval: (parts: IntervalParts, hasAnchor: boolean) => string;
  readonly sayMoment: (moment: WallMoment) => string;
  readonly addZone: (sentence: string, timezone: string) => string;
}
