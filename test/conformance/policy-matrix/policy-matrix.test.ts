/** Every combination of the policies, through one story, on each database and on the testing kit: what its history says is what was promised. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CELLS } from './cells.ts';
import { expectedHistory } from './expected-history.ts';
import { liveThrough, STORY_STARTS_AT } from './story.ts';
import { openWorld, type StoryWorld } from './worlds.ts';

describe.for(['PostgreSQL', 'PGlite', 'the testing kit'] as const)('the policies on %s', (kind) => {
  let world: StoryWorld;
  let histories: Map<string, string[]>;

  beforeAll(async () => {
    world = await openWorld(kind, STORY_STARTS_AT);
    histories = await liveThrough(world);
  }, 240_000);

  afterAll(() => world.close());

  test('there are 180 combinations', () => {
    expect(new Set(CELLS.map(({ jobId }) => jobId)).size).toBe(180);
  });

  test.for(CELLS)('$jobId', (cell) => {
    expect(histories.get(cell.jobId)).toEqual(expectedHistory(cell));
  });
});
