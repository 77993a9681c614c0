/** The checker sees a record that stays RUNNING under attack although somebody could have rescued it, and only such a one. */
import { describe, expect, it } from 'vitest';
import type { History } from './history.ts';
import { historyOf, JOB, leaseOf, rulesBroken, T } from './planted-history.ts';
import { RESCUED_WITHIN_MS, sightOf } from './rules/stale-running.ts';

const ENDED = T + 5_000;
const record = { executionId: 'run-9', jobId: JOB, holder: 'replica-1.1', leaseEndedAtMs: ENDED };
const dead = { name: 'replica-1.1', endedAtMs: T - 10_000, isDrained: false };
const alive = { name: 'replica-2.1', endedAtMs: null, isDrained: false };
/** A moment longer than a rescue may take. */
const LATE_MS = RESCUED_WITHIN_MS + 1;

function partOf(staleForMs: number, part: Partial<History> = {}): Partial<History> {
  const runningSamples = [{ atMs: ENDED + staleForMs, stale: [record] }];
  return { runningSamples, incarnations: [dead, alive], leases: [leaseOf('replica-2.1', 0)], ...part };
}

const broken = (staleForMs: number, part: Partial<History> = {}): string[] => rulesBroken(partOf(staleForMs, part));

describe('checkHistory() and records that outlive the lease of their holder', () => {
  it('one that a replica in peace leaves RUNNING, told once', () => {
    expect(broken(LATE_MS)).toEqual(['nothing stays RUNNING']);
    expect(broken(RESCUED_WITHIN_MS)).toEqual([]);
    const twice = [LATE_MS, LATE_MS + 1_500].map((ms) => ({ atMs: ENDED + ms, stale: [record] }));
    expect(rulesBroken(partOf(0, { runningSamples: twice }))).toEqual(['nothing stays RUNNING']);
  });

  it('one that nobody could take: nobody lived, long enough, or was left in peace', () => {
    expect(broken(LATE_MS, { incarnations: [dead] })).toEqual([]);
    expect(broken(LATE_MS, { leases: [leaseOf('replica-2.1', 5_002)] })).toEqual([]);
    expect(broken(LATE_MS, { incarnations: [dead, { ...alive, endedAtMs: ENDED + LATE_MS - 2 }] })).toEqual([]);
    expect(broken(LATE_MS, { incarnations: [dead, { ...alive, toldToEndAtMs: ENDED + LATE_MS - 2 }] })).toEqual([]);
    for (const on of ['server', 'replica-2.1', 'replica-2.2']) {
      expect(broken(LATE_MS, { disturbances: [{ on, fromMs: ENDED + 100, toMs: ENDED + 200 }] })).toEqual([]);
    }
    expect(broken(LATE_MS, { disturbances: [{ on: 'replica-1.1', fromMs: ENDED, toMs: ENDED + 9_000 }] })).toEqual([
      'nothing stays RUNNING',
    ]);
  });

  it('one that was left alone between two disturbances for long enough, by one and the same replica', () => {
    const between = [
      { on: 'server', fromMs: T, toMs: ENDED + 1_000 },
      { on: 'server', fromMs: ENDED + 1_000 + LATE_MS, toMs: ENDED + 40_000 },
    ];
    expect(broken(40_000, { disturbances: between })).toEqual(['nothing stays RUNNING']);
    const other = { name: 'replica-3.1', endedAtMs: null, isDrained: false };
    const inTurn = [
      { on: 'replica-2.1', fromMs: T, toMs: ENDED + 10_000 },
      { on: 'replica-3.1', fromMs: ENDED + 10_000, toMs: ENDED + 40_000 },
    ];
    const both = {
      incarnations: [dead, alive, other],
      leases: [leaseOf('replica-2.1', 0), leaseOf('replica-3.1', 0)],
      disturbances: inTurn,
    };
    expect(broken(20_000, both)).toEqual([]);
    expect(broken(30_000, both)).toEqual(['nothing stays RUNNING']);
  });
});

describe('sightOf()', () => {
  it('counts the samples that could have told, and the longest that a record outlived its lease', () => {
    const disturbances = [{ on: 'server', fromMs: ENDED + 4_000, toMs: ENDED + 6_000 }];
    const samples = [4_000, 9_000, 6_000 + LATE_MS].map((ms) => ({ atMs: ENDED + ms, stale: [record] }));
    const history = historyOf(partOf(0, { runningSamples: [...samples, { atMs: T, stale: [] }], disturbances }));
    expect(sightOf(history)).toEqual({
      samples: 4,
      judging: 1,
      longestMs: 6_000 + LATE_MS,
      longestInPeaceMs: LATE_MS,
    });
  });
});
