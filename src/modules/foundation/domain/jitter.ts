/**
 * Deterministic jitter: how much later than its nominal time an occurrence starts, to spread load.
 *
 * Invariant: the same job and occurrence give the same delay on every replica; the delayed start stays before the next
 * occurrence; the nominal time itself is never changed.
 */
import { stableHash } from './cron/stable-hash.ts';

export interface Jittered {
  readonly jobId: string;
  /** The nominal time, epoch ms. */
  readonly scheduledAt: number;
  /** The next occurrence, epoch ms; null when there is none. */
  readonly nextAt: number | null;
}

/**
 * The delay of an occurrence.
 * @param jitterMs the most that a start is delayed; zero or less: not at all.
 * @returns whole milliseconds in [0, jitterMs], less than what is left until the next occurrence.
 */
export function jitterOf(occurrence: Jittered, jitterMs: number): number {
  const { jobId, scheduledAt, nextAt } = occurrence;
  const room = nextAt === null ? Number.POSITIVE_INFINITY : nextAt - scheduledAt - 1;
  const most = Math.floor(Math.min(jitterMs, room));
  if (!(most > 0)) return 0;
  const fraction = stableHash(`${jobId}\u0000${scheduledAt}`) / 2 ** 32;
  return Math.floor(fraction * (most + 1));
}
