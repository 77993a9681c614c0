/**
 * The instant that somebody asks about: with an offset, or a wall time in the job's zone.
 *
 * Invariant: a wall time that comes twice is its first pass, one that does not exist is moved by the length of the gap, and
 * both are said.
 */
import { readAtText } from '../domain/cron/at-text.ts';
import { ScheduleError } from '../domain/cron/schedule-error.ts';
import { wallInstant } from '../domain/cron/wall-instant.ts';
import { zoneOf } from '../domain/cron/zone-segments.ts';
import { InvalidInputError } from '../domain/errors.ts';
import type { AskedNote } from '../domain/words/verdict-words.ts';

export interface AskedInstant {
  readonly atMs: number;
  readonly note: AskedNote;
}

/** In a query `+` stands for a blank: an offset that was not escaped is still one. */
const UNESCAPED_OFFSET = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*) (\d\d:?\d\d)$/;

/** @throws InvalidInputError */
export function readAskedInstant(text: string, timezone: string): AskedInstant {
  const meant = text.replace(UNESCAPED_OFFSET, '$1+$2');
  try {
    const { wallMs, offsetMs } = readAtText({ text: meant, position: 0 });
    if (offsetMs !== null) return { atMs: wallMs - offsetMs, note: null };
    const { at, note } = wallInstant(wallMs, zoneOf(timezone), 'shift') ?? { at: wallMs, note: null };
    return { atMs: at, note: note === 'moved' || note === 'firstPass' ? note : null };
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    const { message } = error;
    throw new InvalidInputError(message, [{ path: 'at', message }]);
  }
}
