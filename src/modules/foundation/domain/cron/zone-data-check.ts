/**
 * The start-up self-test of the runtime's zone data.
 *
 * Invariant: a runtime built without full ICU, which reads every zone as UTC or knows no history, does not pass.
 */
import { zoneOf } from './zone-segments.ts';

/** Offsets in minutes that no zone data may lack, of winter, summer, a quarter of an hour and a lost day. */
const KNOWN: readonly (readonly [string, string, number])[] = [
  ['America/New_York', '2025-01-15T12:00Z', -300],
  ['America/New_York', '2025-07-15T12:00Z', -240],
  ['Europe/Dublin', '1975-07-15T12:00Z', 60],
  ['Asia/Kathmandu', '2020-01-01T00:00Z', 345],
  ['Australia/Lord_Howe', '2025-07-01T00:00Z', 630],
  ['Pacific/Apia', '2011-12-30T09:59Z', -600],
  ['Pacific/Apia', '2011-12-30T10:00Z', 840],
];

/**
 * What is wrong with the runtime's zone data.
 * @returns null when it is sound, else a sentence for the log before refusing to start.
 */
export function zoneDataFault(): string | null {
  for (const [timezone, instant, minutes] of KNOWN) {
    let found: number;
    try {
      found = zoneOf(timezone).at(Date.parse(instant) / 1000).offset / 60;
    } catch {
      return `this runtime does not know the time zone ${timezone}: it lacks zone data (full ICU)`;
    }
    if (found !== minutes) {
      return `this runtime says that ${timezone} is ${found} minutes from UTC at ${instant}; it is ${minutes}`;
    }
  }
  return null;
}
