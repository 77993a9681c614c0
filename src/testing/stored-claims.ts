/** The port FireClaims over the store in memory. */
import type {
  ClaimOptions,
  ClaimResult,
  DueFire,
  FireClaims,
  FireCursor,
  OverduePage,
} from '../modules/foundation/application/ports/fire-claims.ts';
import { isPaused } from '../modules/foundation/domain/next-fire.ts';
import type { Run } from '../modules/foundation/domain/run.ts';
import { DatabaseBusyError } from '../modules/foundation/domain/errors.ts';
import type { InMemoryStore } from './in-memory-store.ts';
import type { StoreLink } from './store-link.ts';
import { isBehindWaiting, isHeldBack, isQueueing, isToWait, judgeOverlap } from './stored-overlaps.ts';

const RUNNING = {
  status: 'RUNNING',
  finishedAt: null,
  durationMs: null,
  errorMessage: null,
  errorStack: null,
  failureReason: null,
  result: null,
  progress: null,
} as const;

/**
 * Writes a RUNNING record. @param mayExclude false: it keeps no other run of its job away
 * @returns false where its occurrence has one already
 */
export function insertRunning(store: InMemoryStore, run: Run, mayExclude = true): boolean {
  const isTaken = store
    .runsOf(run.jobId)
    .some((other) => other.scheduledAt.getTime() === run.scheduledAt.getTime() && other.attempt === run.attempt);
  if (isTaken || store.executions.has(run.id)) return false;
  const { id, jobId, scheduledAt, claimedAt = null, startedAt, attempt, maxAttempts, trigger } = run;
  const written = { id, jobId, scheduledAt, claimedAt, startedAt, attempt, maxAttempts, trigger };
  const isExclusive = mayExclude && (store.configs.get(jobId)?.overlapPolicy ?? 'allow') !== 'allow';
  if (isExclusive && !store.isExclusivelyRunning(jobId)) store.exclusive.add(id);
  store.executions.set(id, { ...written, instanceId: run.instanceId, jobKwargs: run.jobKwargs, ...RUNNING });
  return true;
}

/** So many claims leave jobs alone of which a run goes on, after one that had to wait for the record of such a run. */
const CAREFUL_CLAIMS = 100;

export class StoredFireClaims implements FireClaims {
  readonly #link: StoreLink;
  #carefulClaims = 0;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  async claim(instanceId: string, fires: readonly DueFire[], options: ClaimOptions = {}): Promise<ClaimResult> {
    const isCareful = this.#carefulClaims > 0;
    if (isCareful) this.#carefulClaims -= 1;
    try {
      return await this.#claim(instanceId, fires, { ...options, isCareful });
    } catch (error) {
      if (isCareful || !(error instanceof DatabaseBusyError)) throw error;
      this.#carefulClaims = CAREFUL_CLAIMS;
      return await this.#claim(instanceId, fires, { ...options, isCareful: true });
    }
  }

  #claim(
    instanceId: string,
    fires: readonly DueFire[],
    { aheadMs = 0, renewals, isCareful }: ClaimOptions & { readonly isCareful: boolean },
  ): Promise<ClaimResult> {
    const { store } = this.#link;
    return this.#link.call('claims.claim', () => {
      if (store.isLeased(instanceId, renewals)) store.held.needRecords(neededRecords(store, fires, isCareful));
      const claiming: Claiming = { store, instanceId, runs: [], moved: new Set(), until: store.now() + aheadMs };
      if (store.isLeased(instanceId, renewals)) for (const fire of fires) claimOne(claiming, fire);
      const runs = claiming.runs.map((run) => store.withLastSuccess(run));
      return { runs, moved: claiming.moved, tick: store.tick };
    });
  }

  getClaimed(instanceId: string, runIds: readonly string[]): Promise<Run[]> {
    const { store } = this.#link;
    return this.#link.call('claims.getClaimed', () =>
      runIds
        .map((id) => store.executions.get(id))
        .filter((run) => run !== undefined)
        .filter((run) => run.instanceId === instanceId && run.status === 'RUNNING'),
    );
  }

  async getExclusive(instanceId: string, runIds: readonly string[]): Promise<Set<string>> {
    const claimed = await this.getClaimed(instanceId, runIds);
    return new Set(claimed.map(({ id }) => id).filter((id) => this.#link.store.exclusive.has(id)));
  }

  arm(cursors: readonly { jobId: string; revision: number; nextFireAt: Date | null }[]): Promise<Set<string>> {
    const { store } = this.#link;
    return this.#link.call('claims.arm', () => {
      const armed = new Set<string>();
      for (const { jobId, revision, nextFireAt } of cursors) {
        const cursor = store.cursors.get(jobId);
        if (cursor?.nextFireAt !== 'unarmed' || cursor.revision !== revision || store.held.cursors.has(jobId)) continue;
        store.cursors.set(jobId, { jobId, revision, nextFireAt: nextFireAt ?? 'exhausted' });
        if (nextFireAt === null) store.expire(jobId, revision);
        armed.add(jobId);
      }
      return armed;
    });
  }

  getCursors(jobIds: readonly string[]): Promise<FireCursor[]> {
    const { store } = this.#link;
    return this.#link.call('claims.getCursors', () =>
      [...store.cursors.values()].filter((cursor) => jobIds.includes(cursor.jobId)),
    );
  }

  getDueOrUnarmed(limit: number): Promise<FireCursor[]> {
    const { store } = this.#link;
    return this.#link.call('claims.getDueOrUnarmed', () => store.dueOrUnarmed().slice(0, limit));
  }

  getOverdue(olderThanMs: number, { limit, after }: OverduePage): Promise<FireCursor[]> {
    const { store } = this.#link;
    return this.#link.call('claims.getOverdue', () =>
      [...store.cursors.values()]
        .filter(({ jobId, nextFireAt }) => isClaimable(store, jobId) && Number(nextFireAt) <= store.now() - olderThanMs)
        .toSorted(byInstant)
        .filter((cursor) => after === null || byInstant(cursor, after) > 0)
        .slice(0, limit),
    );
  }
}

function isClaimable(store: InMemoryStore, jobId: string): boolean {
  const config = store.configs.get(jobId);
  return config?.enabled === true && !isPaused(config, store.now());
}

function byInstant(a: FireCursor, b: FireCursor): number {
  return Number(a.nextFireAt) - Number(b.nextFireAt) || a.jobId.localeCompare(b.jobId);
}

interface Claiming {
  readonly store: InMemoryStore;
  readonly instanceId: string;
  readonly runs: Run[];
  readonly moved: Set<string>;
  /** Cursors up to this instant are taken. */
  readonly until: number;
}

function claimOne({ store, instanceId, runs, moved, until }: Claiming, fire: DueFire): void {
  const { config, dueAt, nextFireAt, event } = fire;
  const { jobId, revision, maxAttempts, jobKwargs } = config;
  const cursor = store.cursors.get(jobId);
  if (cursor?.revision !== revision || !(cursor.nextFireAt instanceof Date) || isHeldUp(store, fire)) return;
  if (cursor.nextFireAt.getTime() !== dueAt.getTime() || dueAt.getTime() > until) return;
  if (fire.run !== null && isBehindUnconfirmed(store, fire)) return;
  const isOverlapping = isHeldBack(store, config);
  const isBehind = isBehindWaiting(store, fire);
  if (fire.run !== null && (isOverlapping || isBehind) && isToWait(store, fire)) return;
  if (fire.run !== null && (isOverlapping || isBehind)) {
    judgeOverlap(store, fire, { run: fire.run, instanceId });
  } else if (fire.run !== null) {
    const claimedAt = new Date(store.now());
    const startedAt = claimedAt < fire.run.scheduledAt ? fire.run.scheduledAt : claimedAt;
    const run = { ...fire.run, jobId, claimedAt, startedAt, attempt: 1, maxAttempts, instanceId, jobKwargs };
    if (insertRunning(store, run)) runs.push(run);
  }
  if (event !== null) store.addEvent(event);
  store.cursors.set(jobId, { jobId, revision, nextFireAt: nextFireAt ?? 'exhausted' });
  if (nextFireAt === null) store.expire(jobId, revision);
  moved.add(jobId);
}

/** Records that may keep those of these fires away: who is careful sees what they say, and waits for nobody. */
function neededRecords(store: InMemoryStore, fires: readonly DueFire[], isCareful: boolean): string[] {
  return fires.flatMap((fire) => {
    const { config, run } = fire;
    if (isCareful || run === null || isHeldUp(store, fire)) return [];
    const others = store.runsOf(config.jobId).filter((other) => {
      const isSame = Number(other.scheduledAt) === Number(run.scheduledAt) && other.attempt === 1;
      return isSame || (other.status === 'RUNNING' && store.exclusive.has(other.id));
    });
    return others.map(({ id }) => id);
  });
}

/** Somebody holds its cursor; or its job, of which nothing can be queued then. */
function isHeldUp({ held }: InMemoryStore, fire: DueFire): boolean {
  const { jobId } = fire.config;
  return held.cursors.has(jobId) || (fire.run !== null && isQueueing(fire) && held.configs.has(jobId));
}

/** Behind a run that was claimed ahead and may still be given back, and that keeps this one away. */
function isBehindUnconfirmed(store: InMemoryStore, { config: { jobId, overlapPolicy }, run }: DueFire): boolean {
  return store
    .runsOf(jobId)
    .filter((other) => overlapPolicy !== 'allow' || Number(other.scheduledAt) === Number(run?.scheduledAt))
    .some((other) => store.isUnconfirmed(other));
}
