/** Backfills over runs in memory: what has an execution, what waits. */
import type {
  BackfilledOccurrence,
  BackfillOrder,
  Backfills,
} from '../../src/modules/foundation/application/ports/backfills.ts';
import type { InMemoryExecutions } from './in-memory-executions.ts';
import type { InMemoryPendingRuns } from './in-memory-pending-runs.ts';

export class InMemoryBackfills implements Backfills {
  readonly orders: BackfillOrder[] = [];
  readonly #executions: InMemoryExecutions;
  readonly #pending: InMemoryPendingRuns;

  constructor(executions: InMemoryExecutions, pending: InMemoryPendingRuns) {
    this.#executions = executions;
    this.#pending = pending;
  }

  async look(jobId: string, occurrences: BackfillOrder['occurrences']): Promise<BackfilledOccurrence[]> {
    return occurrences.map(({ scheduledAt }) => {
      const isIt = (run: { jobId: string; scheduledAt: Date }): boolean =>
        run.jobId === jobId && run.scheduledAt.getTime() === scheduledAt.getTime();
      const ran = this.#executions.rows.find(isIt);
      const waiting = this.#pending.runs.find(isIt);
      if (waiting !== undefined) return { scheduledAt, fate: 'waiting', executionId: waiting.id };
      if (ran !== undefined) return { scheduledAt, fate: 'completed', executionId: ran.id };
      return { scheduledAt, fate: 'open', executionId: null };
    });
  }

  async add(order: BackfillOrder): Promise<BackfilledOccurrence[] | null> {
    this.orders.push(order);
    const known = await this.look(order.jobId, order.occurrences);
    return known.map((one, at) => {
      if (one.fate === 'waiting' || (one.fate === 'completed' && !order.includeCompleted)) return one;
      const { id, scheduledAt } = order.occurrences[at]!;
      const { jobId, actor, reason } = order;
      const run = { id, jobId, actor, reason, scheduledAt, trigger: 'backfill' as const, jobKwargs: {} };
      this.#pending.runs.push({
        ...run,
        attempt: 1,
        maxAttempts: null,
        availableAt: scheduledAt,
        createdAt: scheduledAt,
      });
      return { scheduledAt, fate: 'added', executionId: id };
    });
  }
}
