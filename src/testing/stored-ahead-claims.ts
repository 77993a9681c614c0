/** The port AheadClaims over the store in memory. */
import type {
  AheadClaims,
  AheadRun,
  Confirmation,
  Confirming,
  DeadAheadRun,
} from '../modules/foundation/application/ports/ahead-claims.ts';
import type { InMemoryStore } from './in-memory-store.ts';
import type { StoreLink } from './store-link.ts';

export class StoredAheadClaims implements AheadClaims {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  confirmAll(
    instanceId: string,
    order: Confirming & { readonly tick: number; readonly claimedSince: Date },
  ): Promise<{ now: Date; isConfirmed: boolean }> {
    const { store } = this.#link;
    return this.#link.call('ahead.confirmAll', () => {
      const heldSince = store.leases.get(instanceId)?.heldSince ?? Number.POSITIVE_INFINITY;
      const isSame = heldSince <= order.claimedSince.getTime() && store.tick === order.tick;
      return { now: new Date(store.now()), isConfirmed: isSame && confirm(store, instanceId, order) };
    });
  }

  confirmEach(instanceId: string, order: Confirming, runs: readonly AheadRun[]): Promise<Confirmation> {
    const { store } = this.#link;
    return this.#link.call('ahead.confirmEach', () => {
      const now = new Date(store.now());
      if (now < order.dueAt) return { now, confirmed: new Set(), givenBack: new Set() };
      const isConfirmed = confirm(store, instanceId, order);
      const heldSince = isConfirmed ? (store.leases.get(instanceId)?.heldSince ?? 0) : Number.POSITIVE_INFINITY;
      const doomed = runs.filter(
        ({ run, config }) =>
          store.configs.get(run.jobId)?.revision !== config.revision || run.claimedAt!.getTime() < heldSince,
      );
      const confirmed = runs.filter((each) => isConfirmed && !doomed.includes(each)).map(({ run }) => run.id);
      return { now, confirmed: new Set(confirmed), givenBack: giveBack(store, instanceId, doomed) };
    });
  }

  giveBack(instanceId: string, runs: readonly AheadRun[]): Promise<ReadonlySet<string>> {
    return this.#link.call('ahead.giveBack', () => giveBack(this.#link.store, instanceId, runs));
  }

  giveBackOfDead(instanceId: string): Promise<DeadAheadRun[]> {
    const { store } = this.#link;
    return this.#link.call('ahead.giveBackOfDead', () => {
      const dead = store.orphansOf(instanceId).filter((run) => store.isUnconfirmed(run));
      for (const run of dead) {
        store.executions.delete(run.id);
        store.leases.set(run.instanceId, { ...store.leases.get(run.instanceId)!, heldSince: null });
      }
      return dead.map((run) => ({ ...run, isClaimable: putBack(store, run) }));
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
  for (const { run, nextFireAt } of runs) {
    const record = store.executions.get(run.id);
    if (record?.status !== 'RUNNING' || record.instanceId !== instanceId) continue;
    store.executions.delete(run.id);
    givenBack.add(run.id);
    const at = store.cursors.get(run.jobId)?.nextFireAt;
    const isWhereItWasMoved = nextFireAt === null ? at === 'exhausted' : Number(at) === nextFireAt.getTime();
    if (isWhereItWasMoved) {
      store.setCursor(run.jobId, run.scheduledAt);
      store.tell({ kind: 'job', jobId: run.jobId });
    }
    if (store.configs.get(run.jobId)?.enabled !== true)
      store.addEvent({ type: 'occurrence.skipped', jobId: run.jobId, scheduledAt: run.scheduledAt, reason: 'edited' });
  }
  return givenBack;
}

/** @returns whether the cursor comes to the occurrence */
function putBack(store: InMemoryStore, { jobId, scheduledAt }: { jobId: string; scheduledAt: Date }): boolean {
  const at = store.cursors.get(jobId)?.nextFireAt;
  if (at instanceof Date || at === 'exhausted') {
    if (at === 'exhausted' || at > scheduledAt) store.setCursor(jobId, scheduledAt);
    store.tell({ kind: 'job', jobId });
    return true;
  }
  store.addEvent({ type: 'occurrence.skipped', jobId, scheduledAt, reason: 'edited' });
  return false;
}
