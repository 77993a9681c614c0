/** The port Cancellations over the store in memory. */
import type {
  Cancellations,
  CancelOrder,
  RequestedCancellation,
} from '../modules/foundation/application/ports/cancellations.ts';
import type { StoreLink } from './store-link.ts';

export class StoredCancellations implements Cancellations {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  request({ executionId, reason }: CancelOrder): Promise<boolean> {
    return this.#link.call('cancellations.request', () => this.#link.store.cancel(executionId, reason));
  }

  getRequested(instanceId: string): Promise<RequestedCancellation[]> {
    const { store } = this.#link;
    return this.#link.call('cancellations.getRequested', () =>
      [...store.cancelReasons]
        .filter(([id]) => {
          const run = store.executions.get(id);
          return run?.status === 'RUNNING' && run.instanceId === instanceId;
        })
        .map(([executionId, reason]) => ({ executionId, reason })),
    );
  }
}
