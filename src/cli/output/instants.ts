/** Instants as people read them: on the clock of a zone, with the offset that leaves no doubt, and how far away. */
import { wallMomentOf } from '../../modules/foundation/domain/words/wall-moment.ts';

const NONE = '-';

/** The zone of this machine, which `TZ` may set. */
export function machineZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** `2026-11-24 09:00:00 +08:00`; `-` for null, and for what an older service leaves out. */
export function wallText(instant: string | null | undefined, timezone: string): string {
  if (instant == null) return NONE;
  const { year, month, day, time, offset } = wallMomentOf(Date.parse(instant), timezone);
  const clock = time.length === 5 ? `${time}:00` : time.slice(0, 8);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)} ${clock} ${offset.replace('UTC', '')}`;
}

/** `Mon`. */
export function weekdayText(instant: string, timezone: string): string {
  return ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][wallMomentOf(Date.parse(instant), timezone).weekday - 1]!;
}

/** `250 ms`, `12.5 s`, `3 min 20 s`, `2 h 5 min`, `4 d`. */
export function durationText(durationMs: number | null): string {
  if (durationMs === null) return NONE;
  if (durationMs < 1_000) return `${durationMs} ms`;
  if (durationMs < 59_950) return `${Math.round(durationMs / 100) / 10} s`;
  if (durationMs < 3_599_500) return twoUnits(durationMs, [60_000, 'min'], [1_000, 's']);
  if (durationMs < 172_800_000) return twoUnits(durationMs, [3_600_000, 'h'], [60_000, 'min']);
  return `${Math.round(durationMs / 86_400_000)} d`;
}

/** `in 3 h`, `5 min ago`. */
export function distanceText(instant: string, nowMs: number): string {
  const distanceMs = Date.parse(instant) - nowMs;
  const size = durationText(Math.round(Math.abs(distanceMs) / 1_000) * 1_000);
  return distanceMs >= 0 ? `in ${size}` : `${size} ago`;
}

function twoUnits(durationMs: number, [big, bigName]: [number, string], [small, smallName]: [number, string]): string {
  const smalls = Math.round(durationMs / small);
  const rest = smalls % (big / small);
  const whole = `${Math.floor(smalls / (big / small))} ${bigName}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallName}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
