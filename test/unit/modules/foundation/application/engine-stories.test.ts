/**
 * Whole engines through stories of faults, edits, orders, stops and kills: whatever happens, and whenever, no attempt at an
 * occurrence starts twice, none overlaps where that is forbidden, each ends in an execution or an event, and none stays
 * RUNNING. `STORY_CASES=500` asks for longer.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineStory, type History, type Setting, STORY_JOBS, storyOf } from '../../../../support/engine-story.ts';

const CASES = Number(process.env['STORY_CASES'] ?? 6);
/** Made smaller, a story that goes wrong takes minutes: only where it is asked for. */
const isMadeSmaller = process.env['STORY_CASES'] !== undefined;
/** So long may the last of them still run, wait, or be rescued. */
const UNFINISHED_MS = 30_000;

function startedTwice({ starts }: History): string[] {
  const keys = starts.map(({ key }) => key);
  return keys.filter((key, at) => keys.indexOf(key) !== at).map((key) => `started twice: ${key}`);
}

/** What was lost may go on beside its successor: its process did not know. */
function overlapping({ starts, store }: History): string[] {
  return Object.entries(STORY_JOBS).flatMap(([jobId, { overlapPolicy, maxConcurrentRuns }]) => {
    if (overlapPolicy === 'allow' && maxConcurrentRuns !== 1) return [];
    const own = starts
      .filter((start) => start.jobId === jobId)
      .filter(({ executionId }) => (store.executions.get(executionId)?.failureReason ?? 'LOST') !== 'LOST')
      .toSorted((a, b) => a.atMs - b.atMs);
    return own
      .filter(({ atMs }, at) => at > 0 && atMs < own[at - 1]!.endedAtMs)
      .map(({ key }) => `overlaps the one before: ${key}`);
  });
}

function runningForEver({ store }: History): string[] {
  return [...store.executions.values()]
    .filter(({ status, startedAt }) => status === 'RUNNING' && store.now() - startedAt.getTime() > UNFINISHED_MS)
    .map(({ id, jobId }) => `RUNNING: ${jobId} ${id}`);
}

function isTold({ store }: History, jobId: string, atMs: number): boolean {
  return store.events.some(({ jobId: of, scheduledAt = null, detail }) => {
    if (of !== jobId || scheduledAt === null) return false;
    const { to } = (detail ?? {}) as { to?: string };
    return scheduledAt.getTime() <= atMs && atMs <= (to === undefined ? scheduledAt.getTime() : Date.parse(to));
  });
}

/** The schedule of the one that is edited is not known. */
function unresolved(history: History): string[] {
  const { store, beganAt } = history;
  return Object.entries(STORY_JOBS).flatMap(([jobId, { cronExpression }]) => {
    if (jobId === 'edited') return [];
    const everyMs = Number(cronExpression!.slice(2).split(' ')[0]) * 1_000;
    const ran = new Set(store.runsOf(jobId).map(({ scheduledAt }) => scheduledAt.getTime()));
    const open: string[] = [];
    for (
      let atMs = Math.ceil((beganAt + 5_000) / everyMs) * everyMs;
      atMs < store.now() - UNFINISHED_MS;
      atMs += everyMs
    )
      if (!ran.has(atMs) && !isTold(history, jobId, atMs))
        open.push(`nothing: ${jobId}@${new Date(atMs).toISOString()}`);
    return open;
  });
}

describe('the engine through stories', () => {
  for (const setting of [
    { outagePolicy: 'hold', replicas: 2, maxConcurrentRuns: 500 },
    { outagePolicy: 'hold', replicas: 3, maxConcurrentRuns: 12 },
    { outagePolicy: 'run', replicas: 1, maxConcurrentRuns: 500 },
    { outagePolicy: 'auto', replicas: 1, maxConcurrentRuns: 12 },
  ] satisfies readonly Setting[])
    it(`starts each attempt once, overlaps nothing, and leaves none open: ${Object.values(setting).join(', ')}`, async () => {
      await fc.assert(
        fc.asyncProperty(storyOf(setting), async (steps) => {
          const history = await new EngineStory(setting).tell(steps);
          expect(
            [startedTwice, overlapping, runningForEver, unresolved].flatMap((faultsOf) => faultsOf(history)),
          ).toEqual([]);
        }),
        { numRuns: CASES, endOnFailure: !isMadeSmaller },
      );
    });
});
