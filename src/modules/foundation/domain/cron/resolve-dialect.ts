/**
 * The dialect of a text that names none: never a guess.
 *
 * Invariant: a dialect comes out only if every dialect that reads the text reads the same schedule, or if the deployment
 * has settled the doubt.
 */
import type { CronForm } from './cron-form.ts';
import { isMonthDependent } from './month-days.ts';
import { parseSchedule } from './parse-schedule.ts';
import { sayByName } from './say-by-name.ts';
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
/** How far the readings are searched for their first difference. */
const SEARCHED = 40;

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
  readonly read: ScheduleText;
  readonly meaning: string;
}

function readAll(text: string, salt: string): { readings: Reading[]; refusals: Map<Dialect, ScheduleError> } {
  const readings: Reading[] = [];
  const refusals = new Map<Dialect, ScheduleError>();
  for (const dialect of DIALECTS) {
    try {
      const read = readScheduleText(text, dialect, salt);
      readings.push({ dialect, read, meaning: meaningOf(read) });
    } catch (error) {
      if (!(error instanceof ScheduleError)) throw error;
      refusals.set(dialect, error);
    }
  }
  return { readings, refusals };
}

/** The refusal worth showing: that of the dialect which has texts of this shape. */
function likelyDialect(text: string): Dialect {
  const fields = text.trim().split(/\s+/).length;
  if (fields === 7 && !text.includes('=')) return 'quartz';
  return fields === 6 || text.trim().startsWith('@') ? 'unix' : 'apscheduler';
}

/** How to say a reading without doubt: a text that all dialects read so, or the dialect's name. */
function sayPlainly(text: string, { dialect, read, meaning }: Reading, salt: string): string {
  const named = read.kind === 'cron' ? sayByName(text, read.form) : null;
  if (named === null) return `dialect '${dialect}'`;
  const isPlain = readAll(named, salt).readings.every((reading) => reading.meaning === meaning);
  return isPlain ? `'${named}', or dialect '${dialect}'` : `dialect '${dialect}'`;
}

function shownReading(text: string, reading: Reading, question: DialectQuestion): ScheduleReading {
  const { timezone, jobId = '', at } = question;
  const { dialect } = reading;
  const say = sayPlainly(text, reading, jobId);
  try {
    return { dialect, next: parseSchedule({ text, dialect, timezone, jobId }).many(at, SEARCHED), say };
  } catch (error) {
    if (error instanceof ScheduleError && error.code === 'SCHEDULE_NEVER_FIRES') return { dialect, next: [], say };
    throw error;
  }
}

/** At least SHOWN occurrences of each, and so many that the readings can be told apart. */
function upToDifference(readings: readonly ScheduleReading[]): ScheduleReading[] {
  const [first, ...others] = readings;
  const isSame = (index: number): boolean => others.every(({ next }) => next[index] === first?.next[index]);
  let count = SHOWN;
  while (count < SEARCHED && Array.from({ length: count }, (_, index) => index).every(isSame)) count += 1;
  return readings.map((reading) => ({ ...reading, next: reading.next.slice(0, count) }));
}

/**
 * The dialect of a text that names none. Where `apscheduler` reads the text as all others do, it is that.
 * @throws {ScheduleError} SCHEDULE_AMBIGUOUS with `readings` where the dialects differ and nothing settles it;
 * SCHEDULE_INVALID where none reads the text, with the reason of the likeliest.
 */
export function resolveDialect(text: string, question: DialectQuestion): Dialect {
  if (typeof text !== 'string') throw new ScheduleError('SCHEDULE_INVALID', 'a schedule is a text');
  const { readings, refusals } = readAll(text, question.jobId ?? '');
  const settled = question.deploymentDialect;
  const first = readings[0];
  // Nicknames mean one thing, wherever they are read; any other text is the settled dialect's, or refused by it.
  const isSettled = settled !== undefined && !text.trim().startsWith('@');
  if (first === undefined || (isSettled && refusals.has(settled))) throw refusals.get(settled ?? likelyDialect(text))!;
  if (readings.every(({ meaning }) => meaning === first.meaning)) return first.dialect;
  if (isSettled) return settled;
  const shown = upToDifference(readings.map((reading) => shownReading(text, reading, question)));
  const names = readings.map(({ dialect }) => `'${dialect}'`).join(' and ');
  const hint = `say ${shown.map(({ dialect, say }) => `${say} (as ${dialect} reads it)`).join('; or ')}`;
  throw new ScheduleError('SCHEDULE_AMBIGUOUS', `'${text}' means different times in ${names}; ${hint}`, {
    hint,
    readings: shown,
  });
}
