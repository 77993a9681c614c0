/**
 * Rows of `scheduler_job_config` as the domain's values. Invariant: what is equal in many rows is one value in memory, so
 * that a hundred thousand jobs with few different policies stay small; arguments, which jobs are handed, are never shared.
 */
import { getTableColumns } from 'drizzle-orm';
import { RecentCache } from '../../domain/cron/recent-cache.ts';
import type { JobConfig } from '../../domain/job-config.ts';
import { schedulerJobConfig } from './schema/jobs.ts';

/** Different in each row, as good as always. */
const OWN: ReadonlySet<string> = new Set(['id', 'jobId', 'jobName']);
const DISTINCT = 256;

interface Reader {
  readonly property: string;
  readonly column: string;
  readonly read: (value: unknown) => unknown;
}

const readers: readonly Reader[] = Object.entries(getTableColumns(schedulerJobConfig)).map(([property, column]) => ({
  property,
  column: column.name,
  read: readerOf(property, (value) => column.mapFromDriverValue(value)),
}));

export function readJobConfig(row: Readonly<Record<string, unknown>>): JobConfig {
  const config: Record<string, unknown> = {};
  for (const { property, column, read } of readers) {
    const value = row[column];
    config[property] = value === null || value === undefined ? null : read(value);
  }
  return config as unknown as JobConfig;
}

function readerOf(property: string, decode: (value: unknown) => unknown): (value: unknown) => unknown {
  if (OWN.has(property)) return decode;
  const known = new RecentCache<{ readonly value: unknown }>(DISTINCT);
  return (value) => {
    if (typeof value !== 'string' || (property === 'jobKwargs' && value !== '{}')) return decode(value);
    const found = known.get(value);
    if (found !== undefined) return found.value;
    const decoded = decode(value);
    known.set(value, { value: decoded });
    return decoded;
  };
}
