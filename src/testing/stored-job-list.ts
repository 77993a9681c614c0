/**
 * Pages of the job list over the store in memory. Invariant: its filters, orders and cursors are those of the database's
 * list (`job-config-list.ts`), whose cursors it writes and reads.
 */
import type {
  JobOverview,
  JobQuery,
  JobSort,
  Page,
} from '../modules/foundation/application/ports/job-config-repository.ts';
import { handlerOf, type JobConfig } from '../modules/foundation/domain/job-config.ts';
import {
  nextCursor,
  type Place,
  placeOf,
  readPlace,
} from '../modules/foundation/infrastructure/persistence/job-config-list.ts';

/** @throws InvalidInputError for a bad cursor */
export function pageOf(all: readonly JobOverview[], query: JobQuery): Page<JobOverview> {
  const { cursor, limit, sort = 'jobId' } = query;
  const after = cursor === undefined ? null : readPlace(sort, cursor);
  const rows = all
    .filter(({ config }) => isAsked(config, query))
    .filter((overview) => after === null || compare(sort, placeOf(sort, overview), after) > 0)
    .toSorted((one, other) => compare(sort, placeOf(sort, one), placeOf(sort, other)));
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { items, nextCursor: last === undefined ? null : nextCursor(sort, last) };
}

function isAsked(config: JobConfig, { q, enabled, handler, tag }: JobQuery): boolean {
  const isFound = (text: string): boolean => text.toLowerCase().includes(q?.toLowerCase() ?? '');
  return (
    (isFound(config.jobId) || isFound(config.jobName)) &&
    config.enabled === (enabled ?? config.enabled) &&
    (handler === undefined || handlerOf(config) === handler) &&
    (tag === undefined || config.tags.includes(tag))
  );
}

/** By the instant or the id, and by the id among equals. */
function compare(sort: JobSort, one: Place, other: Place): number {
  const order = sort === 'jobId' ? 0 : instantOf(one) - instantOf(other);
  if (order !== 0) return sort === 'nextRunAt' ? order : -order;
  return one.jobId === other.jobId ? 0 : one.jobId < other.jobId ? -1 : 1;
}

/** As a number that can be subtracted: a job without the instant comes before all, or after all. */
function instantOf({ at }: Place): number {
  if (at === 'infinity') return Number.MAX_VALUE;
  return at === '-infinity' ? -Number.MAX_VALUE : Date.parse(at);
}
