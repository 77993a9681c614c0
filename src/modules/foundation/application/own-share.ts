/**
 * In which order the live instances claim a job: rendezvous hashing, so that one that comes or goes moves its own share and
 * no other. Nothing rests on it but how rarely two of them want the same: the claiming statement decides.
 */
import { stableHash } from '../domain/cron/stable-hash.ts';

/**
 * How many of the live come before this one in claiming a job; 0: it is the first.
 * @param instanceIds those that are alive, in any order
 */
export function rankOf(jobId: string, instanceId: string, instanceIds: readonly string[]): number {
  const own = weightOf(jobId, instanceId);
  let rank = 0;
  for (const other of instanceIds) {
    const weight = weightOf(jobId, other);
    if (weight > own || (weight === own && other > instanceId)) rank += 1;
  }
  return rank;
}

function weightOf(jobId: string, instanceId: string): number {
  return stableHash(`${instanceId}\u0000${jobId}`);
}
