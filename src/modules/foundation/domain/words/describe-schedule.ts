/**
 * A schedule in words, with its zone: "Every weekday at 09:00, Asia/Shanghai".
 *
 * Invariant: never wrong. The words are made of the parsed form that the searcher runs on, whatever the dialect: weekdays
 * are already counted from one day, the two day fields already joined, `H` already resolved. What has no idiom is listed
 * field by field.
 */
import type { CronForm } from '../cron/cron-form.ts';
import { LAST_YEAR, FIRST_YEAR } from '../cron/civil-date.ts';
import { parseSchedule } from '../cron/parse-schedule.ts';
import { RecentCache } from '../cron/recent-cache.ts';
import type { Schedule, ScheduleSource } from '../cron/schedule-source.ts';
import { readScheduleText } from '../cron/schedule-text.ts';
import { CHINESE } from './chinese-words.ts';
import { dayShapeOf } from './day-shape.ts';
import { ENGLISH } from './english-words.ts';
import { hashedValuesOf } from './hashed-values.ts';
import { intervalPartsOf } from './interval-parts.ts';
import type { CronParts, Language } from './language.ts';
import { timeShapeOf } from './time-shape.ts';
import { runsOf } from './value-runs.ts';
import { wallMomentOf } from './wall-moment.ts';

export const DESCRIPTION_LOCALES = ['en', 'zh-CN'] as const;
export type DescriptionLocale = (typeof DESCRIPTION_LOCALES)[number];

export interface DescribeOptions {
  /** Default true; false where the zone stands beside the words anyway. */
  readonly withTimezone?: boolean;
}

const LANGUAGES: Readonly<Record<DescriptionLocale, Language>> = { en: ENGLISH, 'zh-CN': CHINESE };
const YEARS = LAST_YEAR - FIRST_YEAR + 1;

function cronParts(form: CronForm, hasJobId: boolean): CronParts {
  const { month, week, year } = form.fields;
  const days = dayShapeOf(form);
  return {
    time: timeShapeOf(form),
    days,
    months: days.kind === 'date' || month.values.length === 12 ? null : runsOf(month.values),
    weeks: week.values.length === 53 ? null : runsOf(week.values),
    years: year.values.length === YEARS ? null : runsOf(year.values),
    hashed: hashedValuesOf(form),
    hasJobId,
  };
}

const CACHE_LIMIT = 2048;
const cache = new RecentCache<string>(CACHE_LIMIT);

/** Only H asks for the job's id. */
function keyOf({ text, dialect, jobId = '' }: ScheduleSource, locale: DescriptionLocale): string {
  return `${locale}\u0000${dialect}\u0000${text}\u0000${dialect === 'unix' && /H/.test(text) ? jobId : ''}`;
}

function say(schedule: Schedule, locale: DescriptionLocale): string {
  const key = keyOf(schedule.source, locale);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const { text, dialect, timezone, jobId = '', anchorAt } = schedule.source;
  const language = LANGUAGES[locale];
  const read = readScheduleText(text, dialect, jobId);
  if (read.kind === 'cron') {
    const sentence = language.sayCron(cronParts(read.form, jobId !== ''));
    cache.set(key, sentence);
    return sentence;
  }
  if (read.kind === 'every') return language.sayInterval(intervalPartsOf(read.intervalMs), anchorAt !== undefined);
  return language.sayMoment(wallMomentOf(schedule.next(-Infinity)!, timezone));
}

/**
 * Says a schedule in words, in the terms of its zone's wall clock.
 * @param schedule a schedule, or the source of one, which is read first.
 * @throws {ScheduleError} for a source that cannot be read or never fires; never for a schedule.
 */
export function describeSchedule(
  schedule: Schedule | ScheduleSource,
  locale: DescriptionLocale,
  options: DescribeOptions = {},
): string {
  const read = 'source' in schedule ? schedule : parseSchedule(schedule);
  const sentence = say(read, locale);
  return options.withTimezone === false ? sentence : LANGUAGES[locale].addZone(sentence, read.source.timezone);
}
