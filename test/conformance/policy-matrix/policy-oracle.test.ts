/** That the matrix can tell its cells apart, and can fail: asked without a database. */
import { describe, expect, test } from 'vitest';
import { CELLS } from './cells.ts';
import { PolicyOracle } from './policy-oracle.ts';
import { findBreaches } from './find-breaches.ts';
import type { Call } from './story.ts';
import { BACKOFF_MS } from './story-facts.ts';

const BACKOFF = BACKOFF_MS / 1_000;
const foretell = (cell: (typeof CELLS)[number], backoff = BACKOFF) => new PolicyOracle(cell, backoff).foretell();

describe('PolicyOracle', () => {
  test('foretells each of the 180 combinations another ledger: in this story every policy decides something beside every other', () => {
    expect(new Set(CELLS.map((cell) => foretell(cell).ledger.join('\n'))).size).toBe(180);
  });

  test('foretells the same wherever in its jitter a retry starts', () => {
    for (const cell of CELLS) expect(foretell(cell, Math.ceil(BACKOFF * 0.75))).toEqual(foretell(cell));
  });
});

describe('findBreaches()', () => {
  const cell = CELLS.find(({ overlapPolicy, onLost }) => overlapPolicy === 'skip' && onLost === 'fail')!;
  const { ledger } = foretell(cell);
  const call = (over: Partial<Call>): Call => ({
    ...{ jobId: cell.jobId, occurrence: '12:00', attempt: 1, startedAt: 0, endedAt: 10, ...over },
  });
  const breaches = (calls: Call[], lines = ledger) => findBreaches(cell, { calls, ledger: lines }).join();

  test('finds none where there is none', () => {
    expect(breaches([call({}), call({ occurrence: '12:01', startedAt: 60, endedAt: 60 })])).toBe('');
  });

  test.for([
    ['a start that comes twice', [call({}), call({ startedAt: 20, endedAt: 30 })], '12:00 #1 was started 2 times'],
    ['one that overlaps', [call({}), call({ occurrence: '12:01', startedAt: 9 })], '12:01 #1 began while 12:00 #1'],
    ['an attempt too many', [call({}), call({ attempt: 2, startedAt: 20 })], '2 times, and 1 are allowed'],
  ] as const)('finds %s', ([, calls, breach]) => {
    expect(breaches([...calls])).toContain(breach);
  });

  test('finds an occurrence of which nothing became, and a run without an end', () => {
    const without = ledger.filter((line) => !line.startsWith('12:00'));
    expect(breaches([], without)).toContain('12:00 has no end');
    expect(breaches([], [...without, '12:00 #1 RUNNING schedule'])).toContain('12:00 #1 RUNNING');
  });
});
