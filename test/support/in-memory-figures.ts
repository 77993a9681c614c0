/** Figures of one instance, over executions in an array; the rest is as a test sets it. */
import type { Figures, SchedulerFigures } from '../../src/modules/foundation/application/ports/scheduler-figures.ts';
import type { InMemoryExecutions } from './in-memory-executions.ts';

export class InMemoryFigures implements SchedulerFigures {
  readonly #executions: InMemoryExecutions;
  readonly #now: () => number;
  overrides: Partial<Figures> = {};
  failure: Error | null = null;

  constructor(executions: InMemoryExecutions, now: () => number) {
    this.#executions = executions;
    this.#now = now;
  }

  async read(): Promise<Figures> {
    if (this.failure !== null) throw this.failure;
    const now = this.#now();
    const instance = { id: 'instance-1', hostname: 'host', runtime: 'node 24.0.0', version: '0.1.0', isLive: true };
    return {
      now: new Date(now),
      instances: [
        {
          ...instance,
          startedAt: new Date(now - 60_000),
          renewedAt: new Date(now - 1_000),
          expiresAt: new Date(now + 14_000),
        },
      ],
      running: this.#executions.rows.filter(({ status }) => status === 'RUNNING').length,
      pending: 0,
      due: 0,
      oldestDueAt: null,
      lateness: { runs: 0, p50Ms: null, p95Ms: null, p99Ms: null, maxMs: null },
      ...this.overrides,
    };
  }
}
