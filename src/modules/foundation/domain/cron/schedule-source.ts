/**
 * The words every reader of a schedule shares: where it comes from (`ScheduleSource`) and what can be asked of it
 * (`Schedule`).
 *
 * Invariant: instants are epoch milliseconds; answers lie in the years 1970 to 2200 (UTC) and strictly increase.
 */

/** How a five-field text is read; chosen by a column, never guessed. */
export type Dialect = 'apscheduler' | 'unix' | 'quartz';

/** What becomes of a fixed wall time that a spring gap removes. */
export type DstGap = 'shift' | 'gapEnd' | 'skip';

/** What becomes of a fixed wall time that an autumn overlap repeats. */
export type DstOverlap = 'first' | 'both';

/**
 * What a daylight-saving rule did to an occurrence: `moved` out of a gap; `merged` with another that falls on the same
 * instant; `repeated`, the second pass of a wall time that already fired; `firstPass`, its wall time comes twice and only
 * this pass fires.
 */
export type DstNote = 'moved' | 'merged' | 'repeated' | 'firstPass';

export interface ScheduleSource {
  readonly text: string;
  readonly dialect: Dialect;
  /** IANA name, or whatever else `Intl` accepts. */
  readonly timezone: string;
  /** Salt of `H`. */
  readonly jobId?: string;
  /** Anchor of `@every`, epoch ms: the job's creation. Absent: the epoch. */
  readonly anchorAt?: number;
  /** Default `shift`. Only fixed-time schedules ask. */
  readonly dstGap?: DstGap;
  /** Default `first`. Only fixed-time schedules ask. */
  readonly dstOverlap?: DstOverlap;
}

export interface Schedule {
  readonly source: ScheduleSource;
  /** Hour, minute and second are plain numbers: the daylight-saving rules of fixed times hold, not those of intervals. */
  readonly isFixedTime: boolean;
  /** The first occurrence strictly after an instant; null when there is none before 2201. */
  next(afterMs: number): number | null;
  /** The last occurrence strictly before an instant; null when there is none since 1970. */
  previous(beforeMs: number): number | null;
  /** The first `limit` occurrences after an instant, oldest first. */
  many(afterMs: number, limit: number): number[];
  /** How many occurrences lie in (from, to], without walking them. */
  count(fromExclusiveMs: number, toInclusiveMs: number): number;
  /** The last `n` occurrences in (from, to], oldest first. */
  last(n: number, fromExclusiveMs: number, toInclusiveMs: number): number[];
  /** Whether the schedule fires at exactly this instant. */
  matches(ms: number): boolean;
  /** What a daylight-saving rule did to the occurrence at this instant; null for an ordinary one and for no occurrence. */
  note(ms: number): DstNote | null;
}
