/**
 * An APScheduler 3 trigger as a schedule: text, zone, start, end and jitter.
 *
 * Invariant: an argument that this does not know is refused and never dropped: without it the job would run at other times.
 */
import { closestName } from '../closest-name.ts';
import { parseSchedule, ScheduleError } from '../schedule.ts';
import type { TriggerArguments } from './apscheduler-trigger-text.ts';
import { ImportFault, type ImportWarning } from './import-fault.ts';
import { instantOf, readPythonDate } from './python-date.ts';

export interface ImportedSchedule {
  readonly cronExpression: string;
  readonly timezone: string;
  readonly startAt: Date | null;
  readonly endAt: Date | null;
  readonly jitterMs: number;
  readonly warnings: readonly ImportWarning[];
}

export const CRON_FIELDS = ['year', 'month', 'day', 'week', 'day_of_week', 'hour', 'minute', 'second'];
const UNIT_SECONDS: Readonly<Record<string, number>> = {
  weeks: 604_800,
  days: 86_400,
  hours: 3600,
  minutes: 60,
  seconds: 1,
};
const SHARED = ['start_date', 'end_date', 'timezone', 'jitter'];
/** What each kind of trigger takes. */
export const TRIGGER_ARGUMENTS = {
  cron: [...CRON_FIELDS, ...SHARED],
  interval: [...Object.keys(UNIT_SECONDS), ...SHARED],
  date: ['run_date', 'timezone'],
} as const;

const FIELD = 'trigger';

type Args = TriggerArguments['args'];

function refuseUnknown({ kind, args }: TriggerArguments): void {
  const known = TRIGGER_ARGUMENTS[kind];
  for (const name of Object.keys(args)) {
    if ((known as readonly string[]).includes(name)) continue;
    const near = closestName(name, known);
    const hint = near === null ? `it takes ${known.join(', ')}` : `did you mean '${near}'?`;
    throw new ImportFault(`a ${kind} trigger takes no '${name}'`, { field: FIELD, hint });
  }
}

function plainText(value: unknown, name: string): string {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
  if (text !== '' && !/['"]/.test(text)) return text;
  throw new ImportFault(`'${name}' is neither a number nor a text that a field may hold`, { field: FIELD });
}

/** Without any field APScheduler fires every second. */
function cronText(args: Args): string {
  const named = CRON_FIELDS.filter((name) => args[name] !== undefined && args[name] !== null);
  if (named.length === 0) return "second='*'";
  return named.map((name) => `${name}='${plainText(args[name], name)}'`).join(' ');
}

/** A number, also as a text; NaN for everything else. */
function numberOf(value: unknown): number {
  return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : Number.NaN;
}

function intervalText(args: Args): string {
  let seconds = 0;
  for (const [unit, length] of Object.entries(UNIT_SECONDS)) {
    const count = numberOf(args[unit] ?? 0);
    if (!Number.isFinite(count)) throw new ImportFault(`'${unit}' is not a number`, { field: FIELD });
    seconds += count * length;
  }
  seconds = Math.round(seconds * 1e6) / 1e6;
  if (!Number.isInteger(seconds) || seconds < 0) {
    throw new ImportFault(`an interval of ${seconds} s is not a whole number of seconds`, { field: FIELD });
  }
  // APScheduler makes one second of an interval of nothing.
  const whole = Math.max(seconds, 1);
  const parts = [`${Math.floor(whole / 3600)}h`, `${Math.floor((whole % 3600) / 60)}m`, `${whole % 60}s`];
  return `@every ${parts.filter((part) => !/^0[hms]/.test(part)).join('')}`;
}

const assumedZone = (timezone: string): ImportWarning => ({
  code: 'TIMEZONE_ASSUMED',
  message: `The trigger names no time zone (str() leaves it out, repr() has it); '${timezone}' is assumed.`,
});

/** Reads the dates of one trigger, and keeps what has to be said of them. */
class TriggerDates {
  readonly warnings: ImportWarning[] = [];
  readonly #timezone: string | null;

  constructor(timezone: string | null) {
    this.#timezone = timezone;
  }

  read(value: unknown, name: string): Date | null {
    if (value === undefined || value === null || value === 'None') return null;
    const date = typeof value === 'string' ? readPythonDate(value) : null;
    if (date === null) throw new ImportFault(`'${name}' is not a date like 2026-01-31 09:00:00`, { field: FIELD });
    if (date.abbreviation !== null && this.#timezone !== null) {
      const message = `'${date.abbreviation}' in ${name} is read as the clock of ${this.#timezone}.`;
      this.warnings.push({ code: 'ZONE_ABBREVIATION', message });
    }
    return instantOf(date, this.#timezone, FIELD);
  }
}

function readJitter(value: unknown): { jitterMs: number; warnings: ImportWarning[] } {
  const jitterMs = Math.round(numberOf(value ?? 0) * 1000);
  if (jitterMs === 0) return { jitterMs, warnings: [] };
  if (!(jitterMs > 0 && jitterMs <= 86_400_000)) {
    throw new ImportFault(`a jitter is a number of seconds from 0 to 86400`, { field: FIELD });
  }
  const message = 'The delay of an occurrence is the same however often it is computed, and never passes the next one.';
  return { jitterMs, warnings: [{ code: 'JITTER_DETERMINISTIC', message }] };
}

function checked(cronExpression: string, timezone: string): void {
  try {
    parseSchedule({ text: cronExpression, dialect: 'apscheduler', timezone });
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    const message = `'${cronExpression}' in ${timezone} cannot be read: ${error.message}`;
    throw new ImportFault(message, { field: error.code === 'TIMEZONE_UNKNOWN' ? 'timezone' : FIELD, hint: error.hint });
  }
}

function anchorWarning(args: Args): ImportWarning {
  const start = typeof args['start_date'] === 'string' ? args['start_date'] : 'when it was added';
  return { code: 'INTERVAL_ANCHOR', message: `It counts from its creation here; APScheduler counted from ${start}.` };
}

function textOf({ kind, args }: TriggerArguments, dates: TriggerDates): string {
  if (kind === 'cron') return cronText(args);
  if (kind === 'interval') return intervalText(args);
  const runAt = dates.read(args['run_date'], 'run_date');
  if (runAt === null) throw new ImportFault('a date trigger names its run_date', { field: FIELD });
  return `@at ${runAt.toISOString()}`;
}

/** Intervals and instants do without a zone. */
function zoneOf(
  { kind, args }: TriggerArguments,
  fallback: string | null,
): { zone: string | null; isAssumed: boolean } {
  const own = typeof args['timezone'] === 'string' && args['timezone'] !== '' ? args['timezone'] : null;
  if (own !== null) return { zone: own, isAssumed: false };
  if (kind !== 'cron' || fallback !== null) return { zone: fallback, isAssumed: kind === 'cron' };
  const hint = 'export repr(job.trigger), which has it, or name the zone for the whole import';
  throw new ImportFault('nothing says the time zone of this cron trigger', { field: 'timezone', hint });
}

/**
 * Reads a trigger's arguments.
 * @param fallback the zone of a job that names none; null: there is none
 * @throws {ImportFault} where something cannot be carried over faithfully
 */
export function readTrigger(trigger: TriggerArguments, fallback: string | null): ImportedSchedule {
  refuseUnknown(trigger);
  const { kind, args } = trigger;
  const { zone, isAssumed } = zoneOf(trigger, fallback);
  const timezone = zone ?? 'UTC';
  const dates = new TriggerDates(zone);
  const cronExpression = textOf(trigger, dates);
  checked(cronExpression, timezone);
  const [startAt, endAt] = [dates.read(args['start_date'], 'start_date'), dates.read(args['end_date'], 'end_date')];
  const { jitterMs, warnings } = readJitter(args['jitter']);
  const zoneWarnings = isAssumed ? [assumedZone(timezone)] : [];
  const anchorWarnings = kind === 'interval' ? [anchorWarning(args)] : [];
  return {
    cronExpression,
    timezone,
    startAt,
    endAt,
    jitterMs,
    warnings: [...zoneWarnings, ...anchorWarnings, ...dates.warnings, ...warnings],
  };
}
