/**
 * The store in memory of `carillon/testing` in the place of a database: the conformance suites look at its ports as at
 * those of PostgreSQL and PGlite. Its time stands still at the present; it knows no SQL.
 */
import type { Execution } from '../../src/modules/foundation/domain/run.ts';
import type { Database } from '../../src/modules/foundation/infrastructure/persistence/database.ts';
import type { Foundation } from '../../src/modules/foundation/tokens.ts';
import { createEngine } from '../../src/testing/engine.ts';
import { InMemoryStore } from '../../src/testing/in-memory-store.ts';
import { ManualTime } from '../../src/testing/manual-time.ts';

export class KitDatabase implements Database {
  readonly kind = 'PGlite';
  readonly description = 'the store of the testing kit';
  readonly store = new InMemoryStore(new ManualTime(Date.now()));
  readonly #engine = createEngine({ store: this.store });
  /** The ports over the store, and all that stands on them; no loop runs. */
  readonly wired: Foundation = this.#engine.wired;
  readonly logger = this.#engine.logger;

  /** A second ago; and time goes on by a moment, as it does in a database. */
  endLease(instanceId: string): void {
    this.store.time.leap(1);
    const expiresAt = new Date(this.store.now() - 1_000);
    this.store.instances.set(instanceId, { ...this.store.instances.get(instanceId)!, expiresAt });
  }

  moveRun(id: string, instants: Pick<Execution, 'scheduledAt' | 'claimedAt'>): void {
    this.store.executions.set(id, { ...this.store.executions.get(id)!, ...instants });
  }

  makeAvailableIn(pendingRunId: string, ms: number): void {
    const availableAt = new Date(this.store.now() + ms);
    this.store.pending.set(pendingRunId, { ...this.store.pending.get(pendingRunId)!, availableAt });
  }

  async open(): Promise<void> {}

  async now(): Promise<number> {
    return this.store.now();
  }

  async query(): Promise<never> {
    throw new Error('The testing kit knows no SQL: this case is for databases alone.');
  }

  async rows(): Promise<never> {
    return this.query();
  }

  async notify(): Promise<never> {
    return this.query();
  }

  async listen(): Promise<never> {
    return this.query();
  }

  async close(): Promise<void> {}
}
