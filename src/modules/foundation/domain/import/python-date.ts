/**
 * Dates as Python and APScheduler print them: `2026-01-01 09:00:00 CST`, `2026-01-01T09:00:00.250000+08:00`.
 *
 * Invariant: an offset is used where there is one; an abbreviation never decides anything, because CST is three zones.
 */
import { parseSchedule, ScheduleError } from '../schedule.ts';
import { ImportFault } from './import-fault.ts';

const DATE =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.](\d{1,6}))?)?\s*(?:(Z|UTC|GMT)|(?:UTC|GMT)?([+-]\d{2}):?(\d{2})?|([A-Za-z]{2,6}))?$/;

export interface PythonDate {
  /** RFC 3339 without an offset. */
  readonly wall: string;
  /** `Z` or `+08:00`; null: the job's zone decides. */
  readonly offset: string | null;
  /** `CST`, which tells nothing; null where there is none. */
  readonly abbreviation: string | null;
}

/** @returns null where the text is no date */
export function readPythonDate(text: string): PythonDate | null {
  const match = DATE.exec(text.trim());
  if (match === null) return null;
  const [, day, time = '00:00', fraction, utc, hours, minutes = '00', abbreviation = null] = match;
  const seconds = time.length === 5 ? `${time}:00` : time;
  const millis = fraction === undefined ? '' : `.${fraction.padEnd(3, '0').slice(0, 3)}`;
  const zoned = hours === undefined ? null : `${hours}:${minutes}`;
  return { wall: `${day}T${seconds}${millis}`, offset: utc === undefined ? zoned : 'Z', abbreviation };
}

/**
 * The instant of a date in a zone.
 * @throws {ImportFault} where there is no such date, or nothing says the zone
 */
export function instantOf({ wall, offset }: PythonDate, timezone: string | null, field: string): Date {
  if (offset === null && timezone === null)
    throw new ImportFault('the date names no offset and the job no zone', { field });
  try {
    const text = `@at ${wall}${offset ?? ''}`;
    const schedule = parseSchedule({ text, dialect: 'apscheduler', timezone: timezone ?? 'UTC' });
    return new Date(schedule.next(-Infinity)!);
  } catch (error) {
    if (error instanceof ScheduleError) throw new ImportFault(error.message, { field, hint: error.hint });
    throw error;
  }
}
