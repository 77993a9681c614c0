/**
 * Time that stands still until it is told to go on. A test moves hours in milliseconds, and nothing runs but what is due.
 *
 * Invariant: timers run in the order of their instants, each after everything that the one before it set off has come
 * to rest; the monotonic clock never goes back, whatever becomes of the wall clock.
 */
import type { Clock } from '../modules/foundation/application/ports/clock.ts';
import type { CancelTimer, Timers } from '../modules/foundation/application/ports/timers.ts';

const LONGEST_SLEEP_MS = 30_000;
/** So many timers at one instant are a loop that does not sleep. */
const STORM = 2_000;

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

export class ManualTime implements Clock, Timers {
  #monotonicMs = 0;
  #wallClockMs: number;
  readonly #timers = new Set<Timer>();

  readonly #rest: () => Promise<void>;

  /**
   * @param now milliseconds since 1970, or a text that `Date` reads
   * @param rest resolves when all that a timer set off has come to rest
   */
  constructor(now: number | string, rest: () => Promise<void> = settle) {
    this.#wallClockMs = new Date(now).getTime();
    this.#rest = rest;
  }

  now(): number {
    return this.#wallClockMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  get timerCount(): number {
    return this.#timers.size;
  }

  wakeAfter(delayMs: number, callback: () => void): CancelTimer {
    if (Number.isNaN(delayMs)) throw new Error('A wake-up was asked for at no time at all.');
    const timer = { at: this.#monotonicMs + Math.ceil(Math.min(Math.max(delayMs, 0), LONGEST_SLEEP_MS)), callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Time passes: whatever becomes due meanwhile runs, and comes to rest. */
  async advance(ms: number): Promise<void> {
    const endsAt = this.#monotonicMs + ms;
    let atOnce = 0;
    await this.#rest();
    for (let next = this.#next(endsAt); next !== null; next = this.#next(endsAt)) {
      atOnce = next.at > this.#monotonicMs ? 0 : atOnce + 1;
      if (atOnce > STORM) throw new Error(`More than ${STORM} timers were due at the same instant.`);
      this.#passTo(Math.max(next.at, this.#monotonicMs));
      this.#timers.delete(next);
      next.callback();
      await this.#rest();
    }
    this.#passTo(endsAt);
  }

  /** Time passes at once, as for processes that are all suspended together: what becomes due meanwhile wakes late. */
  leap(ms: number): void {
    this.#passTo(this.#monotonicMs + ms);
  }

  /** Somebody sets the wall clock; nothing else notices. */
  stepWallClock(ms: number): void {
    this.#wallClockMs += ms;
  }

  /** Resolves when so much time has passed. */
  pass(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#timers.add({ at: this.#monotonicMs + ms, callback: resolve });
    return promise;
  }

  #next(endsAt: number): Timer | null {
    let next: Timer | null = null;
    for (const timer of this.#timers) if (timer.at <= endsAt && (next === null || timer.at < next.at)) next = timer;
    return next;
  }

  #passTo(monotonicMs: number): void {
    this.#wallClockMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
