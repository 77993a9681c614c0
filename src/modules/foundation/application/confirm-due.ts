/**
 * Asks whether runs that were claimed ahead and are due now may be started. Invariant: yes only by an answer of the
 * database, given at or after the due time of each of them. Where they are asked about in portions, a process that is killed in
 * between leaves all of them LOST, those that had not started too: the first answer has confirmed its lease for their time.
 */
import type { DatabaseTime } from './database-time.ts';
import { type InstanceLease, LEASE_MS } from './instance-lease.ts';
import type { AheadClaims, AheadRun, Confirming } from './ports/ahead-claims.ts';
import type { Clock } from './ports/clock.ts';

/** Of those that are looked at one by one, as many a statement as are answered in time. */
const PORTION = 2_000;

export interface HeldRun extends AheadRun {
  /** Of the claim that took it. */
  readonly tick: number;
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
 * @returns by run ids, or of all that they may start; null: they are not due yet @throws DatabaseUnavailableError
 */
export async function confirmDue(deps: ConfirmDueDeps, due: readonly HeldRun[]): Promise<Answer | 'all' | null> {
  const { aheadClaims, clock, lease, time } = deps;
  const { dueAt, tick, renewals } = boundsOf(due);
  const order = { dueAt: new Date(dueAt), leaseMs: LEASE_MS };
  const askedAt = clock.monotonicMs();
  const { now, isConfirmed } = await aheadClaims.confirmAll(lease.instanceId, {
    ...order,
    tick,
    renewals,
  });
  time.observe(now.getTime(), askedAt);
  if (isConfirmed) return 'all';
  return now < order.dueAt ? null : confirmEach(deps, order, due);
}

/** A portion a statement, so that each is answered in time. */
async function confirmEach(
  { aheadClaims, lease }: ConfirmDueDeps,
  order: Confirming,
  due: readonly HeldRun[],
): Promise<Answer> {
  const confirmed = new Set<string>();
  const givenBack = new Set<string>();
  for (let from = 0; from < due.length; from += PORTION) {
    const answer = await aheadClaims.confirmEach(lease.instanceId, order, due.slice(from, from + PORTION));
    for (const id of answer.confirmed) confirmed.add(id);
    for (const id of answer.givenBack) givenBack.add(id);
  }
  return { confirmed, givenBack };
}

/** The latest that any is due at, and the earliest tick and renewal that any was claimed at. */
function boundsOf(due: readonly HeldRun[]): { dueAt: number; tick: number; renewals: number } {
  const bounds = {
    dueAt: Number.NEGATIVE_INFINITY,
    tick: Number.POSITIVE_INFINITY,
    renewals: Number.POSITIVE_INFINITY,
  };
  for (const { run, tick, renewals } of due) {
    bounds.dueAt = Math.max(bounds.dueAt, run.scheduledAt.getTime());
    bounds.tick = Math.min(bounds.tick, tick);
    bounds.renewals = Math.min(bounds.renewals, renewals);
  }
  return bounds;
}
