/**
 * The job configurations, in `scheduler_job_config`.
 *
 * Invariant: what is read here is whole, one statement a reading; what an edit changes besides the row (revision, cursor,
 * the change feed) is the triggers' work, so that a row edited by plain SQL behaves no differently.
 */
import { and, count, eq, type SQL, sql } from 'drizzle-orm';
import type {
  Edit,
  JobConfigRepository,
  JobOverview,
  JobQuery,
  Page,
  RevisionSum,
  Standing,
  StandingJob,
} from '../../application/ports/job-config-repository.ts';
import { InvalidInputError, RevisionConflictError } from '../../domain/errors.ts';
import type { JobConfig, JobSpec } from '../../domain/job-config.ts';
import type { RunStatus } from '../../domain/run.ts';
import type { Database, Orm } from './database.ts';
import { DatabaseStatementError } from './database-errors.ts';
import { nextCursor, orderBy, renderFilters } from './job-config-list.ts';
import { renderUpsert } from './job-config-upsert.ts';
import { readJobConfig } from './job-config-rows.ts';
import { schedulerJobConfig, schedulerJobCursor } from './schema/jobs.ts';
import { readStandingJob, renderStanding, type StandingRow } from './standing-jobs.ts';
import { decodeRow, inputList, readInstant } from './statement-input.ts';

export class SchedulerJobConfigRepository implements JobConfigRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async getAllEnabled(): Promise<JobConfig[]> {
    return this.#read(sql`where enabled order by job_id`);
  }

  async getByJobId(jobId: string): Promise<JobConfig | null> {
    const [config] = await this.getByJobIds([jobId]);
    return config ?? null;
  }

  async getByJobIds(jobIds: readonly string[]): Promise<JobConfig[]> {
    const wanted = jobIds.filter(isWritable);
    if (wanted.length === 0) return [];
    return this.#read(sql`where job_id in ${inputList('text', wanted)}`);
  }

  async getStanding(which: Standing): Promise<StandingJob[]> {
    const asked = 'jobIds' in which ? { jobIds: which.jobIds.filter(isWritable) } : which;
    if ('jobIds' in asked && asked.jobIds.length === 0) return [];
    const rows = await this.#database.rows<StandingRow>(renderStanding(asked));
    return rows.map(readStandingJob);
  }

  async #read(which: SQL): Promise<JobConfig[]> {
    const rows = await this.#database.rows(sql`select * from scheduler_job_config ${which}`);
    return rows.map(readJobConfig);
  }

  async upsert(spec: JobSpec, edit: Edit): Promise<JobConfig> {
    let rows: Record<string, unknown>[];
    try {
      rows = await this.#database.rows(renderUpsert(spec, edit));
    } catch (error) {
      throw toInvalidInput(error);
    }
    const [row] = rows;
    if (row !== undefined) return decodeRow(schedulerJobConfig, row);
    const current = await this.getByJobId(spec.jobId);
    throw new RevisionConflictError(spec.jobId, current?.revision ?? 0);
  }

  async getRevisionSum(): Promise<RevisionSum> {
    const [found] = await this.#database.rows<{ rows: number; sum: number; newest: number }>(
      sql`select count(*)::int as rows, coalesce(sum(revision::float8), 0) as sum,
        coalesce(max(revision), 0)::float8 as newest from scheduler_job_config`,
    );
    return found ?? { rows: 0, sum: 0, newest: 0 };
  }

  async getRevisions(): Promise<Map<string, number>> {
    const rows = await this.#database.rows<{ job_id: string; revision: number }>(
      sql`select job_id, revision from scheduler_job_config`,
    );
    const revisions = new Map<string, number>();
    for (const { job_id: jobId, revision } of rows) revisions.set(jobId, revision);
    return revisions;
  }

  async getOverview(jobId: string): Promise<JobOverview | null> {
    if (!isWritable(jobId)) return null;
    const [row] = await this.#database.query((orm) => selectOverviews(orm).where(eq(schedulerJobConfig.jobId, jobId)));
    return row === undefined ? null : toOverview(row);
  }

  async list(query: JobQuery): Promise<Page<JobOverview>> {
    const sort = query.sort ?? 'jobId';
    const filters = renderFilters(query);
    const rows = await this.#database.query((orm) =>
      selectOverviews(orm)
        .where(and(...filters))
        .orderBy(orderBy(sort))
        .limit(query.limit + 1),
    );
    const items = rows.slice(0, query.limit).map(toOverview);
    const last = rows.length > query.limit ? items.at(-1) : undefined;
    return { items, nextCursor: last === undefined ? null : nextCursor(sort, last) };
  }

  async count(): Promise<number> {
    const [row] = await this.#database.query((orm) => orm.select({ jobs: count() }).from(schedulerJobConfig));
    return row?.jobs ?? 0;
  }
}

function selectOverviews(orm: Orm) {
  return orm
    .select({
      config: schedulerJobConfig,
      nextFireAt: schedulerJobCursor.nextFireAt,
      lastStatus: sql<RunStatus | null>`(
        select run.status from scheduler_execution_log run where run.job_id = ${schedulerJobConfig.jobId}
        order by run.started_at desc limit 1
      )`,
    })
    .from(schedulerJobConfig)
    .leftJoin(schedulerJobCursor, eq(schedulerJobCursor.jobId, schedulerJobConfig.jobId))
    .$dynamic();
}

function toOverview(row: { config: JobConfig; nextFireAt: string | null; lastStatus: RunStatus | null }): JobOverview {
  const isArmed = row.nextFireAt !== null && row.nextFireAt !== 'infinity';
  return { ...row, nextFireAt: isArmed && row.nextFireAt !== null ? readInstant(row.nextFireAt) : null };
}

/** A NUL cannot be in any row, and PostgreSQL does not even compare with it. */
function isWritable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

/** A value that the columns do not take is the caller's to correct. */
function toInvalidInput(error: unknown): unknown {
  if (!(error instanceof DatabaseStatementError)) return error;
  const { fault, constraint, message } = error.classified;
  if (fault !== 'invalidData' && fault !== 'checkViolation') return error;
  const column = constraint?.replace('scheduler_job_config_', '') ?? 'job';
  const path = column.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
  return new InvalidInputError(`The job cannot be stored: ${message}`, [{ path, message }]);
}
