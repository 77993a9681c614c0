/** Pages of the job list: their filters, their orders, and the cursor that continues one. */
import { eq, or, type SQL, sql } from 'drizzle-orm';
import type { JobOverview, JobQuery, JobSort } from '../../application/ports/job-config-repository.ts';
import { decodePageCursor, encodePageCursor, isInstant } from './page-cursor.ts';
import { schedulerJobConfig as job, schedulerJobCursor as cursor } from './schema/jobs.ts';

interface Order {
  readonly key: SQL;
  readonly type: 'text' | 'timestamptz';
  readonly isDescending: boolean;
  /** Where a row stands in this order, as the next page's statement takes it. */
  readonly keyOf: (overview: JobOverview) => string;
}

/** Jobs without the instant come last. */
const ORDERS: Readonly<Record<JobSort, Order>> = {
  jobId: { key: sql`${job.jobId}`, type: 'text', isDescending: false, keyOf: ({ config }) => config.jobId },
  nextRunAt: {
    key: sql`coalesce(${cursor.nextFireAt}, 'infinity')`,
    type: 'timestamptz',
    isDescending: false,
    keyOf: ({ nextFireAt }) => nextFireAt?.toISOString() ?? 'infinity',
  },
  lastRunAt: {
    key: sql`coalesce(${job.lastRunAt}, '-infinity')`,
    type: 'timestamptz',
    isDescending: true,
    keyOf: ({ config }) => config.lastRunAt?.toISOString() ?? '-infinity',
  },
  updatedAt: {
    key: sql`${job.updatedAt}`,
    type: 'timestamptz',
    isDescending: true,
    keyOf: ({ config }) => config.updatedAt.toISOString(),
  },
};

export function orderBy(sort: JobSort): SQL {
  const { key, isDescending } = ORDERS[sort];
  return sql`${key} ${sql.raw(isDescending ? 'desc' : 'asc')}, ${job.jobId}`;
}

export function nextCursor(sort: JobSort, last: JobOverview): string {
  const { at, jobId } = placeOf(sort, last);
  return encodePageCursor([sort, at, jobId]);
}

/** Where a row stands in an order, as a cursor says it. */
export interface Place {
  readonly at: string;
  readonly jobId: string;
}

export function placeOf(sort: JobSort, overview: JobOverview): Place {
  return { at: ORDERS[sort].keyOf(overview), jobId: overview.config.jobId };
}

/** @throws InvalidInputError for a cursor that is not of this order */
export function readPlace(sort: JobSort, cursorText: string): Place {
  const isKey = (part: string): boolean => ORDERS[sort].type === 'text' || /^-?infinity$/.test(part) || isInstant(part);
  const [, at = '', jobId = ''] = decodePageCursor(cursorText, [(part) => part === sort, isKey, () => true]);
  return { at, jobId };
}

/** The filters of a query, and the place where its cursor says to go on. @throws InvalidInputError for a bad cursor */
export function renderFilters(query: JobQuery): (SQL | undefined)[] {
  const { q, enabled, handler, tag } = query;
  const pattern = q === undefined ? '' : `%${q.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return [
    q === undefined ? undefined : or(sql`${job.jobId} ilike ${pattern}`, sql`${job.jobName} ilike ${pattern}`),
    enabled === undefined ? undefined : eq(job.enabled, enabled),
    handler === undefined ? undefined : sql`coalesce(${job.handler}, ${job.jobId}) = ${handler}`,
    tag === undefined ? undefined : sql`${tag} = any(${job.tags})`,
    query.cursor === undefined ? undefined : isAfter(query.cursor, query.sort ?? 'jobId'),
  ];
}

function isAfter(text: string, sort: JobSort): SQL {
  const { key, type, isDescending } = ORDERS[sort];
  const { at, jobId } = readPlace(sort, text);
  const place = sql`${at}::${sql.raw(type)}`;
  return sql`(${key} ${sql.raw(isDescending ? '<' : '>')} ${place} or (${key} = ${place} and ${job.jobId} > ${jobId}))`;
}
