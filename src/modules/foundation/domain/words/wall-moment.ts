/**
 * One instant on the clock of a zone, with the offset that makes it unambiguous.
 *
 * Invariant: pure calendar arithmetic over the zone's segments; the process's `TZ` and locale have no say.
 */
import { civilFromDays, DAY_S, weekdayOf } from '../cron/civil-date.ts';
import { HORIZON_FROM, HORIZON_TO, zoneOf } from '../cron/zone-segments.ts';

export interface WallMoment {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** 1 = Monday to 7 = Sunday. */
  readonly weekday: number;
  /** `09:00`, `09:00:30` or `09:00:30.250`. */
  readonly time: string;
  /** `UTC+08:00`. */
  readonly offset: string;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `09:00`, or `09:00:30` with seconds. */
export function clockText(secondOfDay: number, withSeconds: boolean): string {
  const minutes = Math.floor(secondOfDay / 60);
  const text = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  return withSeconds ? `${text}:${two(secondOfDay % 60)}` : text;
}

function offsetText(offset: number): string {
  const distance = Math.abs(offset);
  return `UTC${offset < 0 ? '-' : '+'}${clockText(distance, distance % 60 !== 0)}`;
}

/**
 * What the clocks of a zone show at an instant.
 * @param ms milliseconds since 1970
 * @throws {ScheduleError} TIMEZONE_UNKNOWN.
 */
export function wallMomentOf(ms: number, timezone: string): WallMoment {
  const epochS = Math.floor(ms / 1000);
  const { offset } = zoneOf(timezone).at(Math.min(Math.max(epochS, HORIZON_FROM), HORIZON_TO - 1));
  const days = Math.floor((epochS + offset) / DAY_S);
  const second = epochS + offset - days * DAY_S;
  const millis = ms - epochS * 1000;
  const text = clockText(second, second % 60 !== 0 || millis !== 0);
  return {
    ...civilFromDays(days),
    weekday: weekdayOf(days) === 0 ? 7 : weekdayOf(days),
    time: millis === 0 ? text : `${text}.${String(millis).padStart(3, '0')}`,
    offset: offsetText(offset),
  };
}
