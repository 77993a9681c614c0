/**
 * When a run that failed is tried again: exponential backoff with deterministic jitter.
 *
 * Invariant: the same attempt of the same run waits equally long on every replica, and never longer than the job's
 * `retryBackoffMax`; jitter only takes off, at most a quarter, so that runs that failed together return apart.
 */
import { stableHash } from './cron/stable-hash.ts';
import type { JobConfig } from './job-config.ts';
import { type FailureReason, idempotencyKey, type Run } from './run.ts';

export type RetryBackoff = Pick<JobConfig, 'retryBackoffMs' | 'retryBackoffMax'>;
type Attempt = Pick<Run, 'jobId' | 'scheduledAt' | 'attempt'>;

const JITTER = 1 / 4;
/** A job whose lost runs are retried allows at least so many attempts, whatever its `maxAttempts`. */
export const LOST_ATTEMPTS = 2;

/** How long the attempt after this one waits, in whole milliseconds. */
export function retryDelayMs(run: Attempt, { retryBackoffMs, retryBackoffMax }: RetryBackoff): number {
  const wholeMs = Math.min(retryBackoffMs * 2 ** (run.attempt - 1), retryBackoffMax);
  const fraction = stableHash(`${idempotencyKey(run)}\u0000${run.attempt}`) / 2 ** 32;
  return Math.ceil(wholeMs - wholeMs * JITTER * fraction);
}

/** How long after its failure a run is tried again; null: this was its last attempt. */
export function retryAfterMs(run: Attempt & Pick<Run, 'maxAttempts'>, backoff: RetryBackoff): number | null {
  return run.attempt < run.maxAttempts ? retryDelayMs(run, backoff) : null;
}

/** Of a lost run its job's `onLost` says what follows, and one that was cancelled is not wanted. */
export function isRetried(reason: FailureReason): boolean {
  return reason === 'ERROR' || reason === 'TIMEOUT';
}
