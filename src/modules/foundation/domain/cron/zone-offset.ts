/**
 * The offset of a zone at an instant, as `Intl` knows it: the only place that asks the runtime's zone data.
 *
 * Invariant: asks for an explicit zone, calendar and digits, so that neither the process's `TZ` nor its locale matters.
 */
import { DAY_S, daysFromCivil } from './civil-date.ts';
import { ScheduleError } from './schedule-error.ts';

/** Seconds east of UTC at an instant in epoch seconds. */
export type OffsetAt = (epochS: number) => number;

export interface ZoneData {
  /** The runtime's own name of the zone. */
  readonly name: string;
  readonly offsetAt: OffsetAt;
}

const WALL = /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)$/;

function offsetReader(format: Intl.DateTimeFormat): OffsetAt {
  return (epochS) => {
    const match = WALL.exec(format.format(epochS * 1000));
    if (match === null) throw new ScheduleError('TIMEZONE_UNKNOWN', 'this runtime has no usable time-zone data');
    const days = daysFromCivil(Number(match[3]), Number(match[1]), Number(match[2]));
    return days * DAY_S + Number(match[4]) * 3600 + Number(match[5]) * 60 + Number(match[6]) - epochS;
  };
}

/**
 * Opens a zone.
 * @param timezone an IANA name, or whatever else this runtime's `Intl` accepts.
 * @throws {ScheduleError} TIMEZONE_UNKNOWN.
 */
export function openZone(timezone: string): ZoneData {
  const hint = "say an IANA name like 'Europe/Berlin' or 'UTC'";
  if (typeof timezone !== 'string' || timezone.length === 0 || timezone.length > 64) {
    throw new ScheduleError('TIMEZONE_UNKNOWN', `a time zone is a name of 1 to 64 characters; ${hint}`, { hint });
  }
  try {
    const format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    return { name: format.resolvedOptions().timeZone, offsetAt: offsetReader(format) };
  } catch (cause) {
    throw new ScheduleError('TIMEZONE_UNKNOWN', `there is no time zone '${timezone}'; ${hint}`, { hint, cause });
  }
}
