/**
 * From a source to a schedule: text, zone and rules put together.
 *
 * Invariant: schedules of the same text share one compiled wall clock, and those of one zone its segments, so that a
 * hundred thousand rows with few distinct texts stay small. The cache is bounded and changes no answer.
 */
import type { AtText } from './at-text.ts';
import type { CronForm } from './cron-form.ts';
import { EverySchedule } from './every-schedule.ts';
import { OneShotSchedule } from './one-shot-schedule.ts';
import { RecentCache } from './recent-cache.ts';
import { ScheduleError } from './schedule-error.ts';
import type { DstGap, DstOverlap, Schedule, ScheduleSource } from './schedule-source.ts';
import { readScheduleText, type ScheduleText } from './schedule-text.ts';
import type { DstRules } from './segment-rules.ts';
import { NEVER, WallClock } from './wall-clock.ts';
import { wallInstant } from './wall-instant.ts';
import { type Zone, zoneOf } from './zone-segments.ts';
import { ZonedCron } from './zoned-cron.ts';

type Compiled =
  | { readonly kind: 'cron'; readonly clock: WallClock; readonly isFixedTime: boolean }
  | Exclude<ScheduleText, { kind: 'cron' }>;

const CACHE_LIMIT = 2048;
const cache = new RecentCache<Compiled>(CACHE_LIMIT);

/** @throws {ScheduleError} SCHEDULE_NEVER_FIRES if no second from 1970 to 2200 matches. */
function compileForm(form: CronForm): Compiled {
  const clock = new WallClock(form);
  if (clock.after(-1) === NEVER) {
    const { day, month } = form.fields;
    const message = `no day from 1970 to 2200 matches (day '${day.text}', month '${month.text}')`;
    throw new ScheduleError('SCHEDULE_NEVER_FIRES', message, { position: Math.max(day.position, 0) });
  }
  return { kind: 'cron', clock, isFixedTime: form.isFixedTime };
}

function compile(source: ScheduleSource): Compiled {
  const { text, dialect } = source;
  // Before it becomes part of a key: an array of one text would pass for the text.
  if (typeof text !== 'string') throw new ScheduleError('SCHEDULE_INVALID', 'a schedule is a text');
  // Only H reads the job's id; without one, all jobs share what the text compiles to.
  const salt = dialect === 'unix' && /H/.test(text) ? (source.jobId ?? '') : '';
  const key = `${dialect}\u0000${text}\u0000${salt}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const read = readScheduleText(text, dialect, salt);
  const compiled = read.kind === 'cron' ? compileForm(read.form) : read;
  cache.set(key, compiled);
  return compiled;
}

function oneShot(source: ScheduleSource, at: AtText, zone: Zone): Schedule {
  if (at.offsetMs !== null) return new OneShotSchedule(source, at.wallMs - at.offsetMs, null);
  const found = wallInstant(at.wallMs, zone, source.dstGap ?? 'shift');
  if (found === null) {
    throw new ScheduleError('SCHEDULE_NEVER_FIRES', `the clocks of ${source.timezone} skip this wall time`);
  }
  return new OneShotSchedule(source, found.at, found.note);
}

const GAPS: readonly DstGap[] = ['shift', 'gapEnd', 'skip'];
const OVERLAPS: readonly DstOverlap[] = ['first', 'both'];
const rulesByKey = new Map<string, DstRules>();

/** The rules of a source; one object for each of the twelve combinations. */
function rulesOf(source: ScheduleSource, isFixedTime: boolean): DstRules {
  const { dstGap: gap = 'shift', dstOverlap: overlap = 'first' } = source;
  const key = `${isFixedTime} ${gap} ${overlap}`;
  const known = rulesByKey.get(key);
  if (known !== undefined) return known;
  if (!GAPS.includes(gap) || !OVERLAPS.includes(overlap)) {
    const message = `dstGap is one of ${GAPS.join(', ')} and dstOverlap one of ${OVERLAPS.join(', ')}`;
    throw new ScheduleError('SCHEDULE_INVALID', `${message}, and not '${gap}' and '${overlap}'`);
  }
  const rules = { isFixedTime, gap, overlap };
  rulesByKey.set(key, rules);
  return rules;
}

/**
 * Reads a schedule. `H` is hashed from `jobId`; `@every` counts from `anchorAt`; the rules for daylight saving default to
 * `shift` and `first`.
 * @throws {ScheduleError} for every text or zone that cannot be read; nothing else, and within milliseconds.
 */
export function parseSchedule(source: ScheduleSource): Schedule {
  const compiled = compile(source);
  const zone = zoneOf(source.timezone);
  if (compiled.kind === 'every') return new EverySchedule(source, compiled.intervalMs);
  if (compiled.kind === 'at') return oneShot(source, compiled.at, zone);
  const rules = rulesOf(source, compiled.isFixedTime);
  return new ZonedCron(source, compiled.clock, zone, rules);
}
