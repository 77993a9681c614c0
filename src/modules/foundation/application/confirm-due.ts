/**
 * Asks whether runs that were claimed ahead and are due now may be started. Invariants: yes only by an answer of the
 * database, given at or after the due time of each of them. Where they are asked about in portions, it is the last that
 * confirms them all: of a process that is killed in between, in which none has started, all are put back.
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

const NONE: Answer = { confirmed: new Set(), givenBack: new Set() };

/**
 * Not those that were claimed before this instance's row was lost, and written anew: others have dealt with them since.
 * @returns by run ids, or of all that they may start; null: they are not due yet @throws DatabaseUnavailableError
 */
export async function confirmDue(deps: ConfirmDueDeps, due: readonly HeldRun[]): Promise<Answer | 'all' | null> {
  const { renewals } = deps.lease;
  const ours = due.filter((held) => held.renewals <= renewals);
  const answer = ours.length === 0 ? NONE : await confirmOurs(deps, ours);
  if (answer !== 'all' || ours.length === due.length) return answer;
  return { ...NONE, confirmed: new Set(ours.map(({ run }) => run.id)) };
}

/** All at once where nothing was changed since they were claimed; each by itself where something was. */
async function confirmOurs(deps: ConfirmDueDeps, due: readonly HeldRun[]): Promise<Answer | 'all' | null> {
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

/**
 * A portion a statement, so that each is answered in time. The last confirms all, where the lease is still the one that they
 * were claimed under; the others do the same up to an instant before they are due, which leaves them as they are.
 */
async function confirmEach(
  { aheadClaims, lease }: ConfirmDueDeps,
  order: Confirming,
  due: readonly HeldRun[],
): Promise<Answer> {
  const fit = new Set<string>();
  const givenBack = new Set<string>();
  const before = { ...order, dueAt: new Date(boundsOf(due).firstDueAt - 1) };
  let heldFrom: number | null = null;
  for (let from = 0; from < due.length; from += PORTION) {
    const isLast = from + PORTION >= due.length;
    const portion = due.slice(from, from + PORTION);
    const answer = await aheadClaims.confirmEach(lease.instanceId, isLast ? order : before, portion);
    for (const id of answer.confirmed) fit.add(id);
    for (const id of answer.givenBack) givenBack.add(id);
    ({ heldFrom } = answer);
  }
  const isHeld = ({ renewals }: HeldRun): boolean => heldFrom !== null && renewals >= heldFrom;
  const confirmed = due.filter((each) => fit.has(each.run.id) && isHeld(each)).map(({ run }) => run.id);
  return { confirmed: new Set(confirmed), givenBack };
}

interface Bounds {
  firstDueAt: number;
  /** The latest that any is due at. */
  dueAt: number;
  /** The earliest of any claim. */
  tick: number;
  renewals: number;
}

function boundsOf(due: readonly HeldRun[]): Bounds {
  const bounds = {
    firstDueAt: Number.POSITIVE_INFINITY,
    dueAt: Number.NEGATIVE_INFINITY,
    tick: Number.POSITIVE_INFINITY,
    renewals: Number.POSITIVE_INFINITY,
  };
  due.forEach(({ run, tick, renewals }) => {
    const at = run.scheduledAt.getTime();
    bounds.firstDueAt = Math.min(bounds.firstDueAt, at);
    bounds.dueAt = Math.max(bounds.dueAt, at);
    bounds.tick = Math.min(bounds.tick, tick);
    bounds.renewals = Math.min(bounds.renewals, renewals);
  });
  return bounds;
}
