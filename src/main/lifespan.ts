/**
 * What lives as long as the application does: started in order, stopped in reverse, a deadline each. Invariant: what was
 * started is stopped, also when a later start fails; one that cannot stop in time does not keep the others from it.
 */
import { describeError } from '../modules/foundation/domain/describe-error.ts';
import type { Logger } from '../modules/foundation/application/ports/logger.ts';

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
  #started: LifespanStep[] = [];
  #stopping: Promise<void> | null = null;

  constructor(steps: readonly LifespanStep[], logger: Logger) {
    this.#steps = steps;
    this.#logger = logger;
  }

  /** @throws what a step throws, after those before it were stopped */
  async start(): Promise<void> {
    for (const step of this.#steps) {
      this.#started.push(step);
      try {
        await step.start?.();
      } catch (error) {
        await this.stop();
        throw error;
      }
    }
  }

  /** Stops what was started. Safe to call twice, and before `start`. */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    await this.#stopping;
  }

  async #stopAll(): Promise<void> {
    for (const step of this.#started.splice(0).toReversed()) {
      try {
        await within(step.stopWithinMs ?? 5_000, Promise.resolve(step.stop?.()));
      } catch (error) {
        this.#logger.error(`'${step.name}' did not stop cleanly; the others are stopped all the same.`, {
          reason: describeError(error).message,
        });
      }
    }
  }
}

async function within(limitMs: number, work: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`It took longer than ${limitMs} ms.`)), limitMs);
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
