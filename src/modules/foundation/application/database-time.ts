/**
 * The database's clock, as well as this process knows it: the process's monotonic clock plus an offset learnt from
 * answers. What is due is decided by the database itself; this only says when it is worth asking.
 */
import type { Clock } from './ports/clock.ts';

/** An answer that took longer says little about when it was given: it corrects only what it shows to be wrong. */
const MAX_ROUND_TRIP_MS = 500;

export class DatabaseTime {
  readonly #clock: Clock;
  #offsetMs: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds since 1970. Before the first answer: this process's wall clock. */
  now(): number {
    return this.#offsetMs === null ? this.#clock.now() : Math.floor(this.#clock.monotonicMs() + this.#offsetMs);
  }

  /**
   * Takes an answer into account.
   * @param databaseNow what the database's clock said, milliseconds since 1970
   * @param askedAt this process's monotonic clock when it asked
   */
  observe(databaseNow: number, askedAt: number): void {
    const answeredAt = this.#clock.monotonicMs();
    const roundTripMs = answeredAt - askedAt;
    const offsetMs = databaseNow - (askedAt + answeredAt) / 2;
    const isConsistent = this.#offsetMs !== null && Math.abs(offsetMs - this.#offsetMs) <= roundTripMs / 2;
    if (roundTripMs > MAX_ROUND_TRIP_MS && isConsistent) return;
    this.#offsetMs = offsetMs;
  }
}
