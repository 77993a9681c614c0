/**
 * Whole engines through stories of faults, locks, edits, orders, stops and kills: whatever happens, and whenever, the promises
 * hold, those of a job that runs without the database among them. `STORY_CASES=500` asks for longer.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineStory } from '../../../../support/engine-story.ts';
import { faultsOf } from '../../../../support/story-judge.ts';
import { type Setting, story } from '../../../../support/story-steps.ts';

const CASES = Number(process.env['STORY_CASES'] ?? 4);
/** Made smaller, a story that goes wrong takes minutes: only where it is asked for. */
const isMadeSmaller = process.env['STORY_SHRINK'] !== undefined;

describe('the engine through stories', () => {
  for (const setting of [
    { outagePolicy: 'hold', replicas: 2, maxConcurrentRuns: 500 },
    { outagePolicy: 'hold', replicas: 3, maxConcurrentRuns: 12 },
    { outagePolicy: 'run', replicas: 1, maxConcurrentRuns: 500 },
    { outagePolicy: 'run', replicas: 2, maxConcurrentRuns: 500 },
    { outagePolicy: 'run', replicas: 3, maxConcurrentRuns: 12 },
    { outagePolicy: 'auto', replicas: 2, maxConcurrentRuns: 12 },
  ] satisfies readonly Setting[])
    it(`starts each attempt once, overlaps nothing, and leaves none open: ${Object.values(setting).join(', ')}`, async () => {
      await fc.assert(
        fc.asyncProperty(story, async (steps) => {
          expect(faultsOf(await new EngineStory(setting).tell(steps))).toEqual([]);
        }),
        { numRuns: CASES, endOnFailure: !isMadeSmaller },
      );
    });
});
