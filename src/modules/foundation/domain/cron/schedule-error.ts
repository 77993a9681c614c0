/**
 * The one error of reading a schedule.
 *
 * Invariant: whatever garbage comes in as a text or a time zone, this and nothing else is thrown.
 */
import { CarillonError } from '../errors.ts';
import type { Dialect } from './schedule-source.ts';

export type ScheduleErrorCode = 'SCHEDULE_INVALID' | 'SCHEDULE_NEVER_FIRES' | 'TIMEZONE_UNKNOWN' | 'SCHEDULE_AMBIGUOUS';

/** One way to read an ambiguous text, with its next occurrences (epoch ms) and the text that says it without doubt. */
export interface ScheduleReading {
  readonly dialect: Dialect;
  readonly next: readonly number[];
  readonly say: string;
}

export interface ScheduleErrorDetail {
  readonly position?: number | undefined;
  readonly hint?: string | undefined;
  readonly readings?: readonly ScheduleReading[] | undefined;
  readonly cause?: unknown;
}

export class ScheduleError extends CarillonError {
  readonly code: ScheduleErrorCode;
  /** Offset in the text, 0-based, of what could not be read. */
  readonly position?: number;
  /** What was probably meant. */
  readonly hint?: string;
  /** The possible readings, of `SCHEDULE_AMBIGUOUS` only. */
  readonly readings?: readonly ScheduleReading[];

  constructor(code: ScheduleErrorCode, message: string, detail: ScheduleErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    if (detail.position !== undefined) this.position = detail.position;
    if (detail.hint !== undefined) this.hint = detail.hint;
    if (detail.readings !== undefined) this.readings = detail.readings;
  }
}
