/** Wishes that a run stop, in an array, over executions and waiting runs in memory. */
import type {
  Cancellations,
  CancelOrder,
  RequestedCancellation,
} from '../../src/modules/foundation/application/ports/cancellations.ts';
import type { InMemoryExecutions } from './in-memory-executions.ts';

export class InMemoryCancellations implements Cancellations {
  readonly orders: CancelOrder[] = [];
  /** Called before an order is looked at: a place for the run to end. */
  beforeRequest: (() => void) | null = null;
  readonly #executions: InMemoryExecutions;

  constructor(executions: InMemoryExecutions) {
    this.#executions = executions;
  }

  async request(order: CancelOrder): Promise<boolean> {
    this.beforeRequest?.();
    this.orders.push(order);
    return this.#executions.rows.some(({ id, status }) => id === order.executionId && status === 'RUNNING');
  }

  async getRequested(): Promise<RequestedCancellation[]> {
    throw new Error('Nothing runs in these tests.');
  }
}
