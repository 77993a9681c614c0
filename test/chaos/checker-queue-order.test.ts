/** The checker sees an overtaking also among those that were given back where nothing is queued, and by one of them. */
import { describe, expect, it } from 'vitest';
import type { ExecutionRecord } from './history.ts';
import { expectation, ranLines, ranRecord, rulesBroken, T } from './planted-history.ts';

const SECONDS = [1, 2, 3];

/** Each occurrence by its second, in the order of their starts; those that were given back waited as pending runs. */
function broken(order: readonly number[], givenBack: readonly number[]): string[] {
  const startMs = (second: number): number => T + 5_000 + order.indexOf(second) * 1_000;
  const record = (second: number): ExecutionRecord => ({
    ...ranRecord(second),
    startedAtMs: startMs(second),
    finishedAtMs: startMs(second) + 120,
    wasPending: givenBack.includes(second),
  });
  return rulesBroken({
    jobs: [{ ...expectation({ overlapPolicy: 'skip' }), expectedAtMs: SECONDS.map((second) => T + second * 1_000) }],
    executions: SECONDS.map(record),
    ledger: SECONDS.flatMap((second) =>
      ranLines(second).map((line, at) => ({ ...line, atMs: startMs(second) + 10 + at * 100 })),
    ),
  });
}

describe('checkHistory() and the order where nothing is queued', () => {
  const rule = 'in the order of the queue';

  it('excuses what was given back and starts after later ones that were not', () => {
    expect(broken([3, 1, 2], [1, 2])).toEqual([]);
    expect(broken([2, 1, 3], [1])).toEqual([]);
  });

  it('those that were given back start in reverse order among themselves', () => {
    expect(broken([3, 2, 1], [1, 2])).toEqual([rule]);
    expect(broken([2, 3, 1], [1, 2])).toEqual([rule]);
  });

  it('one that was given back overtakes an earlier one', () => {
    expect(broken([2, 1, 3], [2])).toEqual([rule]);
    expect(broken([1, 3, 2], [1, 3])).toEqual([rule]);
  });

  it('one that was not given back starts after a later one, and one that is excused between them', () => {
    expect(broken([3, 1, 2], [1])).toEqual([rule]);
  });
});
