/** Runs that wait, in an array. */
import type {
  NewPendingRun,
  PendingClaim,
  PendingRun,
  PendingRuns,
  RetryOrder,
} from '../../src/modules/foundation/application/ports/pending-runs.ts';
import type { Run } from '../../src/modules/foundation/domain/run.ts';

export class InMemoryPendingRuns implements PendingRuns {
  readonly runs: PendingRun[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  async add(run: NewPendingRun): Promise<PendingRun> {
    const at = new Date(this.#now());
    const pending = { ...run, scheduledAt: at, attempt: 1, maxAttempts: null, availableAt: at, createdAt: at };
    this.runs.push(pending);
    return pending;
  }

  /** The second attempt. */
  async addRetry({ id, jobId, executionId, reason, actor }: RetryOrder): Promise<PendingRun | null> {
    const order = { id, jobId, reason: reason ?? executionId, actor, trigger: 'retry', jobKwargs: {} } as const;
    const run = { ...(await this.add(order)), attempt: 2, maxAttempts: 2 };
    this.runs[this.runs.length - 1] = run;
    return run;
  }

  async getById(id: string): Promise<PendingRun | null> {
    return this.runs.find((run) => run.id === id) ?? null;
  }

  async claim(): Promise<PendingClaim> {
    throw new Error('Nothing claims in these tests.');
  }

  async getReady(): Promise<string[]> {
    throw new Error('Nothing claims in these tests.');
  }

  async getClaimed(): Promise<Run[]> {
    throw new Error('Nothing claims in these tests.');
  }
}
