/** The runs of one occurrence, among those in memory. */
import type {
  OccurrenceRecord,
  OccurrenceRecords,
} from '../../src/modules/foundation/application/ports/occurrence-records.ts';
import type { InMemoryExecutions } from './in-memory-executions.ts';
import type { InMemoryPendingRuns } from './in-memory-pending-runs.ts';

export class InMemoryOccurrenceRecords implements OccurrenceRecords {
  readonly #executions: InMemoryExecutions;
  readonly #pending: InMemoryPendingRuns;

  constructor(executions: InMemoryExecutions, pending: InMemoryPendingRuns) {
    this.#executions = executions;
    this.#pending = pending;
  }

  async read(jobId: string, scheduledAt: Date): Promise<OccurrenceRecord> {
    const isIt = (run: { jobId: string; scheduledAt: Date }): boolean =>
      run.jobId === jobId && run.scheduledAt.getTime() === scheduledAt.getTime();
    const executions = this.#executions.rows.filter(isIt).toSorted((a, b) => a.attempt - b.attempt);
    return { executions, pending: this.#pending.runs.find(isIt) ?? null };
  }

  async firstWithin(jobId: string, from: Date, until: Date): Promise<Date | null> {
    const instants = [...this.#executions.rows, ...this.#pending.runs]
      .filter((run) => run.jobId === jobId && run.scheduledAt >= from && run.scheduledAt < until)
      .map(({ scheduledAt }) => scheduledAt.getTime());
    return instants.length === 0 ? null : new Date(Math.min(...instants));
  }

  async hasAny(jobId: string): Promise<boolean> {
    return this.#executions.rows.some((run) => run.jobId === jobId);
  }
}
