/**
 * A claim whose answer was lost: until when it may still take effect. It may be on its way for as long as the network likes, or wait
 * for a lock; but the database refuses it once this instance's lease was renewed twice since it was sent, and what it
 * began before that ends in time, or is ended (`ENDS_IN_TIME`).
 */
import type { InstanceLease } from './instance-lease.ts';
import type { Clock } from './ports/clock.ts';

/** Longer than the database lets a claim go on. */
const ENDS_WITHIN_MS = 20_000;

export interface LateClaimDeps {
  readonly lease: Pick<InstanceLease, 'renewals'>;
  readonly clock: Clock;
}

export class LateClaim {
  readonly #deps: LateClaimDeps;
  readonly #renewals: number;
  #endsAt = Number.POSITIVE_INFINITY;

  constructor(deps: LateClaimDeps) {
    this.#deps = deps;
    this.#renewals = deps.lease.renewals;
  }

  /** Whether what the database says from now on is final. While the lease is not renewed, it is not. */
  isSettled(): boolean {
    const now = this.#deps.clock.monotonicMs();
    const since = this.#deps.lease.renewals - this.#renewals;
    // Fewer: the instance's row was lost, and counts anew.
    if (since < 0 || since > 1) this.#endsAt = Math.min(this.#endsAt, now + ENDS_WITHIN_MS);
    return now >= this.#endsAt;
  }
}
