/** The runs of one occurrence, found by the unique keys on job and instant. */
import { and, asc, eq, gte, lt } from 'drizzle-orm';
import type { OccurrenceRecord, OccurrenceRecords } from '../../application/ports/occurrence-records.ts';
import type { Database } from './database.ts';
import { toExecution } from './execution-row.ts';
import { schedulerExecutionLog, schedulerPendingRun } from './schema/runs.ts';

export class PostgresOccurrenceRecords implements OccurrenceRecords {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** What waits is read first: a run that starts in between is then found among the executions. */
  async read(jobId: string, scheduledAt: Date): Promise<OccurrenceRecord> {
    const [waiting] = await this.#database.query((orm) =>
      orm
        .select()
        .from(schedulerPendingRun)
        .where(and(eq(schedulerPendingRun.jobId, jobId), eq(schedulerPendingRun.scheduledAt, scheduledAt)))
        .orderBy(asc(schedulerPendingRun.attempt))
        .limit(1),
    );
    const rows = await this.#database.query((orm) =>
      orm
        .select()
        .from(schedulerExecutionLog)
        .where(and(eq(schedulerExecutionLog.jobId, jobId), eq(schedulerExecutionLog.scheduledAt, scheduledAt)))
        .orderBy(asc(schedulerExecutionLog.attempt)),
    );
    const executions = rows.map(toExecution);
    const hasStarted = executions.some(({ id }) => id === waiting?.id);
    return { executions, pending: hasStarted ? null : (waiting ?? null) };
  }

  async firstWithin(jobId: string, from: Date, until: Date): Promise<Date | null> {
    const [first] = await this.#database.query((orm) => {
      const [recorded, waiting] = [schedulerExecutionLog, schedulerPendingRun].map((runs) =>
        orm
          .select({ at: runs.scheduledAt })
          .from(runs)
          .where(and(eq(runs.jobId, jobId), gte(runs.scheduledAt, from), lt(runs.scheduledAt, until))),
      );
      return recorded!.union(waiting!).orderBy(asc(schedulerExecutionLog.scheduledAt)).limit(1);
    });
    return first?.at ?? null;
  }

  async hasAny(jobId: string): Promise<boolean> {
    const rows = await this.#database.query((orm) =>
      orm
        .select({ id: schedulerExecutionLog.id })
        .from(schedulerExecutionLog)
        .where(eq(schedulerExecutionLog.jobId, jobId))
        .limit(1),
    );
    return rows.length > 0;
  }
}
