/**
 * This process's lease: the right to start runs. Renewed by the database's clock, judged by this process's own monotonic
 * clock, and given up by itself a second before it ends, so that nobody starts a run whose record another may call lost.
 *
 * Suspended: the database is away. No run is started through it, and none is once it is back, before what went on without
 * it has been told to it.
 */
import type { DatabaseTime } from './database-time.ts';
import type { Clock } from './ports/clock.ts';
import type { Instance, Instances, LiveInstance } from './ports/instances.ts';

export const LEASE_MS = 15_000;
const SAFETY_MS = 1_000;
/** Less than the time between two renewals. */
const ALONE_FOR_MS = 4_000;

export interface InstanceLeaseDeps {
  readonly instances: Instances;
  readonly instance: Instance;
  readonly clock: Clock;
  readonly time: DatabaseTime;
}

export class InstanceLease {
  readonly #deps: InstanceLeaseDeps;
  #heldUntil = Number.NEGATIVE_INFINITY;
  #isDoubted = false;
  #isEnded = false;
  #term = 0;
  #live: readonly LiveInstance[] = [];
  #renewals = 0;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #aloneSince: number | null = null;
  #suspendedSince: number | null = null;
  readonly #suspended = new Set<() => void>();
  readonly #doubters = new Set<() => void>();
  readonly #regained = new Set<() => void>();

  constructor(deps: InstanceLeaseDeps) {
    this.#deps = deps;
  }

  get instanceId(): string {
    return this.#deps.instance.id;
  }

  /** May runs be started? */
  get isHeld(): boolean {
    return !this.#isDoubted && !this.isSuspended && this.#deps.clock.monotonicMs() < this.#heldUntil;
  }

  /**
   * Which unbroken stretch of the lease this is; null: it has ended. A run may start in the term that it was claimed in,
   * doubt or not; in a later one others may have called it lost meanwhile.
   */
  get term(): number | null {
    return this.#deps.clock.monotonicMs() < this.#heldUntil ? this.#term : null;
  }

  /** How often it has been renewed, as the database counts: the fencing token of what is claimed under it. */
  get renewals(): number {
    return this.#renewals;
  }

  /** The instances that were alive at the last renewal, this one among them. */
  get live(): readonly LiveInstance[] {
    return this.#live;
  }

  /** The database's clock at the last renewal before it went away, milliseconds since 1970; null: not suspended. */
  get suspendedSince(): number | null {
    return this.#suspendedSince;
  }

  /**
   * Was this instance the only one at the last renewal, and had been for about a beat, so that those that started with it
   * had shown themselves? Who has started since the last renewal is not known. Others whose leases ended in an outage, or
   * as their process was suspended, count for a minute: where this one is the first to come back, it is not alone.
   */
  get wasAlone(): boolean {
    return this.#aloneSince !== null && this.#renewedAt - this.#aloneSince >= ALONE_FOR_MS;
  }

  get isSuspended(): boolean {
    return this.#suspendedSince !== null;
  }

  /** The database is away. Suspending again changes nothing. */
  suspend(): void {
    if (this.isSuspended) return;
    this.#suspendedSince = this.#renewedAt;
    for (const listener of this.#suspended) listener();
  }

  /** The database is back, and knows of all that happened without it. */
  resume(): void {
    if (!this.isSuspended) return;
    this.#suspendedSince = null;
    if (this.isHeld) for (const listener of this.#regained) listener();
  }

  /** Is told when the database has gone away. @returns how to stop listening */
  onSuspended(listener: () => void): () => void {
    this.#suspended.add(listener);
    return () => this.#suspended.delete(listener);
  }

  /** @throws DatabaseUnavailableError; the lease then lasts as long as it was last promised */
  async renew(): Promise<void> {
    const { clock, instances, instance, time } = this.#deps;
    const askedAt = clock.monotonicMs();
    const renewal = await instances.renew(instance, LEASE_MS);
    const wasHeld = this.isHeld;
    if (this.term === null) this.#term += 1;
    time.observe(renewal.now.getTime(), askedAt);
    this.#heldUntil = askedAt + LEASE_MS - SAFETY_MS;
    this.#isDoubted = false;
    this.#isEnded = false;
    this.#live = renewal.live;
    this.#renewals = renewal.renewals;
    this.#renewedAt = renewal.now.getTime();
    this.#aloneSince = renewal.isAlone ? (this.#aloneSince ?? this.#renewedAt) : null;
    if (!wasHeld && this.isHeld) for (const listener of this.#regained) listener();
  }

  /** The database did not answer somebody: starts nothing until the next renewal succeeds. */
  doubt(): void {
    if (this.#isDoubted) return;
    this.#isDoubted = true;
    for (const listener of this.#doubters) listener();
  }

  /** Is told when the lease comes into doubt: whoever renews it should do so now. @returns how to stop listening */
  onDoubt(listener: () => void): () => void {
    this.#doubters.add(listener);
    return () => this.#doubters.delete(listener);
  }

  /** Is told when runs may be started that could not be before. @returns how to stop listening */
  onRegained(listener: () => void): () => void {
    this.#regained.add(listener);
    return () => this.#regained.delete(listener);
  }

  /** Whether it was given up, and not renewed since: nothing more is started, or given back. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Gives it up, as far as this process goes; the database knows of it by `release`, or when it is over. */
  end(): void {
    this.#isEnded = true;
    this.#heldUntil = Number.NEGATIVE_INFINITY;
  }

  async release(): Promise<void> {
    this.end();
    await this.#deps.instances.release(this.instanceId);
  }
}
