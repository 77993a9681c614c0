/** The port OutageSettlements over the store in memory. */
import {
  type OutageSettlement,
  type OutageSettlements,
  RECORDED_ELSEWHERE,
} from '../modules/foundation/application/ports/outage-settlements.ts';
import { SCHEDULER_ACTOR } from '../modules/foundation/application/ports/pending-runs.ts';
import { type Run, wasClaimedAhead } from '../modules/foundation/domain/run.ts';
import type { InMemoryStore } from './in-memory-store.ts';
import { isSameSchedule } from './job-row-changes.ts';
import type { StoreLink } from './store-link.ts';
import { insertRunning } from './stored-claims.ts';

export class StoredOutageSettlements implements OutageSettlements {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  settle(instanceId: string, settlements: readonly OutageSettlement[]): Promise<ReadonlySet<string>> {
    const { store } = this.#link;
    return this.#link.call('settlements.settle', () => {
      const heldUp = settlements.filter((settlement) => isHeldUp(store, settlement));
      for (const settlement of settlements) {
        if (store.refusesOutage(settlement, instanceId)) throw new Error('refused');
      }
      for (const settlement of settlements) {
        undoUnstarted(store, instanceId, settlement);
        settleOne(store, instanceId, settlement);
      }
      return new Set(heldUp.map(({ config: { jobId } }) => jobId));
    });
  }
}

/** Somebody holds the cursor of a job that ran, the job behind whose run others wait, or the record of one that it took. */
function isHeldUp({ held, executions }: InMemoryStore, settlement: OutageSettlement): boolean {
  const { config, nextFireAt, ended, active, waiting, unstarted = [] } = settlement;
  if (nextFireAt === undefined) return false;
  const ids = [...ended, ...active, ...unstarted.map(({ run }) => run)].map(({ id }) => id);
  return (
    held.cursors.has(config.jobId) ||
    (waiting.length > 0 && held.configs.has(config.jobId)) ||
    ids.some((id) => executions.get(id)?.status === 'RUNNING' && held.records.has(id))
  );
}

/** What was claimed ahead and not started: its record goes, and a cursor that was held goes back to it. */
function undoUnstarted(store: InMemoryStore, instanceId: string, settlement: OutageSettlement): void {
  const { config, firstDueAt, nextFireAt: to, unstarted = [] } = settlement;
  if (isHeldUp(store, settlement)) return;
  for (const { run, nextFireAt } of unstarted) {
    const record = store.executions.get(run.id);
    const cursor = store.cursors.get(run.jobId);
    const isOurs = record?.status === 'RUNNING' && record.instanceId === instanceId && !store.cancelReasons.has(run.id);
    if (!isOurs || cursor?.revision !== config.revision || isHeld(store, run)) continue;
    const isWhere = Number(cursor.nextFireAt) === nextFireAt?.getTime() || cursor.nextFireAt === 'exhausted';
    if (to === undefined ? !isWhere : run.scheduledAt < firstDueAt) continue;
    store.executions.delete(run.id);
    if (to === undefined) store.setCursor(run.jobId, run.scheduledAt);
  }
}

function isHeld({ held }: InMemoryStore, { id, jobId }: Run): boolean {
  return held.cursors.has(jobId) || held.records.has(id);
}

/** One that was claimed ahead has started after all. */
function begin(store: InMemoryStore, { id, instanceId, startedAt, scheduledAt }: Run): void {
  const record = store.executions.get(id);
  if (record?.status !== 'RUNNING' || record.instanceId !== instanceId || !wasClaimedAhead(record)) return;
  if (store.held.records.has(id)) return;
  const at = startedAt > scheduledAt ? startedAt : scheduledAt;
  store.executions.set(id, { ...record, claimedAt: at, startedAt: at });
}

function settleOne(store: InMemoryStore, actor: string, settlement: OutageSettlement): void {
  const { config, firstDueAt, nextFireAt, ended, active, waiting, events } = settlement;
  const { jobId, jobKwargs, maxAttempts } = config;
  const cursor = store.cursors.get(jobId);
  const stoodAt = cursor?.nextFireAt instanceof Date ? cursor.nextFireAt.getTime() : null;
  const isCurrent = cursor?.revision === config.revision;
  const row = store.configs.get(jobId);
  const isSame = isCurrent || (row?.enabled === true && isSameSchedule(row, config));
  const isWhere = stoodAt === firstDueAt.getTime();
  if (
    !isHeldUp(store, settlement) &&
    nextFireAt !== undefined &&
    cursor !== undefined &&
    stoodAt !== null &&
    stoodAt >= firstDueAt.getTime()
  ) {
    const isBehind = stoodAt < (nextFireAt?.getTime() ?? Number.POSITIVE_INFINITY);
    const moved = isSame ? (nextFireAt ?? 'exhausted') : 'unarmed';
    if (isBehind && (isSame || isWhere)) store.cursors.set(jobId, { ...cursor, nextFireAt: moved });
    if (isBehind && moved === 'exhausted') store.expire(jobId, config.revision);
  }
  if (nextFireAt !== undefined || (isCurrent && isWhere)) {
    for (const event of events) store.addEvent({ ...event, actor });
  }
  for (const run of [...ended, ...active]) {
    begin(store, run);
    if (insertRunning(store, run, active.includes(run)) || store.executions.has(run.id)) continue;
    const { id: executionId, scheduledAt } = run;
    const key = `recorded ${executionId}`;
    store.addEvent({ type: 'run.unrecorded', jobId, executionId, scheduledAt, reason: RECORDED_ELSEWHERE, actor, key });
  }
  if (row === undefined || store.held.configs.has(jobId)) return;
  const recorded = new Set(store.runsOf(jobId).map(({ scheduledAt }) => scheduledAt.getTime()));
  for (const occurrence of waiting.filter(({ scheduledAt }) => !recorded.has(scheduledAt.getTime()))) {
    store.addPending({ ...occurrence, jobId, jobKwargs, maxAttempts, reason: null, actor: SCHEDULER_ACTOR });
  }
}
