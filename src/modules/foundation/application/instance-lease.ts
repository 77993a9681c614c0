/**
 * This process's lease: the right to start runs. Renewed by the database's clock, judged by this process's own monotonic
 * clock, and given up by itself a second before it ends, so that nobody starts a run whose record another may call lost.
 */
import type { DatabaseTime } from './database-time.ts';
import type { Clock } from './ports/clock.ts';
import type { Instance, Instances, LiveInstance } from './ports/instances.ts';

export const LEASE_MS = 15_000;
const SAFETY_MS = 1_000;

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
  #term = 0;
  #live: readonly LiveInstance[] = [];
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
    return !this.#isDoubted && this.#deps.clock.monotonicMs() < this.#heldUntil;
  }

  /**
   * Which unbroken stretch of the lease this is; null: it has ended. A run may start in the term that it was claimed in,
   * doubt or not; in a later one others may have called it lost meanwhile.
   */
  get term(): number | null {
    return this.#deps.clock.monotonicMs() < this.#heldUntil ? this.#term : null;
  }

  /** The instances that were alive at the last renewal, this one among them. */
  get live(): readonly LiveInstance[] {
    return this.#live;
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
    this.#live = renewal.live;
    if (!wasHeld) for (const listener of this.#regained) listener();
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

  async release(): Promise<void> {
    this.#heldUntil = Number.NEGATIVE_INFINITY;
    await this.#deps.instances.release(this.instanceId);
  }
}
