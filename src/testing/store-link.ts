/**
 * One replica's way to the store in memory: counted, delayed, cut, and faulty where a test says so. Several replicas share
 * one store, each over a link of its own. Invariant: a call is one statement: its effect is whole, or there is none.
 */
import { DatabaseBusyError, DatabaseUnavailableError } from '../modules/foundation/domain/errors.ts';
import type { InMemoryStore } from './in-memory-store.ts';

type Fault =
  | { readonly kind: 'fails' | 'failsAfter'; readonly error: Error }
  | { readonly kind: 'waits' | 'waitsAfter'; readonly gate: Promise<void> };

/** So long a statement waits for a row that somebody holds, as the database's `lock_timeout` says. */
const LOCK_TIMEOUT_MS = 4_000;
const LOOK_EVERY_MS = 100;

/** One replica's way to the store: counted, delayed, cut, and faulty where a test says so. */
export class StoreLink {
  readonly store: InMemoryStore;
  /** How often each call was made, as `port.method`. */
  readonly calls = new Map<string, number>();
  isAway = false;
  /** The process was killed: nothing it asks is ever answered. */
  isDead = false;
  latencyMs = 0;
  readonly #faults = new Map<string, Fault[]>();

  constructor(store: InMemoryStore) {
    this.store = store;
  }

  /** The next such call fails, without an effect. */
  failNext(call: string, error: Error): void {
    this.#add(call, { kind: 'fails', error });
  }

  /** The next such call has its effect, and its answer is lost. */
  loseAnswer(call: string): void {
    this.#add(call, { kind: 'failsAfter', error: new DatabaseUnavailableError('The answer was lost.') });
  }

  /** The next such call waits, with its effect still to come. @returns how to let it go on */
  holdNext(call: string): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#add(call, { kind: 'waits', gate: promise });
    return resolve;
  }

  /** The next such call has its effect, and its answer waits. @returns how to let it go on */
  holdAnswer(call: string): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#add(call, { kind: 'waitsAfter', gate: promise });
    return resolve;
  }

  countOf(call: string): number {
    return this.calls.get(call) ?? 0;
  }

  async call<T>(name: string, effect: () => T): Promise<T> {
    this.calls.set(name, this.countOf(name) + 1);
    const fault = this.#faults.get(name)?.shift();
    if (this.latencyMs > 0) await this.store.time.pass(this.latencyMs / 2);
    if (fault?.kind === 'waits') await fault.gate;
    await this.#reach();
    if (fault?.kind === 'fails') throw fault.error;
    const answer = await this.#whenFree(effect);
    if (fault?.kind === 'failsAfter') throw fault.error;
    if (fault?.kind === 'waitsAfter') await fault.gate;
    if (this.latencyMs > 0) await this.store.time.pass(this.latencyMs / 2);
    await this.#reach();
    return answer;
  }

  /** @throws DatabaseBusyError without an effect, where somebody holds a row that it needs, for too long */
  async #whenFree<T>(effect: () => T): Promise<T> {
    for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
      try {
        return effect();
      } catch (error) {
        if (!(error instanceof DatabaseBusyError) || waitedMs >= LOCK_TIMEOUT_MS) throw error;
      }
      await this.store.time.pass(LOOK_EVERY_MS);
      await this.#reach();
    }
  }

  async #reach(): Promise<void> {
    await Promise.resolve();
    if (this.isDead) await new Promise<never>(() => {});
    if (this.isAway || this.store.isAway) throw new DatabaseUnavailableError('The database is away.');
  }

  #add(call: string, fault: Fault): void {
    this.#faults.set(call, [...(this.#faults.get(call) ?? []), fault]);
  }
}
