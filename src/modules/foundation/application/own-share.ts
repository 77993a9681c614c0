/**
 * Which of the live instances claims a job first: rendezvous hashing, so that one that comes or goes moves its own share and
 * no other. Nothing rests on it but how rarely two of them want the same: the claiming statement decides.
 */
import { stableHash } from '../domain/cron/stable-hash.ts';

/** @param instanceIds those that are alive, in any order @returns null: there is none */
export function ownerOf(jobId: string, instanceIds: readonly string[]): string | null {
  let owner: string | null = null;
  let highest = -1;
  for (const instanceId of instanceIds) {
    const weight = stableHash(`${instanceId}\u0000${jobId}`);
    if (weight > highest || (weight === highest && owner !== null && instanceId > owner)) {
      highest = weight;
      owner = instanceId;
    }
  }
  return owner;
}
