/**
 * In which order the live instances claim a job: rendezvous hashing, so that one that comes or goes moves its own share and
 * no other; and what its owner leaves over, a moment after it was due. Nothing rests on it but how rarely two of them want the
 * same: the claiming statement decides. Invariant: what is left to another is looked for when it is overdue, whoever should
 * have claimed it.
 */
import { hashBegun, stableHash } from '../domain/cron/stable-hash.ts';
import { isPaused, nextFire } from '../domain/next-fire.ts';
import type { DatabaseTime } from './database-time.ts';
import type { InstanceLease } from './instance-lease.ts';
import type { DirectoryEntry, JobDirectory } from './job-directory.ts';

/** What its owner has not claimed so long after it was due, the next in order claims; the one after that as long after. */
export const LEFT_OVER_MS = 250;
/** Who came late to his own share of an instant leaves the others twice as long, and so long at most. */
const MOST_LEFT_OVER_MS = 2_000;

export interface OwnShareDeps {
  readonly directory: JobDirectory;
  readonly lease: InstanceLease;
  readonly time: DatabaseTime;
}

export class OwnShare {
  readonly #deps: OwnShareDeps;
  /** When the oldest that was left to another will be overdue. */
  #leftOverAt = Number.POSITIVE_INFINITY;
  #leftUntil = Number.NEGATIVE_INFINITY;
  /** The latest instant of which it had a share to claim, and how late it came to that. */
  #own = { dueAt: Number.NEGATIVE_INFINITY, lateMs: 0 };

  constructor(deps: OwnShareDeps) {
    this.#deps = deps;
  }

  /** How long until what others left over is to be looked for. */
  get leftOverInMs(): number {
    return Math.max(0, this.#leftOverAt - this.#deps.time.now());
  }

  /** Those that it is this instance's turn to claim; the others are left to their owners until they are overdue. */
  of(entries: readonly DirectoryEntry[]): DirectoryEntry[] {
    const { lease, time } = this.#deps;
    if (lease.live.length <= 1) return [...entries];
    const now = time.now();
    const rankOf = rankAmong(
      lease.instanceId,
      lease.live.map(({ id }) => id),
    );
    return entries.filter((entry) => {
      if (!isShared(entry, now)) return true;
      const rank = rankOf(entry.job.jobId);
      if (rank === 0) this.#noteOwn(entry.dueAt, now);
      const turnAt = entry.dueAt + rank * this.#patienceMs(entry.dueAt);
      const isTurn = rank === 0 || turnAt <= now;
      if (!isTurn) this.#leave(entry, turnAt);
      return isTurn;
    });
  }

  #noteOwn(dueAt: number, now: number): void {
    if (dueAt < this.#own.dueAt) return;
    const lateMs = dueAt > this.#own.dueAt ? 0 : this.#own.lateMs;
    this.#own = { dueAt, lateMs: Math.max(lateMs, now - dueAt) };
  }

  /** As late as this one comes to its own, the others may come to theirs: if it claimed those too, all would be later still. */
  #patienceMs(dueAt: number): number {
    const lateMs = dueAt === this.#own.dueAt ? this.#own.lateMs : 0;
    return Math.min(Math.max(LEFT_OVER_MS, 2 * lateMs), MOST_LEFT_OVER_MS);
  }

  /** Nothing is left over that is overdue by now; what is due later is looked for later. */
  lookedForLeftOvers(): void {
    const now = this.#deps.time.now();
    this.#leftOverAt = this.#leftUntil + LEFT_OVER_MS > now ? this.#leftUntil + LEFT_OVER_MS : Number.POSITIVE_INFINITY;
  }

  /** It waits for the next occurrence; where that comes before the turn, for its turn. */
  #leave({ job, dueAt }: DueEntry, turnAt: number): void {
    const { directory } = this.#deps;
    const nextAt = nextFire(job.terms, job.schedule, dueAt);
    if (nextAt !== null && nextAt <= turnAt) return directory.look(job, turnAt);
    directory.put(job, nextAt);
    this.#leftOverAt = Math.min(this.#leftOverAt, turnAt);
    this.#leftUntil = Math.max(this.#leftUntil, dueAt);
  }
}

interface DueEntry extends DirectoryEntry {
  readonly dueAt: number;
}

/** A start that its jitter delays is nobody's herd. */
function isShared(entry: DirectoryEntry, now: number): entry is DueEntry {
  const { terms } = entry.job;
  return entry.dueAt !== null && terms.jitterMs === 0 && !isPaused(terms, now);
}

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
