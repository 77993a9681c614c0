/** The port OutageSettlements over the store in memory. */
import type {
  OutageSettlement,
  OutageSettlements,
} from '../modules/foundation/application/ports/outage-settlements.ts';
import { SCHEDULER_ACTOR } from '../modules/foundation/application/ports/pending-runs.ts';
import type { InMemoryStore } from './in-memory-store.ts';
import type { StoreLink } from './store-link.ts';
import { insertRunning } from './stored-claims.ts';

export class StoredOutageSettlements implements OutageSettlements {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  settle(instanceId: string, settlements: readonly OutageSettlement[]): Promise<void> {
    const { store } = this.#link;
    return this.#link.call('settlements.settle', () => {
      for (const settlement of settlements) settleOne(store, instanceId, settlement);
    });
  }
}

function settleOne(store: InMemoryStore, actor: string, settlement: OutageSettlement): void {
  const { config, firstDueAt, nextFireAt, ended, active, waiting, events } = settlement;
  const { jobId, jobKwargs, maxAttempts } = config;
  const cursor = store.cursors.get(jobId);
  const stoodAt = cursor?.nextFireAt instanceof Date ? cursor.nextFireAt.getTime() : null;
  const isCurrent = cursor?.revision === config.revision;
  const isWhere = stoodAt === firstDueAt.getTime();
  if (nextFireAt !== undefined && cursor !== undefined && stoodAt !== null && stoodAt >= firstDueAt.getTime()) {
    const isBehind = stoodAt < (nextFireAt?.getTime() ?? Number.POSITIVE_INFINITY);
    const moved = isCurrent ? (nextFireAt ?? 'exhausted') : 'unarmed';
    if (isBehind && (isCurrent || isWhere)) store.cursors.set(jobId, { ...cursor, nextFireAt: moved });
  }
  if (nextFireAt !== undefined || (isCurrent && isWhere)) {
    for (const event of events) store.addEvent({ ...event, actor });
  }
  for (const run of [...ended, ...active]) {
    if (insertRunning(store, run) || store.executions.has(run.id)) continue;
    const { id: executionId, scheduledAt } = run;
    store.addEvent({ type: 'run.unrecorded', jobId, executionId, scheduledAt, reason: 'recorded', actor });
  }
  for (const occurrence of waiting) {
    store.addPending({ ...occurrence, jobId, jobKwargs, maxAttempts, reason: null, actor: SCHEDULER_ACTOR });
  }
}
