/**
 * Claims waiting runs. Invariant: one that the database refuses holds up no other: it is found by halves, put off alone and
 * tried again in a minute, and each time that is said.
 */
import { describeError } from '../domain/describe-error.ts';
import { DatabaseUnavailableError } from '../domain/errors.ts';
import type { InstanceLease } from './instance-lease.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { PendingClaim, PendingClaimOptions, PendingRuns } from './ports/pending-runs.ts';

const REFUSED_MS = 60_000;

export interface PendingRunClaimerDeps {
  readonly pending: PendingRuns;
  readonly lease: InstanceLease;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Asked = Pick<PendingClaimOptions, 'handlers' | 'exceptJobs'>;

export class PendingRunClaimer {
  readonly #deps: PendingRunClaimerDeps;
  /** Until when each is left alone, on the monotonic clock. */
  readonly #refused = new Map<string, number>();

  constructor(deps: PendingRunClaimerDeps) {
    this.#deps = deps;
  }

  /** @throws DatabaseUnavailableError */
  async claim(asked: Asked, limit: number): Promise<PendingClaim> {
    const { clock, lease, pending } = this.#deps;
    for (const [id, until] of this.#refused) if (until <= clock.monotonicMs()) this.#refused.delete(id);
    const options = { ...asked, limit, renewals: lease.renewals, except: [...this.#refused.keys()] };
    try {
      return await pending.claim(lease.instanceId, options);
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) throw error;
      const ready = await pending.getReady(options);
      if (ready.length === 0) throw error;
      return await this.#claimApart(asked, ready, error);
    }
  }

  async #claimApart(asked: Asked, ids: readonly string[], error: unknown): Promise<PendingClaim> {
    if (ids.length === 1) {
      this.#putOff(ids[0]!, error);
      return { runs: [], nextInMs: null, isAnyLeft: true };
    }
    const half = Math.ceil(ids.length / 2);
    const claims: PendingClaim[] = [];
    for (const part of [ids.slice(0, half), ids.slice(half)]) claims.push(await this.#claimOnly(asked, part));
    return { ...claims.at(-1)!, runs: claims.flatMap(({ runs }) => runs) };
  }

  async #claimOnly(asked: Asked, only: readonly string[]): Promise<PendingClaim> {
    const { lease, pending } = this.#deps;
    try {
      return await pending.claim(lease.instanceId, {
        ...{ ...asked, only, limit: only.length, renewals: lease.renewals, except: [...this.#refused.keys()] },
      });
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) throw error;
      return await this.#claimApart(asked, only, error);
    }
  }

  #putOff(executionId: string, error: unknown): void {
    this.#refused.set(executionId, this.#deps.clock.monotonicMs() + REFUSED_MS);
    this.#deps.logger.error(
      'The database refuses to start a waiting run; it is tried again in a minute, and the others go on.',
      {
        executionId,
        reason: describeError(error).message,
      },
    );
  }
}
