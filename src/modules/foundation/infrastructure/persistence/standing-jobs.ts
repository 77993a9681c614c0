/**
 * What is armed of the jobs: configurations with their cursors, page by page.
 *
 * Invariants: a page is read along the ids' index, cursors one by one, also where the tables were filled a moment ago; only of
 * random ids the first pages are sorted until the table has been analysed. What many rows share comes as one text a row and is one value in memory; instants, whose text is the session's to
 * choose, are columns of their own.
 */
import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { Standing, StandingJob } from '../../application/ports/job-config-repository.ts';
import { RecentCache } from '../../domain/cron/recent-cache.ts';
import { type JobTerms, TERMS } from '../../domain/job-terms.ts';
import type { JsonObject } from '../../domain/json.ts';
import { schedulerJobConfig } from './schema/jobs.ts';
import { inputList, readCursorInstant, readInstant } from './statement-input.ts';

type Instant = 'start_at' | 'end_at' | 'paused_at' | 'paused_until';

export type StandingRow = {
  readonly [column in Instant]: string | null;
} & {
  readonly job_id: string;
  readonly job_name: string;
  readonly cron_expression: string;
  readonly job_kwargs: string;
  readonly enabled: boolean;
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string;
  /** JSON: the columns of `PLAIN_TERMS`, as text. */
  readonly terms: string;
  readonly cursor_revision: number | null;
  readonly next_fire_at: string | null;
};

const INSTANTS = ['startAt', 'endAt', 'pausedAt', 'pausedUntil'] as const;
const columns = getTableColumns(schedulerJobConfig);
const PLAIN_TERMS = TERMS.filter((name) => !(INSTANTS as readonly string[]).includes(name));

const SELECTED = sql.raw(
  [
    ...['job_id', 'job_name', 'cron_expression', 'job_kwargs', 'enabled', 'job.revision', 'created_at', 'updated_at'],
    ...INSTANTS.map((name) => columns[name].name),
    `to_json(array[${PLAIN_TERMS.map((name) => `${columns[name].name}::text`).join(', ')}])::text as terms`,
    ...['cursor_revision', 'next_fire_at'],
  ].join(', '),
);

export function renderStanding(which: Standing): SQL {
  const asked =
    'jobIds' in which
      ? sql`where job_id in ${inputList('text', which.jobIds)}`
      : sql`where job_id > ${which.after ?? ''} order by job_id limit ${which.limit}`;
  return sql`
    select ${SELECTED} from (select * from scheduler_job_config ${asked}) job
    left join lateral (
      select revision as cursor_revision, next_fire_at from scheduler_job_cursor c where c.job_id = job.job_id limit 1
    ) cursor on true
    order by job.job_id`;
}

export function readStandingJob(row: StandingRow): StandingJob {
  const { job_id: jobId, revision, cursor_revision: cursorRevision } = row;
  const terms = termsOf(row);
  return {
    config: {
      ...terms,
      ...{ jobId, jobName: row.job_name, cronExpression: one(crons, row.cron_expression, (text) => text), revision },
      enabled: row.enabled,
      jobKwargs: JSON.parse(row.job_kwargs) as JsonObject,
      createdAt: one(instants, row.created_at, readInstant),
      updatedAt: one(instants, row.updated_at, readInstant),
    },
    terms,
    cursor:
      cursorRevision === null
        ? null
        : { jobId, revision: cursorRevision, nextFireAt: readCursorInstant(row.next_fire_at) },
  };
}

const known = new RecentCache<JobTerms>(2_048);
const crons = new RecentCache<string>(2_048);
const instants = new RecentCache<Date>(256);

/** The value that stands for a text already, or a new one. */
function one<Value>(cache: RecentCache<Value>, text: string, read: (text: string) => Value): Value {
  const found = cache.get(text);
  if (found !== undefined) return found;
  const value = read(text);
  cache.set(text, value);
  return value;
}

function termsOf(row: StandingRow): JobTerms {
  const { start_at: start, end_at: end, paused_at: paused, paused_until: until } = row;
  const isAlways = start === null && end === null && paused === null && until === null;
  const key = isAlways ? row.terms : `${row.terms} ${start} ${end} ${paused} ${until}`;
  return one(known, key, () => {
    const texts = [...(JSON.parse(row.terms) as (string | null)[]), start, end, paused, until];
    const names = [...PLAIN_TERMS, ...INSTANTS];
    return Object.fromEntries(names.map((name, at) => [name, decode(name, texts[at]!)])) as unknown as JobTerms;
  });
}

function decode(name: (typeof TERMS)[number], text: string | null): unknown {
  return text === null ? null : columns[name].mapFromDriverValue(text);
}
