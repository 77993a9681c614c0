/** Every combination of the policies, through one story, on each database: what its history says is what was promised. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualDatabase } from '../../support/virtual-database.ts';
import { CELLS } from './cells.ts';
import { expectedHistory } from './expected-history.ts';
import { liveThrough, STORY_STARTS_AT } from './story.ts';

describe.for(['PostgreSQL', 'PGlite'] as const)('the policies on %s', (kind) => {
  let database: VirtualDatabase;
  let histories: Map<string, string[]>;

  beforeAll(async () => {
    database = await VirtualDatabase.open(kind, STORY_STARTS_AT);
    histories = await liveThrough(database);
  }, 240_000);

  afterAll(() => database.behind.close());

  test('there are 180 combinations', () => {
    expect(new Set(CELLS.map(({ jobId }) => jobId)).size).toBe(180);
  });

  test.for(CELLS)('$jobId', (cell) => {
    expect(histories.get(cell.jobId)).toEqual(expectedHistory(cell));
  });
});
