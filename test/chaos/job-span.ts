/**
 * Jobs that begin after the run does, or end before it: from which share of the attack to which. Pure. Invariant: both ends
 * are whole seconds, so that an occurrence may fall upon them; it then belongs to the job.
 */
import type { JobSpec } from '../../src/modules/foundation/domain/job-config.ts';

export interface JobSpan {
  /** Shares of the attack, 0 … 1; left out: there is no such end. */
  readonly startShare?: number;
  readonly endShare?: number;
}

export function spanOf({ startShare, endShare }: JobSpan, fromMs: number, attackMs: number): Partial<JobSpec> {
  const at = (share: number): Date => new Date(Math.round((fromMs + share * attackMs) / 1_000) * 1_000);
  return {
    ...(startShare === undefined ? {} : { startAt: at(startShare) }),
    ...(endShare === undefined ? {} : { endAt: at(endShare) }),
  };
}
