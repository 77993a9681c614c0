/**
 * In which order the live instances claim a job: rendezvous hashing, so that one that comes or goes moves its own share and
 * no other. Nothing rests on it but how rarely two of them want the same: the claiming statement decides.
 */
import { hashBegun, stableHash } from '../domain/cron/stable-hash.ts';

/**
 * How many of the live come before this one in claiming a job; 0: it is the first. Made once for many jobs.
 * @param instanceIds those that are alive, in any order
 */
export function rankAmong(instanceId: string, instanceIds: readonly string[]): (jobId: string) => number {
  const begunOf = (id: string): number => hashBegun(`${id}\u0000`);
  const begun = begunOf(instanceId);
  const others = instanceIds.filter((id) => id !== instanceId).map((id) => ({ id, begun: begunOf(id) }));
  return (jobId) => {
    const own = stableHash(jobId, begun);
    let rank = 0;
    for (const other of others) {
      const weight = stableHash(jobId, other.begun);
      if (weight > own || (weight === own && other.id > instanceId)) rank += 1;
    }
    return rank;
  };
}
