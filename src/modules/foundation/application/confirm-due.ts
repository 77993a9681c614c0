/**
 * Asks whether runs that were claimed ahead and are due now may be started. Invariant: yes only by an answer of the
 * database, given at or after the due time of each of them.
 */
import type { DatabaseTime } from './database-time.ts';
import { type InstanceLease, LEASE_MS } from './instance-lease.ts';
import type { AheadClaims, AheadRun } from './ports/ahead-claims.ts';
import type { Clock } from './ports/clock.ts';

export interface HeldRun extends AheadRun {
  /** Of the claim that took it. */
  readonly tick: number;
  /** Asked for while there is time; left out: not known yet. */
  lastSuccessAt?: Date | null;
}

export interface ConfirmDueDeps {
  readonly aheadClaims: AheadClaims;
  readonly lease: InstanceLease;
  readonly time: DatabaseTime;
  readonly clock: Clock;
}

interface Answer {
  readonly confirmed: ReadonlySet<string>;
  readonly givenBack: ReadonlySet<string>;
}

/**
 * All at once where nothing was changed since they were claimed; each by itself where something was.
 * @returns by run ids; null: they are not due yet @throws DatabaseUnavailableError
 */
export async function confirmDue(deps: ConfirmDueDeps, due: readonly HeldRun[]): Promise<Answer | null> {
  const { aheadClaims, clock, lease, time } = deps;
  const order = { dueAt: new Date(latestOf(due, ({ run }) => run.scheduledAt.getTime())), leaseMs: LEASE_MS };
  const askedAt = clock.monotonicMs();
  const { now, isConfirmed } = await aheadClaims.confirmAll(lease.instanceId, {
    ...order,
    tick: -latestOf(due, ({ tick }) => -tick),
    claimedSince: new Date(-latestOf(due, ({ run }) => -(run.claimedAt ?? run.startedAt).getTime())),
  });
  time.observe(now.getTime(), askedAt);
  if (isConfirmed) return { confirmed: new Set(due.map(({ run }) => run.id)), givenBack: new Set() };
  return now < order.dueAt ? null : aheadClaims.confirmEach(lease.instanceId, order, due);
}

function latestOf(due: readonly HeldRun[], read: (held: HeldRun) => number): number {
  return due.reduce((latest, held) => Math.max(latest, read(held)), Number.NEGATIVE_INFINITY);
}
