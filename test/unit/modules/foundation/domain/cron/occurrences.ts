/** Shorthand of the time tests: a source in one line, occurrences as readable text. */
import {
  parseSchedule,
  type Schedule,
  type ScheduleSource,
} from '../../../../../../src/modules/foundation/domain/schedule.ts';

export type Options = Partial<ScheduleSource>;

/** A schedule of the unix dialect in UTC, unless said otherwise. */
export function schedule(text: string, options: Options = {}): Schedule {
  return parseSchedule({ text, dialect: 'unix', timezone: 'UTC', ...options });
}

/** An instant as short as it can be read: no zero seconds, no milliseconds. */
export function iso(ms: number): string {
  return new Date(ms).toISOString().replace(/(:00)?\.000Z$/, 'Z');
}

/** The first occurrences after an instant, each with the note of its rule, `2025-03-30T01:30Z moved`. */
export function following(from: Schedule, after: string, limit: number): string[] {
  return from.many(Date.parse(after), limit).map((at) => [iso(at), from.note(at) ?? ''].join(' ').trim());
}

/** The error that reading throws, or undefined. */
export function refusal(text: string, options: Options = {}): unknown {
  try {
    schedule(text, options);
    return undefined;
  } catch (error) {
    return error;
  }
}
