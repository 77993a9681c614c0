/**
 * The execution log, in `scheduler_execution_log`. Owns how it is read, and that what every run asks goes in batches.
 *
 * Invariant: an outcome that comes after its run was taken away changes nothing, and its writer learns so.
 */
import { and, desc, eq, gte, lt, sql } from 'drizzle-orm';
import type { ExecutionLogRepository, ExecutionQuery } from '../../application/ports/execution-log-repository.ts';
import type { Page } from '../../application/ports/job-config-repository.ts';
import type { Execution, Outcome, Run } from '../../domain/run.ts';
import { BatchWriter } from './batch-writer.ts';
import type { Database } from './database.ts';
import { renderCreate, renderUpdate, type RunOutcome } from './execution-log-statements.ts';
import { toExecution } from './execution-row.ts';
import { renderLastSuccesses, renderTouch, type TouchedJob } from './last-run-statements.ts';
import { decodePageCursor, encodePageCursor, isInstant, isUuid } from './page-cursor.ts';
import { schedulerExecutionLog } from './schema/runs.ts';
import { readInstantOrNull } from './statement-input.ts';

/** Of a herd: what all its runs ask is one statement each time, or a few. */
const HERD_BATCH = 2_000;
/** Of outcomes: while the database writes one batch, the next is made ready and sent. */
const LANES = 2;
/** An outcome with a text of unknown length takes the place of this many plain ones. */
const HEAVY = 4;

const { id, jobId, startedAt, status, trigger } = schedulerExecutionLog;

export class SchedulerExecutionLogRepository implements ExecutionLogRepository {
  readonly #database: Database;
  readonly #creates: BatchWriter<Run, true>;
  readonly #updates: BatchWriter<RunOutcome, boolean>;
  readonly #successes: BatchWriter<string, Date | null>;
  /** Jobs whose rows somebody held as their runs were recorded. */
  readonly #untouched = new Map<string, TouchedJob>();

  constructor(database: Database) {
    this.#database = database;
    this.#creates = new BatchWriter((runs) => this.#createAll(runs));
    this.#updates = new BatchWriter((outcomes) => this.#updateAll(outcomes), {
      capacity: HERD_BATCH,
      weigh,
      lanes: LANES,
    });
    this.#successes = new BatchWriter((jobIds) => this.#readLastSuccesses(jobIds), { capacity: HERD_BATCH });
  }

  async create(run: Run): Promise<void> {
    await this.#creates.add(run);
  }

  update(run: Run, outcome: Outcome, isApart = false): Promise<boolean> {
    return this.#updates.add({ run, outcome }, isApart);
  }

  async writeLastRuns(): Promise<void> {
    if (this.#untouched.size === 0) return;
    const jobs = [...this.#untouched.values()];
    const rows = await this.#database.rows<{ job_id: string }>(renderTouch(jobs));
    const held = new Set(rows.map((row) => row.job_id));
    for (const job of jobs)
      if (!held.has(job.jobId) && this.#untouched.get(job.jobId) === job) this.#untouched.delete(job.jobId);
  }

  async getRecentByJobId(ofJobId: string, limit: number): Promise<Execution[]> {
    const rows = await this.#database.query((orm) =>
      orm
        .select()
        .from(schedulerExecutionLog)
        .where(eq(jobId, ofJobId))
        .orderBy(desc(startedAt), desc(id))
        .limit(limit),
    );
    return rows.map(toExecution);
  }

  async getById(executionId: string): Promise<Execution | null> {
    if (!isUuid(executionId)) return null;
    const [row] = await this.#database.query((orm) =>
      orm.select().from(schedulerExecutionLog).where(eq(id, executionId)),
    );
    return row === undefined ? null : toExecution(row);
  }

  async list(query: ExecutionQuery): Promise<Page<Execution>> {
    const rows = await this.#database.query((orm) =>
      orm
        .select()
        .from(schedulerExecutionLog)
        .where(
          and(
            query.jobId === undefined ? undefined : eq(jobId, query.jobId),
            query.status === undefined ? undefined : eq(status, query.status),
            query.trigger === undefined ? undefined : eq(trigger, query.trigger),
            query.from === undefined ? undefined : gte(startedAt, query.from),
            query.to === undefined ? undefined : lt(startedAt, query.to),
            query.cursor === undefined ? undefined : isOlderThan(query.cursor),
          ),
        )
        .orderBy(desc(startedAt), desc(id))
        .limit(query.limit + 1),
    );
    const items = rows.slice(0, query.limit).map(toExecution);
    const last = rows.length > query.limit ? items.at(-1) : undefined;
    return {
      items,
      nextCursor: last === undefined ? null : encodePageCursor([last.startedAt.toISOString(), last.id]),
    };
  }

  lastSuccessAt(ofJobId: string): Promise<Date | null> {
    return this.#successes.add(ofJobId);
  }

  async #readLastSuccesses(jobIds: readonly string[]): Promise<(Date | null)[]> {
    const rows = await this.#database.rows<{ job_id: string; last_success_at: string | null }>(
      renderLastSuccesses(jobIds),
    );
    const found = new Map(rows.map((row) => [row.job_id, row.last_success_at]));
    return jobIds.map((of) => readInstantOrNull(found.get(of)));
  }

  async #createAll(runs: readonly Run[]): Promise<true[]> {
    const written = new Set((await this.#database.rows<{ id: string }>(renderCreate(runs, true))).map((row) => row.id));
    const missing = runs.filter((run) => !written.has(run.id));
    // Either they were there already, or an exclusive run of their job started in the same moment.
    if (missing.length > 0) await this.#database.rows(renderCreate(missing, false));
    return runs.map(() => true);
  }

  async #updateAll(outcomes: readonly RunOutcome[]): Promise<boolean[]> {
    const rows = await this.#database.rows<MissingRow>(renderUpdate(outcomes));
    const missing = new Set<string>();
    for (const row of rows) {
      if (row.id === null) this.#leave({ jobId: row.job_id, begunAt: row.begun_at, successAt: row.success_at });
      else missing.add(row.id);
    }
    return outcomes.map(({ run }) => !missing.has(run.id));
  }

  #leave({ jobId: of, begunAt, successAt }: TouchedJob): void {
    const known = this.#untouched.get(of);
    const job = { jobId: of, begunAt: later(known?.begunAt, begunAt), successAt: later(known?.successAt, successAt) };
    this.#untouched.set(of, job);
  }
}

type MissingRow =
  | { id: string; job_id: null }
  | { id: null; job_id: string; begun_at: string; success_at: string | null };

/** Of two instants in the database's own text. */
function later<Text extends string | null>(one: Text | undefined, other: Text): Text {
  return one != null && (other === null || one > other) ? one : other;
}

function weigh({ outcome }: RunOutcome): number {
  return outcome.status === 'SUCCESS' && (outcome.result === null || typeof outcome.result !== 'object') ? 1 : HEAVY;
}

function isOlderThan(cursor: string) {
  const [at, afterId] = decodePageCursor(cursor, [isInstant, isUuid]);
  return sql`(${startedAt}, ${id}) < (${at}::timestamptz, ${afterId}::uuid)`;
}
