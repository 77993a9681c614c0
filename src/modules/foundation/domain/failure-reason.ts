/** Why a run failed, read from what was thrown. Invariant: never throws, whatever was. */
import { RunCancelledError, RunLostError, RunTimeoutError } from './errors.ts';
import type { FailureReason } from './run.ts';

/** Anything may be thrown, a proxy too that throws when it is asked what it is. */
export function failureReasonOf(thrown: unknown): FailureReason {
  try {
    if (thrown instanceof RunTimeoutError) return 'TIMEOUT';
    if (thrown instanceof RunLostError) return 'LOST';
    return thrown instanceof RunCancelledError ? 'CANCELLED' : 'ERROR';
  } catch {
    return 'ERROR';
  }
}
