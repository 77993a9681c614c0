/**
 * What must not be in the history of a story. Invariants: what the database gives out starts once in all, and what runs without
 * it once an instance, and at all only where the job says so; none overlaps where that is forbidden; each occurrence ends in
 * an execution or an event; none stays RUNNING.
 */
import type { History, Start } from './engine-story.ts';
import { STORY_JOBS } from './story-steps.ts';

/** So long may the last of them still run, wait, or be rescued. */
const UNFINISHED_MS = 30_000;

export function faultsOf(history: History): string[] {
  return [startedTwice, overlapping, runningForEver, unresolved].flatMap((judge) => judge(history));
}

function repeated(keys: readonly string[]): string[] {
  const seen = new Set<string>();
  return keys.filter((key) => seen.size === seen.add(key).size);
}

function startedTwice({ starts, setting }: History): string[] {
  const claimed = starts.filter(({ isClaimed }) => isClaimed || setting.outagePolicy === 'hold');
  return [
    ...repeated(claimed.map(({ key }) => key)),
    ...repeated(starts.map(({ engineId, key }) => `${key} by ${engineId}`)),
  ].map((key) => `started twice: ${key}`);
}

/** What was lost may go on beside its successor: its process did not know. */
function overlapping(history: History): string[] {
  return Object.entries(STORY_JOBS).flatMap(([jobId, { overlapPolicy, maxConcurrentRuns }]) => {
    if (overlapPolicy === 'allow' && maxConcurrentRuns !== 1) return [];
    const own = history.starts.filter((start) => start.jobId === jobId && reasonOf(history, start) !== 'LOST');
    const given = own.filter((start) => start.isClaimed && reasonOf(history, start) !== undefined);
    const byEngine = Map.groupBy(own, ({ engineId }) => engineId);
    return [given, ...byEngine.values()].flatMap((runs) => overlapsIn(runs));
  });
}

/** Undefined: there is no record of it. */
function reasonOf({ store }: History, { executionId }: Start): string | null | undefined {
  return store.executions.get(executionId)?.failureReason;
}

function overlapsIn(starts: readonly Start[]): string[] {
  const inOrder = starts.toSorted((a, b) => a.atMs - b.atMs);
  return inOrder
    .filter(({ atMs }, at) => at > 0 && atMs < inOrder[at - 1]!.endedAtMs)
    .map(({ key, engineId }) => `overlaps the one before: ${key} by ${engineId}`);
}

function runningForEver({ store }: History): string[] {
  return [...store.executions.values()]
    .filter(({ status, startedAt }) => status === 'RUNNING' && store.now() - startedAt.getTime() > UNFINISHED_MS)
    .map(({ id, jobId, instanceId }) => `RUNNING: ${jobId} ${id} of ${instanceId}`);
}

/** The spans that events tell of, in milliseconds since 1970. */
function toldOf({ store }: History, jobId: string): (readonly [number, number])[] {
  return store.events
    .filter((event) => event.jobId === jobId && event.scheduledAt != null)
    .map(({ scheduledAt, detail }) => {
      const { to } = (detail ?? {}) as { to?: string };
      return [scheduledAt!.getTime(), to === undefined ? scheduledAt!.getTime() : Date.parse(to)];
    });
}

/** The schedule of the one that is edited is not known. */
function unresolved(history: History): string[] {
  const { store, beganAt } = history;
  return Object.entries(STORY_JOBS).flatMap(([jobId, { cronExpression }]) => {
    if (jobId === 'edited') return [];
    const everyMs = Number(cronExpression!.slice(2).split(' ')[0]) * 1_000;
    const ran = new Set(store.runsOf(jobId).map(({ scheduledAt }) => scheduledAt.getTime()));
    const told = toldOf(history, jobId);
    const open: string[] = [];
    for (
      let atMs = Math.ceil((beganAt + 5_000) / everyMs) * everyMs;
      atMs < store.now() - UNFINISHED_MS;
      atMs += everyMs
    )
      if (!ran.has(atMs) && !told.some(([from, to]) => from <= atMs && atMs <= to))
        open.push(`nothing: ${jobId}@${new Date(atMs).toISOString()}`);
    return open;
  });
}
