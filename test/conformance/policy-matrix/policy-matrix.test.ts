/**
 * Every combination of the policies, through one story, on each database and on the testing kit: what the ledger says of each occurrence, and how
 * often the job's function was called, is what the oracle foretells.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { StoreKind } from '../../support/databases.ts';
import { CELLS } from './cells.ts';
import { PolicyOracle } from './policy-oracle.ts';
import { findBreaches } from './find-breaches.ts';
import { type Call, Story, STORY_STARTS_AT } from './story.ts';
import { BACKOFF_MS } from './story-facts.ts';
import { readLedgers } from './read-ledgers.ts';
import { openWorld } from './worlds.ts';

const KINDS = ['PostgreSQL', 'PGlite', 'the testing kit'] as const;

interface Lived {
  readonly ledgers: Map<string, string[]>;
  readonly calls: Map<string, Call[]>;
}

async function live(kind: StoreKind): Promise<Lived> {
  const world = await openWorld(kind, STORY_STARTS_AT);
  try {
    const story = new Story(world);
    await story.liveThrough();
    return { ledgers: await readLedgers(world), calls: Map.groupBy(story.calls, ({ jobId }) => jobId) };
  } finally {
    await world.close();
  }
}

const lived = new Map<StoreKind, Lived>();

// Side by side: while the one waits for its server, the other works.
beforeAll(async () => {
  await Promise.all(KINDS.map(async (kind) => lived.set(kind, await live(kind))));
}, 240_000);

describe.for(KINDS)('the policies on %s', (kind) => {
  test('keep the promises in every combination', () => {
    const { ledgers, calls } = lived.get(kind)!;
    const breaches = CELLS.flatMap((cell) => {
      const { jobId } = cell;
      return findBreaches(cell, { ledger: ledgers.get(jobId)!, calls: calls.get(jobId)! });
    });
    expect(breaches).toEqual([]);
  });

  test.for(CELLS)('$jobId', (cell) => {
    const { ledgers, calls } = lived.get(kind)!;
    const starts = calls.get(cell.jobId)!.map(({ occurrence, attempt }) => `${occurrence} #${attempt}`);
    const foretold = new PolicyOracle(cell, BACKOFF_MS / 1_000).foretell();
    expect({ ledger: ledgers.get(cell.jobId), starts: starts.toSorted() }).toEqual(foretold);
  });
});
