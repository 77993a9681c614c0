/** Reading the ledger of events: who changed what, and what did not run and why. It writes nothing. */
import type { EventHistory, EventQuery } from './ports/event-history.ts';
import type { RecordedEvent } from './ports/event-ledger.ts';
import type { Page } from './ports/job-config-repository.ts';

export interface JobLedgerDeps {
  readonly history: EventHistory;
}

export class JobLedger {
  readonly #deps: JobLedgerDeps;

  constructor(deps: JobLedgerDeps) {
    this.#deps = deps;
  }

  /** Newest first. @throws InvalidInputError for a cursor of another list */
  async events(query: EventQuery): Promise<Page<RecordedEvent>> {
    return await this.#deps.history.list(query);
  }
}
