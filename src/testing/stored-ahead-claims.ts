/** The port AheadClaims over the store in memory. */
import {
  type AheadClaims,
  type AheadRun,
  type Confirmation,
  type Confirming,
  type DeadAheadRuns,
  EDITED,
  OVERTAKEN,
} from '../modules/foundation/application/ports/ahead-claims.ts';
import { SCHEDULER_ACTOR } from '../modules/foundation/application/ports/pending-runs.ts';
import type { SchedulerEvent } from '../modules/foundation/domain/event.ts';
import type { RunnableConfig } from '../modules/foundation/domain/job-config.ts';
import { DEFAULT_GRACE_MS, MISFIRE_THRESHOLD_MS } from '../modules/foundation/domain/misfire.ts';
import type { Run } from '../modules/foundation/domain/run.ts';
import type { InMemoryStore } from './in-memory-store.ts';
import { isSameSchedule } from './job-row-changes.ts';
import type { StoreLink } from './store-link.ts';

export class StoredAheadClaims implements AheadClaims {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  confirmAll(
    instanceId: string,
    order: Confirming & { readonly tick: number; readonly renewals: number },
  ): Promise<{ now: Date; isConfirmed: boolean }> {
    const { store } = this.#link;
    return this.#link.call('ahead.confirmAll', () => {
      const heldFrom = store.leases.get(instanceId)?.heldFrom ?? Number.POSITIVE_INFINITY;
      const isSame = heldFrom <= order.renewals && store.tick === order.tick;
      return { now: new Date(store.now()), isConfirmed: isSame && confirm(store, instanceId, order) };
    });
  }

  confirmEach(instanceId: string, order: Confirming, runs: readonly AheadRun[]): Promise<Confirmation> {
    const { store } = this.#link;
    return this.#link.call('ahead.confirmEach', () => {
      const now = new Date(store.now());
      if (now < order.dueAt) return { now, heldFrom: null, confirmed: new Set(), givenBack: new Set() };
      const isConfirmed = confirm(store, instanceId, order);
      const heldFrom = isConfirmed ? (store.leases.get(instanceId)?.heldFrom ?? null) : null;
      const doomed = runs.filter(
        ({ run, config, renewals }) =>
          store.configs.get(run.jobId)?.revision !== config.revision ||
          heldFrom === null ||
          renewals < heldFrom ||
          store.cancelReasons.has(run.id),
      );
      const confirmed = runs.filter((each) => isConfirmed && !doomed.includes(each)).map(({ run }) => run.id);
      const givenBack = giveBack(store, instanceId, doomed);
      return { now, heldFrom, confirmed: new Set(confirmed), givenBack };
    });
  }

  giveBack(instanceId: string, runs: readonly AheadRun[]): Promise<ReadonlySet<string>> {
    return this.#link.call('ahead.giveBack', () => giveBack(this.#link.store, instanceId, runs));
  }

  /** All at once. */
  giveBackOfDead(instanceId: string): Promise<DeadAheadRuns> {
    const { store } = this.#link;
    return this.#link.call('ahead.giveBackOfDead', () => {
      const orphans = store
        .orphansOf(instanceId)
        .filter((run) => store.isUnconfirmed(run) && !store.held.records.has(run.id));
      for (const run of orphans)
        store.leases.set(run.instanceId, { ...store.leases.get(run.instanceId)!, heldFrom: null });
      const deadIds = new Set(orphans.map(({ id }) => id));
      const isOvertaken = ({ id, jobId, scheduledAt }: Run): boolean =>
        store
          .runsOf(jobId)
          .some((later) => !deadIds.has(later.id) && later.id !== id && later.scheduledAt > scheduledAt);
      const overtaken = new Set(orphans.filter(isOvertaken).map(({ id }) => id));
      const unstarted = orphans.flatMap((run) => {
        const { updatedAt } = store.configs.get(run.jobId) ?? {};
        const isSame = updatedAt !== undefined && updatedAt <= run.claimedAt!;
        const fate = giveBackOne(store, { run, isSame, isOvertaken: overtaken.has(run.id) });
        const { id, jobId, scheduledAt, instanceId: holder } = run;
        const dead = { id, jobId, scheduledAt, instanceId: holder, isClaimable: fate === 'claimable' };
        return fate === 'cancelled' || fate === 'held' ? [] : [dead];
      });
      return { unstarted, rest: null };
    });
  }
}

function confirm(store: InMemoryStore, instanceId: string, { dueAt, leaseMs }: Confirming): boolean {
  const instance = store.instances.get(instanceId);
  const lease = store.leases.get(instanceId);
  if (!instance || !lease || !store.isLeased(instanceId) || store.now() < dueAt.getTime()) return false;
  const expiresAt = new Date(store.now() + leaseMs);
  store.instances.set(instanceId, { ...instance, renewedAt: new Date(store.now()), expiresAt });
  store.leases.set(instanceId, { ...lease, confirmedUntil: Math.max(lease.confirmedUntil, dueAt.getTime()) });
  return true;
}

function giveBack(store: InMemoryStore, instanceId: string, runs: readonly AheadRun[]): ReadonlySet<string> {
  const givenBack = new Set<string>();
  for (const { run, config, nextFireAt } of runs) {
    const record = store.executions.get(run.id);
    if (record?.status !== 'RUNNING' || record.instanceId !== instanceId) continue;
    const at = store.cursors.get(run.jobId)?.nextFireAt;
    const isOvertaken = nextFireAt !== null && (at === 'exhausted' || (at instanceof Date && at > nextFireAt));
    const isSame = isSameSchedule(config, store.configs.get(run.jobId));
    if (giveBackOne(store, { run, isOvertaken, isSame }) !== 'held') givenBack.add(run.id);
  }
  return givenBack;
}

interface Doomed {
  readonly run: Run;
  readonly isSame: boolean;
  readonly isOvertaken: boolean;
}

/** Held: somebody holds a row that it needs; it is given back the next time. */
type Fate = 'cancelled' | 'claimable' | 'named' | 'held';

function giveBackOne(store: InMemoryStore, { run, isSame, isOvertaken }: Doomed): Fate {
  const { id, jobId, scheduledAt } = run;
  if (store.held.records.has(id)) return 'held';
  const reason = store.cancelReasons.get(id);
  if (reason !== undefined) {
    const end = { finishedAt: new Date(store.now()), durationMs: 0, errorMessage: reason };
    const record = store.executions.get(id)!;
    store.executions.set(id, { ...record, ...end, status: 'FAILED', failureReason: 'CANCELLED' });
    return 'cancelled';
  }
  if (store.held.cursors.has(jobId)) return 'held';
  const at = store.cursors.get(jobId)?.nextFireAt;
  const config = store.configs.get(jobId);
  const isComing = at instanceof Date && at <= scheduledAt;
  const isUnread = at === 'unarmed' && config !== undefined && config.updatedAt < scheduledAt;
  const isAlone = config?.enabled !== true || !isSame || at === 'unarmed';
  const isClaimed = config?.enabled === true && (isComing || isUnread);
  if (!isClaimed && !isAlone && isOvertaken && store.held.configs.has(jobId)) return 'held';
  store.executions.delete(id);
  if (isClaimed) return 'claimable';
  if (isAlone) return name(store, run, 'occurrence.skipped');
  if (isOvertaken) return wait(store, run, config);
  store.setCursor(jobId, scheduledAt);
  store.tell({ kind: 'job', jobId });
  return 'claimable';
}

/** As the misfire policy has one occurrence that has no others beside it. Null: it is not run. */
function triggerOf(config: RunnableConfig, lateMs: number): 'schedule' | 'catchUp' | null {
  const { misfirePolicy, misfireGraceMs, catchUpLimit } = config;
  const isSkip = misfirePolicy === 'skip';
  if (lateMs <= Math.max(MISFIRE_THRESHOLD_MS, isSkip ? (misfireGraceMs ?? 0) : 0)) return 'schedule';
  if (isSkip || (misfirePolicy === 'all' && catchUpLimit === 0)) return null;
  return lateMs <= Math.max(MISFIRE_THRESHOLD_MS, misfireGraceMs ?? DEFAULT_GRACE_MS) ? 'catchUp' : null;
}

/** It alone is judged: later ones have been claimed since. */
function wait(store: InMemoryStore, run: Run, config: RunnableConfig): 'claimable' | 'named' {
  const trigger = triggerOf(config, store.now() - run.scheduledAt.getTime());
  if (trigger === null) return name(store, run, 'occurrence.misfired');
  const { jobId, scheduledAt, jobKwargs } = run;
  const { maxAttempts } = config;
  const waiting = { id: store.newId(), jobId, scheduledAt, jobKwargs, maxAttempts, trigger } as const;
  store.addPending({ ...waiting, reason: OVERTAKEN, actor: SCHEDULER_ACTOR });
  return 'claimable';
}

function name(store: InMemoryStore, { jobId, scheduledAt }: Run, type: SchedulerEvent['type']): 'named' {
  const isEdited = type === 'occurrence.skipped';
  const reason = isEdited ? EDITED : `${OVERTAKEN}, too late for its misfire policy`;
  store.addEvent({ type, jobId, scheduledAt, reason, detail: isEdited ? { cause: 'edited' } : { cause: 'overtaken' } });
  return 'named';
}
