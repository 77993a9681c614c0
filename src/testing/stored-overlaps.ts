/** What becomes of an occurrence while a run of its job goes on, over the store in memory: it waits, is queued, or is skipped. */
import type { DueFire } from '../modules/foundation/application/ports/fire-claims.ts';
import { SCHEDULER_ACTOR } from '../modules/foundation/application/ports/pending-runs.ts';
import type { RunnableConfig } from '../modules/foundation/domain/job-config.ts';
import type { Run } from '../modules/foundation/domain/run.ts';
import type { InMemoryStore } from './in-memory-store.ts';

/** By an exclusive run, or because as many go on as the job's limit allows. */
export function isHeldBack(store: InMemoryStore, config: RunnableConfig): boolean {
  if (config.overlapPolicy !== 'allow' && store.isExclusivelyRunning(config.jobId)) return true;
  return isLimitReached(store, config);
}

function isLimitReached(store: InMemoryStore, { jobId, maxConcurrentRuns }: RunnableConfig): boolean {
  const running = store.runsOf(jobId).filter(({ status }) => status === 'RUNNING').length;
  return maxConcurrentRuns !== null && running >= maxConcurrentRuns;
}

/** Where runs may overlap no more, the newest that goes on keeps the next away (`drizzle/0013_runs_of_a_policy_before.sql`). */
export function excludeNext(
  store: InMemoryStore,
  before: RunnableConfig,
  { jobId, overlapPolicy }: RunnableConfig,
): void {
  if (before.overlapPolicy !== 'allow' || overlapPolicy === 'allow' || store.isExclusivelyRunning(jobId)) return;
  const [newest] = store
    .runsOf(jobId)
    .filter((run) => run.status === 'RUNNING' && !store.isUnconfirmed(run) && !store.held.records.has(run.id))
    .toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime() || (a.id < b.id ? 1 : -1));
  if (newest !== undefined) store.exclusive.add(newest.id);
}

export const isQueueing = ({ whenOverlapping: when }: DueFire): boolean => when !== 'skip' && !when.startsWith('wait');

/** An occurrence before it still waits: this one must not overtake it. */
export function isBehindWaiting(store: InMemoryStore, fire: DueFire): boolean {
  const waiting = store.waitingOccurrences(fire.config.jobId);
  if (isQueueing(fire)) return waiting.length > 0;
  const isCatchUp = fire.whenOverlapping === 'wait' && fire.run?.trigger === 'catchUp';
  return isCatchUp && waiting.some(({ scheduledAt }) => scheduledAt < fire.run!.scheduledAt);
}

export const isToWait = (store: InMemoryStore, { config: { jobId }, whenOverlapping: when }: DueFire): boolean =>
  when === 'wait' ||
  (when === 'waitBehindCatchUp' && store.isExclusivelyRunning(jobId, 'catchUp')) ||
  (when === 'cancelPrevious' && isStopHeldUp(store, jobId));

/** The run before cannot be told to stop just now, and nobody would tell it later. */
function isStopHeldUp(store: InMemoryStore, jobId: string): boolean {
  return store
    .runsOf(jobId)
    .some(
      ({ id, status }) =>
        status === 'RUNNING' && store.exclusive.has(id) && store.held.records.has(id) && !store.cancelReasons.has(id),
    );
}

const OVERLAPS = {
  skip: 'overlap: the run before it was still running',
  full: 'overlap: another occurrence waits already behind the run before it',
  replaced: 'overlap: a later occurrence took its place',
} as const;
const CANCEL_REASON = 'The next occurrence of the job is due (overlap policy is cancelPrevious).';

/** Skipped, or queued behind what runs. */
export function judgeOverlap(store: InMemoryStore, fire: DueFire, { run, instanceId }: Judged): void {
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
  if (store.cancelReasons.has(id) || !store.exclusive.has(id)) return;
  if (!store.cancel(id, CANCEL_REASON)) return;
  store.addEvent({ type: 'run.cancelRequested', jobId, executionId: id, scheduledAt, reason: CANCEL_REASON, actor });
}
