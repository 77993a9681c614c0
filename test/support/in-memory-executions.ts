/** The execution log in an array. */
import type {
  ExecutionLogRepository,
  ExecutionQuery,
} from '../../src/modules/foundation/application/ports/execution-log-repository.ts';
import type { Page } from '../../src/modules/foundation/application/ports/job-config-repository.ts';
import type { Execution, Outcome, Run } from '../../src/modules/foundation/domain/run.ts';

/** A record of a run that succeeded. */
export function execution(number: number, overrides: Partial<Execution> = {}): Execution {
  const startedAt = new Date(Date.UTC(2026, 0, 2, 0, number));
  return {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    jobId: 'warm-cache',
    scheduledAt: new Date(startedAt.getTime() - 40),
    startedAt,
    attempt: 1,
    maxAttempts: 1,
    trigger: 'schedule',
    instanceId: 'instance-1',
    jobKwargs: {},
    status: 'SUCCESS',
    finishedAt: new Date(startedAt.getTime() + 250),
    durationMs: 250,
    errorMessage: null,
    errorStack: null,
    failureReason: null,
    result: { pages: 3 },
    progress: null,
    ...overrides,
  };
}

export class InMemoryExecutions implements ExecutionLogRepository {
  readonly rows: Execution[] = [];
  readonly queries: ExecutionQuery[] = [];
  failure: Error | null = null;
  /** Called after an id was looked up in vain: a place for a run to start in between. */
  afterMiss: (() => void) | null = null;

  async create(run: Run): Promise<void> {
    this.rows.push({ ...execution(0), ...run, status: 'RUNNING', finishedAt: null, durationMs: null, result: null });
  }

  async update(run: Run, outcome: Outcome): Promise<boolean> {
    const at = this.rows.findIndex(({ id }) => id === run.id);
    if (at === -1) return false;
    this.rows[at] = { ...this.rows[at]!, ...outcome };
    return true;
  }

  async getRecentByJobId(jobId: string, limit: number): Promise<Execution[]> {
    return this.rows.filter((row) => row.jobId === jobId).slice(0, limit);
  }

  async getById(id: string): Promise<Execution | null> {
    if (this.failure !== null) throw this.failure;
    const found = this.rows.find((row) => row.id === id) ?? null;
    if (found === null) this.afterMiss?.();
    return found;
  }

  async list(query: ExecutionQuery): Promise<Page<Execution>> {
    if (this.failure !== null) throw this.failure;
    this.queries.push(query);
    const { jobId, status, cursor = '0' } = query;
    const rows = this.rows
      .filter((row) => (jobId === undefined || row.jobId === jobId) && (status === undefined || row.status === status))
      .toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime())
      .slice(Number(cursor));
    const more = rows.length > query.limit;
    return { items: rows.slice(0, query.limit), nextCursor: more ? String(Number(cursor) + query.limit) : null };
  }

  async writeLastRuns(): Promise<void> {}

  async lastSuccessAt(jobId: string): Promise<Date | null> {
    return this.rows.find((row) => row.jobId === jobId && row.status === 'SUCCESS')?.finishedAt ?? null;
  }
}
