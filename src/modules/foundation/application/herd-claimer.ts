/**
 * Many jobs due at one instant: claimed ahead, a second or, the larger the herd, up to ten, so that they start on time; among
 * several replicas each its own share.
 *
 * Invariants: only what can be judged ahead is taken ahead (no jitter to wait for, nothing queued, no limit of runs to
 * count, an interval so long that a job is not always claimed), and none before half of the time to its next. A few jobs are claimed when they are due: ahead pays for a herd alone. Claims ahead go
 * on beside the loop, two at a time, so that one is made ready while the database works at another, and what is due
 * meanwhile waits for none of them.
 */
import { isPaused, nextFire } from '../domain/next-fire.ts';
import type { AheadRuns } from './ahead-runs.ts';
import type { DatabaseTime } from './database-time.ts';
import type { DueClaimer } from './due-claimer.ts';
import { MAX_HELD } from './held-runs.ts';
import type { InstanceLease } from './instance-lease.ts';
import type { DirectoryEntry, JobDirectory } from './job-directory.ts';
import { OwnShare } from './own-share.ts';

const LEAST_AHEAD_MS = 1_000;
/** Below a lease. */
const MOST_AHEAD_MS = 10_000;
/** What a database claims in a millisecond, of all replicas together: a busy machine with two cores, in cold code. */
const CLAIMS_PER_MS = 5;
/** So often, where something is due soon, it is counted how much, and looked at what of it can be taken. */
const COUNT_EVERY_MS = 500;
/** So often, while a herd is to come that takes more than a second, and there is little else to look at. */
const LOOK_EVERY_MS = 50;
/** Fewer that are due within that time are claimed when they are due. */
const HERD = 20;
const BATCH = 1_000;
/** Claims under way at once. */
const LANES = 2;
/** Of a job that fires more often, runs by hand would hardly find a moment in which none is claimed. */
const LEAST_INTERVAL_MS = 10_000;
export interface HerdClaimerDeps {
  readonly directory: JobDirectory;
  readonly lease: InstanceLease;
  readonly time: DatabaseTime;
}

export class HerdClaimer {
  readonly share: OwnShare;
  readonly #deps: HerdClaimerDeps;
  readonly #claimer: DueClaimer;
  readonly #ahead: AheadRuns;
  /** How long before they are due those are claimed that were counted last. */
  #aheadMs = LEAST_AHEAD_MS;
  #countedAt = Number.NEGATIVE_INFINITY;
  #soon = 0;
  /** What is due up to this instant has been looked at. */
  #lookedUntil = Number.NEGATIVE_INFINITY;
  /** Ids of what is being taken, those that come next at the end; and until when it is due. */
  #coming: string[] = [];
  #comingUntil = Number.NEGATIVE_INFINITY;
  #collectedAt = Number.NEGATIVE_INFINITY;
  /** So many are due soon that they take more than a second, and they are not within reach yet. */
  #isLargeToCome = false;
  readonly #underWay = new Set<Promise<void>>();
  #askedFor = 0;
  readonly #onEnd: (error: unknown) => void;
  /** @param onEnd is told when a claim has ended: with its error, or null */
  constructor(deps: HerdClaimerDeps, claimer: DueClaimer, ahead: AheadRuns, onEnd: (error: unknown) => void) {
    this.share = new OwnShare(deps);
    this.#deps = deps;
    this.#claimer = claimer;
    this.#ahead = ahead;
    this.#onEnd = onEnd;
  }

  /** How long until there is something to take ahead; Infinity: nothing that is known. */
  get inMs(): number {
    const { directory, time } = this.#deps;
    const next = directory.nextLook('persisted');
    if (this.#underWay.size >= LANES || this.#room <= 0) return Number.POSITIVE_INFINITY;
    if (next === null || next <= this.#lookedUntil) return Number.POSITIVE_INFINITY;
    const now = time.now();
    const restMs =
      this.#coming.length > 0 ? 0 : this.#collectedAt + (this.#isLargeToCome ? LOOK_EVERY_MS : COUNT_EVERY_MS) - now;
    const countInMs = Math.max(next - MOST_AHEAD_MS, this.#countedAt + COUNT_EVERY_MS) - now;
    return Math.max(0, restMs, Math.min(next - this.#aheadMs - now, countInMs));
  }

  /** Runs may be claimed at this moment: which, only the answer says. */
  get isClaiming(): boolean {
    return this.#underWay.size > 0;
  }

  get #room(): number {
    return MAX_HELD - this.#ahead.size - this.#askedFor;
  }

  /** Resolves when no claim is under way. Never rejects. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Begins to claim one batch, if there is one. */
  take(): void {
    const { directory, time } = this.#deps;
    if (this.inMs > 0) return;
    const now = time.now();
    this.#count(now);
    const until = now + this.#aheadMs;
    if (directory.nextLook('persisted')! > until) return;
    if (this.#coming.length === 0 || now >= this.#comingUntil) this.#collect(now, until);
    this.#begin(this.share.of(this.#nextBatch(now)));
    if (this.#coming.length === 0) this.#lookedUntil = this.#isLargeToCome ? now : now + LEAST_AHEAD_MS;
  }

  /** In the order of their ids: neighbours in the database's indexes are then claimed, and recorded, together. */
  #collect(now: number, until: number): void {
    this.#collectedAt = now;
    this.#comingUntil = until;
    const within = this.#deps.directory.jobIdsUpTo(until);
    const jobIds = within.filter((jobId) => this.#takeable(jobId, now) !== null);
    this.#isLargeToCome = jobIds.length < BATCH && aheadMsOf(this.#soon - within.length) > LEAST_AHEAD_MS;
    this.#coming = jobIds.length < HERD ? [] : jobIds.toSorted().toReversed();
  }

  /** Of what is looked at, as much is this instance's own as fills a batch. */
  #nextBatch(now: number): DirectoryEntry[] {
    const reach = Math.min(BATCH, this.#room) * Math.max(1, this.#deps.lease.live.length);
    const batch: DirectoryEntry[] = [];
    while (batch.length < reach && this.#coming.length > 0) {
      const entry = this.#takeable(this.#coming.pop()!, now);
      if (entry !== null) batch.push(entry);
    }
    return batch;
  }

  /** It may have moved on since it was collected, to an occurrence that is nobody's to claim yet. */
  #takeable(jobId: string, now: number): DirectoryEntry | null {
    const { directory } = this.#deps;
    const entry = directory.get(jobId);
    if (entry?.job.isPersisted !== true || entry.dueAt === null || entry.dueAt > this.#comingUntil) return null;
    return canBeTakenAhead(entry, directory.lookOf(jobId) ?? now, now) ? entry : null;
  }

  /** A large herd takes longer to be claimed: so much earlier it is begun. */
  #count(now: number): void {
    if (now < this.#countedAt + COUNT_EVERY_MS) return;
    this.#countedAt = now;
    this.#soon = this.#deps.directory.jobIdsUpTo(now + MOST_AHEAD_MS).length;
    this.#aheadMs = aheadMsOf(this.#soon);
  }

  #begin(coming: readonly DirectoryEntry[]): void {
    if (coming.length === 0) return;
    this.#askedFor += coming.length;
    const claiming: Promise<void> = this.#claimer
      .claimAhead(coming, this.#aheadMs)
      .then(
        () => null,
        (error: unknown) => error,
      )
      .then((error) => this.#ended(claiming, coming.length, error));
    this.#underWay.add(claiming);
  }

  #ended(claiming: Promise<void>, asked: number, error: unknown): void {
    this.#askedFor -= asked;
    this.#underWay.delete(claiming);
    this.#onEnd(error);
  }
}

/** How long before they are due so many begin to be claimed. */
export function aheadMsOf(jobs: number): number {
  return Math.min(Math.max(jobs / CLAIMS_PER_MS, LEAST_AHEAD_MS), MOST_AHEAD_MS);
}

function canBeTakenAhead({ job: { terms, schedule }, dueAt }: DirectoryEntry, lookAt: number, now: number): boolean {
  if (dueAt === null || dueAt <= now || lookAt !== dueAt || terms.jitterMs > 0 || isPaused(terms, now)) return false;
  if (terms.maxConcurrentRuns !== null) return false;
  if (terms.overlapPolicy !== 'skip' && terms.overlapPolicy !== 'allow') return false;
  try {
    const nextAt = nextFire(terms, schedule, dueAt);
    const intervalMs = nextAt === null ? LEAST_INTERVAL_MS : nextAt - dueAt;
    return intervalMs >= Math.max(LEAST_INTERVAL_MS, 2 * (dueAt - now));
  } catch {
    // When it is due, whoever plans it says why it cannot be.
    return false;
  }
}
