/** The port FireClaims over the store in memory. */
import type {
  ClaimOptions,
  ClaimResult,
  DueFire,
  FireClaims,
  FireCursor,
  OverduePage,
} from '../modules/foundation/application/ports/fire-claims.ts';
import { SCHEDULER_ACTOR } from '../modules/foundation/application/ports/pending-runs.ts';
import type { RunnableConfig } from '../modules/foundation/domain/job-config.ts';
import { isPaused } from '../modules/foundation/domain/next-fire.ts';
import type { Run } from '../modules/foundation/domain/run.ts';
import type { InMemoryStore } from './in-memory-store.ts';
import type { StoreLink } from './store-link.ts';

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

export class StoredFireClaims implements FireClaims {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  claim(instanceId: string, fires: readonly DueFire[], options: ClaimOptions = {}): Promise<ClaimResult> {
    const { aheadMs = 0, renewals } = options;
    const { store } = this.#link;
    return this.#link.call('claims.claim', () => {
      const claiming: Claiming = { store, instanceId, runs: [], moved: new Set(), until: store.now() + aheadMs };
      if (store.isLeased(instanceId, renewals)) for (const fire of fires) claimOne(claiming, fire);
      const successOf = (jobId: string): Date | null => store.configs.get(jobId)?.lastSuccessAt ?? null;
      const runs = claiming.runs.map((run) => ({ ...run, lastSuccessAt: successOf(run.jobId) }));
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
        if (cursor?.nextFireAt !== 'unarmed' || cursor.revision !== revision) continue;
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
  if (cursor?.revision !== revision || !(cursor.nextFireAt instanceof Date)) return;
  if (cursor.nextFireAt.getTime() !== dueAt.getTime() || dueAt.getTime() > until) return;
  if (fire.run !== null && isBehindUnconfirmed(store, fire)) return;
  const isOverlapping = isHeldBack(store, config);
  const isBehind = isQueueing(fire) && store.waitingOccurrences(jobId).length > 0;
  if (fire.run !== null && isOverlapping && isToWait(store, fire)) return;
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

/** Behind a run that was claimed ahead and may still be given back, and that keeps this one away. */
function isBehindUnconfirmed(store: InMemoryStore, { config: { jobId, overlapPolicy }, run }: DueFire): boolean {
  return store
    .runsOf(jobId)
    .filter((other) => overlapPolicy !== 'allow' || Number(other.scheduledAt) === Number(run?.scheduledAt))
    .some((other) => store.isUnconfirmed(other));
}

/** By an exclusive run, or because as many go on as the job's limit allows. */
export function isHeldBack(store: InMemoryStore, config: RunnableConfig): boolean {
  if (config.overlapPolicy !== 'allow' && store.isExclusivelyRunning(config.jobId)) return true;
  return isLimitReached(store, config);
}

function isLimitReached(store: InMemoryStore, { jobId, maxConcurrentRuns }: RunnableConfig): boolean {
  const running = store.runsOf(jobId).filter(({ status }) => status === 'RUNNING').length;
  return maxConcurrentRuns !== null && running >= maxConcurrentRuns;
}

const isQueueing = ({ whenOverlapping: when }: DueFire): boolean => when !== 'skip' && !when.startsWith('wait');

const isToWait = (store: InMemoryStore, { config, whenOverlapping: when }: DueFire): boolean =>
  when === 'wait' || (when === 'waitBehindCatchUp' && store.isExclusivelyRunning(config.jobId, 'catchUp'));

const OVERLAPS = {
  skip: 'overlap: the run before it was still running',
  full: 'overlap: another occurrence waits already behind the run before it',
  replaced: 'overlap: a later occurrence took its place',
} as const;
const CANCEL_REASON = 'The next occurrence of the job is due (overlap policy is cancelPrevious).';

/** Skipped, or queued behind what runs. */
function judgeOverlap(store: InMemoryStore, fire: DueFire, { run, instanceId }: Judged): void {
  const { jobId, maxAttempts, jobKwargs, maxConcurrentRuns } = fire.config;
  const skip = (scheduledAt: Date, reason: string, executionId: string | null = null): void => {
    const what = { jobId, executionId, scheduledAt, reason, actor: instanceId, detail: { cause: 'overlap' } };
    store.addEvent({ type: 'occurrence.skipped', ...what });
  };
  const waiting = store.waitingOccurrences(jobId);
  const isFull = fire.whenOverlapping === 'queueOne' && waiting.length > 0 && store.isExclusivelyRunning(jobId);
  const limited = `overlap: as many runs were under way as its limit allows (${maxConcurrentRuns})`;
  if (isFull) return skip(run.scheduledAt, OVERLAPS.full);
  if (!isQueueing(fire)) return skip(run.scheduledAt, isLimitReached(store, fire.config) ? limited : OVERLAPS.skip);
  if (fire.whenOverlapping === 'cancelPrevious') {
    for (const older of waiting) {
      store.pending.delete(older.id);
      skip(older.scheduledAt, OVERLAPS.replaced, older.id);
    }
    for (const other of store.runsOf(jobId)) stopFor(store, other, instanceId);
  }
  const { id, scheduledAt, trigger } = run;
  store.addPending({ id, jobId, scheduledAt, trigger, jobKwargs, maxAttempts, reason: null, actor: SCHEDULER_ACTOR });
}

interface Judged {
  readonly run: NonNullable<DueFire['run']>;
  readonly instanceId: string;
}

function stopFor(store: InMemoryStore, { id, jobId, scheduledAt }: Run, actor: string): void {
  if (store.cancelReasons.has(id) || !store.exclusive.has(id) || !store.cancel(id, CANCEL_REASON)) return;
  store.addEvent({ type: 'run.cancelRequested', jobId, executionId: id, scheduledAt, reason: CANCEL_REASON, actor });
}
