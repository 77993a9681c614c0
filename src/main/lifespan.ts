/**
 * What lives as long as the application does: started in order, stopped in reverse, a deadline each. Invariant: what was
 * started is stopped, also when a later start fails or the stop comes while it starts; one that cannot stop in time does
 * not keep the others from it. `start` and `stop` may be called in any order and as often as one likes; `hurry` puts one
 * deadline over all that is still to be stopped.
 */
import { describeError } from '../modules/foundation/domain/describe-error.ts';
import type { Logger } from '../modules/foundation/application/ports/logger.ts';

const STOP_WITHIN_MS = 5_000;

export interface LifespanStep {
  readonly name: string;
  readonly start?: () => Promise<void> | void;
  readonly stop?: () => Promise<void> | void;
  /** How long `stop` may take, in milliseconds. Default 5,000. */
  readonly stopWithinMs?: number;
}

export class Lifespan {
  readonly #steps: readonly LifespanStep[];
  readonly #logger: Logger;
  readonly #started: LifespanStep[] = [];
  #starting: Promise<void> | null = null;
  /** The start of one step, while it is under way. Never rejects. */
  #stepStart: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | null = null;
  /** On the monotonic clock. */
  #hurryUntil = Number.POSITIVE_INFINITY;
  #hasten: () => void = () => {};

  constructor(steps: readonly LifespanStep[], logger: Logger) {
    this.#steps = steps;
    this.#logger = logger;
  }

  /** Starts what is not started. @throws what a step throws, after those before it were stopped */
  async start(): Promise<void> {
    await this.#stopping;
    this.#starting ??= this.#startAll();
    await this.#starting;
  }

  /** Stops what was started, and starts nothing more. */
  async stop(): Promise<void> {
    if (this.#starting === null) return;
    this.#stopping ??= this.#stopAll().finally(() => {
      this.#hurryUntil = Number.POSITIVE_INFINITY;
      this.#starting = null;
      this.#stopping = null;
    });
    await this.#stopping;
  }

  /**
   * A stop that is under way, or comes, ends within so many milliseconds from now: each step is still told to stop, and what
   * has not by then is named and left behind.
   */
  hurry(withinMs: number): void {
    this.#hurryUntil = Math.min(this.#hurryUntil, performance.now() + withinMs);
    this.#hasten();
  }

  async #startAll(): Promise<void> {
    for (const step of this.#steps) {
      // Leaves `#starting` assigned before a step can fail at once.
      await Promise.resolve();
      if (this.#stopping !== null) return;
      this.#started.push(step);
      const started = (async () => step.start?.())();
      this.#stepStart = started.catch(() => {});
      try {
        await started;
      } catch (error) {
        await this.stop();
        throw error;
      }
    }
  }

  async #stopAll(): Promise<void> {
    const startingStep = this.#started.at(-1);
    if (startingStep !== undefined) await this.#stopStep(startingStep.name, STOP_WITHIN_MS, () => this.#stepStart);
    for (const step of this.#started.splice(0).toReversed()) {
      await this.#stopStep(step.name, step.stopWithinMs ?? STOP_WITHIN_MS, async () => step.stop?.());
    }
  }

  async #stopStep(name: string, withinMs: number, stop: () => Promise<void>): Promise<void> {
    try {
      await this.#within(withinMs, stop());
    } catch (error) {
      this.#logger.error(`'${name}' did not stop cleanly; the others are stopped all the same.`, {
        reason: describeError(error).message,
      });
    }
  }

  async #within(limitMs: number, work: Promise<void>): Promise<void> {
    const { promise: expired, reject } = Promise.withResolvers<never>();
    const startedAt = performance.now();
    let timer: ReturnType<typeof setTimeout> | undefined;
    this.#hasten = () => {
      clearTimeout(timer);
      const leftMs = Math.max(0, this.#hurryUntil - startedAt);
      const atMostMs = Math.min(limitMs, leftMs);
      const fault = leftMs < limitMs ? 'It was told to hurry, and had' : 'It took longer than';
      timer = setTimeout(
        () => reject(new Error(`${fault} ${Math.round(atMostMs)} ms.`)),
        Math.max(0, startedAt + atMostMs - performance.now()),
      );
    };
    this.#hasten();
    try {
      await Promise.race([work, expired]);
    } finally {
      clearTimeout(timer);
      this.#hasten = () => {};
    }
  }
}
