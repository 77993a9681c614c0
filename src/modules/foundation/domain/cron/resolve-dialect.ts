/**
 * The dialect of a text that names none: never a guess.
 *
 * Invariant: a dialect comes out only if every dialect that reads the text reads the same schedule, or if the deployment
 * has settled the doubt.
 */
import type { CronForm } from './cron-form.ts';
import { isMonthDependent } from './month-days.ts';
import { parseSchedule } from './parse-schedule.ts';
import { ScheduleError, type ScheduleReading } from './schedule-error.ts';
import type { Dialect } from './schedule-source.ts';
import { readScheduleText, type ScheduleText } from './schedule-text.ts';

export interface DialectQuestion {
  readonly timezone: string;
  /** Epoch ms after which the readings' next occurrences are shown. */
  readonly at: number;
  readonly jobId?: string;
  /** The dialect that settles doubt for a whole deployment. */
  readonly deploymentDialect?: Dialect;
}

const DIALECTS: readonly Dialect[] = ['apscheduler', 'unix', 'quartz'];
const SHOWN = 3;

/** Two texts mean the same if and only if these strings are equal, but for exotic texts that then count as different. */
function meaningOf(read: ScheduleText): string {
  if (read.kind !== 'cron') return JSON.stringify(read);
  const { fields, isFixedTime } = read.form;
  const values = (['second', 'minute', 'hour', 'month', 'week', 'year'] as const).map((name) => fields[name].values);
  return JSON.stringify([isFixedTime, values, daysOf(read.form)]);
}

function daysOf(form: CronForm): unknown {
  const { day, weekday } = form.fields;
  const specials = [day, weekday].map((field) => field.items.filter(isMonthDependent));
  const isEveryDay = day.values.length === 31;
  const isEveryWeekday = weekday.values.length === 7;
  if (form.dayRule === 'or' && (isEveryDay || isEveryWeekday)) return 'every day';
  // With one of the two unrestricted, the rule that joins them says nothing.
  const rule = isEveryDay || isEveryWeekday ? 'and' : form.dayRule;
  return [rule, day.values, weekday.values, specials];
}

interface Reading {
  readonly dialect: Dialect;
  readonly meaning: string;
}

function readAll(text: string, salt: string): { readings: Reading[]; refusals: ScheduleError[] } {
  const readings: Reading[] = [];
  const refusals: ScheduleError[] = [];
  for (const dialect of DIALECTS) {
    try {
      readings.push({ dialect, meaning: meaningOf(readScheduleText(text, dialect, salt)) });
    } catch (error) {
      if (!(error instanceof ScheduleError)) throw error;
      refusals.push(error);
    }
  }
  return { readings, refusals };
}

function shownReading(text: string, dialect: Dialect, question: DialectQuestion): ScheduleReading {
  const { timezone, jobId = '', at } = question;
  const say = `dialect '${dialect}'`;
  try {
    return { dialect, next: parseSchedule({ text, dialect, timezone, jobId }).many(at, SHOWN), say };
  } catch (error) {
    if (error instanceof ScheduleError && error.code === 'SCHEDULE_NEVER_FIRES') return { dialect, next: [], say };
    throw error;
  }
}

/**
 * The dialect of a text that names none. Where `apscheduler` reads the text as all others do, it is that.
 * @throws {ScheduleError} SCHEDULE_AMBIGUOUS with `readings` where the dialects differ and nothing settles it;
 * SCHEDULE_INVALID where none reads the text, with the reason of the one that came furthest.
 */
export function resolveDialect(text: string, question: DialectQuestion): Dialect {
  const { readings, refusals } = readAll(text, question.jobId ?? '');
  const settled = question.deploymentDialect;
  const first = readings[0];
  if (first === undefined) {
    const own = settled === undefined ? undefined : refusals[DIALECTS.indexOf(settled)];
    throw own ?? refusals.toSorted((a, b) => (b.position ?? 0) - (a.position ?? 0))[0]!;
  }
  if (readings.every(({ meaning }) => meaning === first.meaning)) return first.dialect;
  if (settled !== undefined && readings.some(({ dialect }) => dialect === settled)) return settled;
  const shown = readings.map(({ dialect }) => shownReading(text, dialect, question));
  const names = readings.map(({ dialect }) => `'${dialect}'`).join(' and ');
  const hint = `name the dialect: ${shown.map(({ say }) => say).join(' or ')}`;
  throw new ScheduleError('SCHEDULE_AMBIGUOUS', `'${text}' means different times in ${names}; ${hint}`, {
    hint,
    readings: shown,
  });
}
