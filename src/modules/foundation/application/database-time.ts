/**
 * The database's clock, as well as this process knows it: the process's monotonic clock plus an offset learnt from
 * answers. What is due is decided by the database itself; this only says when it is worth asking.
 */
import type { Clock } from './ports/clock.ts';

/** By how much two clocks may part, in milliseconds a millisecond: so slowly what was learnt grows old. */
const DRIFT = 1 / 10_000;

/** What an answer says: the offset, how wrong it may be, and when it was given, on the monotonic clock. */
interface Reading {
  readonly offsetMs: number;
  readonly errorMs: number;
  readonly at: number;
}

export class DatabaseTime {
  readonly #clock: Clock;
  #reading: Reading | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds since 1970. Before the first answer: this process's wall clock. */
  now(): number {
    return this.#reading === null ? this.#clock.now() : Math.floor(this.#clock.monotonicMs() + this.#reading.offsetMs);
  }

  /** What it is at least, however long the answer took that it was learnt from: for whoever cannot ask before he acts. */
  atLeast(): number {
    return this.now() - Math.ceil(this.#reading?.errorMs ?? 0);
  }

  /**
   * Takes an answer into account. One that took long says little about when it was given: it corrects only what it shows to
   * be wrong, so that a slow network does not move the clock by as much as it is slow.
   * @param databaseNow what the database's clock said, milliseconds since 1970
   * @param askedAt this process's monotonic clock when it asked
   */
  observe(databaseNow: number, askedAt: number): void {
    const answeredAt = this.#clock.monotonicMs();
    const offsetMs = databaseNow - (askedAt + answeredAt) / 2;
    const reading: Reading = { offsetMs, errorMs: (answeredAt - askedAt) / 2, at: answeredAt };
    if (this.#reading === null || isBetter(reading, this.#reading)) this.#reading = reading;
  }
}

function isBetter(reading: Reading, known: Reading): boolean {
  const knownErrorMs = known.errorMs + (reading.at - known.at) * DRIFT;
  const isConsistent = Math.abs(reading.offsetMs - known.offsetMs) <= reading.errorMs + knownErrorMs;
  return !isConsistent || reading.errorMs <= knownErrorMs;
}
