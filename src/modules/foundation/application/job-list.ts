/**
 * A page of jobs in one state. States are judged and not stored, so the rows are read and sieved.
 *
 * Invariant: a page ends where its last row does, so that the next cursor neither repeats nor skips a job; one request
 * reads at most `SCANNED_PAGES` pages, and may therefore bring fewer jobs than asked for, with a cursor to go on from.
 */
import type { JobState } from '../domain/job-state.ts';
import { type JobView, NO_WORDS, viewJob, type ViewSetting } from './job-view.ts';
import type { JobConfigRepository, JobQuery, Page } from './ports/job-config-repository.ts';

export const SCANNED_ROWS = 500;
export const SCANNED_PAGES = 20;

export interface JobListQuery extends JobQuery {
  readonly state?: JobState;
}

export async function listJobs(
  configs: JobConfigRepository,
  query: JobListQuery,
  setting: ViewSetting,
): Promise<Page<JobView>> {
  const { state, ...rest } = query;
  if (state === undefined) {
    const page = await configs.list(rest);
    return { items: page.items.map((item) => viewJob(item, setting)), nextCursor: page.nextCursor };
  }
  return await sieveJobs((cursor, limit) => configs.list({ ...rest, ...cursor, limit }), { state, query, setting });
}

type ReadPage = (cursor: { cursor?: string }, limit: number) => ReturnType<JobConfigRepository['list']>;

interface Sieve {
  readonly state: JobState;
  readonly query: JobListQuery;
  readonly setting: ViewSetting;
}

async function sieveJobs(readPage: ReadPage, sieve: Sieve): Promise<Page<JobView>> {
  const items: JobView[] = [];
  let cursor = sieve.query.cursor;
  for (let pages = 0; pages < SCANNED_PAGES; pages += 1) {
    const wanted = sieve.query.limit - items.length;
    const page = await sievePage((limit) => readPage(cursor === undefined ? {} : { cursor }, limit), wanted, sieve);
    items.push(...page.items);
    if (page.nextCursor === null || items.length >= sieve.query.limit) return { items, nextCursor: page.nextCursor };
    cursor = page.nextCursor;
  }
  return { items, nextCursor: cursor ?? null };
}

/** Where a page holds more than is wanted, it is read again, up to the last row that is. */
async function sievePage(
  readPage: (limit: number) => ReturnType<JobConfigRepository['list']>,
  wanted: number,
  { state, setting }: Sieve,
): Promise<Page<JobView>> {
  // Words are dear, and most rows are only sieved.
  const silent = { ...setting, describe: () => NO_WORDS };
  for (let limit = SCANNED_ROWS; ;) {
    const page = await readPage(limit);
    const items = page.items.filter((item) => viewJob(item, silent).state === state);
    if (items.length <= wanted) {
      return { items: items.map((item) => viewJob(item, setting)), nextCursor: page.nextCursor };
    }
    limit = page.items.indexOf(items[wanted - 1]!) + 1;
  }
}
