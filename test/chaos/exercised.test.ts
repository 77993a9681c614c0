/** A run of two minutes without a fault that it was to bring, or that was blind to what it broke, has not exercised what it is for. */
import { expect, it } from 'vitest';
import { type Attack, findUnexercised } from './exercised.ts';
import type { HeldAhead } from './claims-ahead.ts';
import { herdOf } from './herd.ts';
import { expectation, historyOf, ranRecord, T } from './planted-history.ts';
import { PRUNER } from './rules/pruning.ts';
import type { Inflicted } from './nemesis.ts';

/** Half a minute after its only replica began, nothing was disturbed. */
const runningSamples = [{ atMs: T + 30_000, stale: [] }];
const edits = [{ jobId: 'job-1', value: 'x', askedAtMs: T, answeredAtMs: T, isAcknowledged: true }];
const SEEN = historyOf({ runningSamples, edits });

function unexercised(heldAhead: HeldAhead, part: Partial<Attack> & { fault?: Inflicted['fault'] } = {}): string[] {
  const inflicted = [{ fault: part.fault ?? 'kill-ahead', heldAhead, isVain: false } as Inflicted];
  return findUnexercised({
    attackMs: 120_000,
    faults: ['kill-ahead'],
    herd: herdOf(50),
    inflicted,
    history: SEEN,
    badRows: 1,
    ...part,
  });
}

it('findUnexercised() wants a process killed while it held claims ahead, whichever fault killed it', () => {
  expect(unexercised({ all: 0, far: 0 })).toEqual([
    'No process was killed while it held claims ahead, although 1 were killed.',
  ]);
  expect(unexercised({ all: 1, far: 0 })).toEqual([]);
  expect(unexercised({ all: 1, far: 0 }, { fault: 'kill' })).toEqual([]);
  expect(unexercised({ all: 1, far: 0 }, { fault: 'suspend' })).toHaveLength(1);
});

it('findUnexercised() wants claims far ahead of a herd that is claimed so', () => {
  expect(unexercised({ all: 9, far: 0 }, { herd: herdOf(5_001) })).toHaveLength(1);
  expect(unexercised({ all: 9, far: 1 }, { herd: herdOf(5_001) })).toEqual([]);
  expect(unexercised({ all: 9, far: 0 }, { herd: herdOf(5_000) })).toEqual([]);
});

it('findUnexercised() wants nothing of a short run, or of one without that fault', () => {
  expect(unexercised({ all: 0, far: 0 }, { attackMs: 119_999 })).toEqual([]);
  expect(unexercised({ all: 0, far: 0 }, { faults: ['kill'], fault: 'kill' })).toEqual([]);
});

it('findUnexercised() wants a pruning that came to its end, where there is history', () => {
  const past = { within: { inserted: 1, left: 1 }, outside: { inserted: 1, left: 0 } };
  const jobs = [expectation({ handler: PRUNER })];
  const held = { all: 1, far: 0 };
  const failed = [{ ...ranRecord(1), status: 'FAILED' as const }];
  expect(unexercised(held, { history: historyOf({ past, jobs, edits, runningSamples }) })).toEqual([]);
  expect(unexercised(held, { history: historyOf({ past, jobs, executions: failed, edits, runningSamples }) })).toEqual([
    'No pruning of the history came to its end, in 1 runs.',
  ]);
  expect(unexercised(held, { history: historyOf({ jobs, executions: failed, edits, runningSamples }) })).toEqual([]);
});

it('findUnexercised() wants each fault that was asked for, and one in vain is none', () => {
  const faults = ['suspend', 'kill'] as const;
  const met = { heldAhead: { all: 0, far: 0 }, isVain: false };
  const inflicted = [
    { fault: 'suspend', ...met },
    { fault: 'kill', ...met, isVain: true },
  ] as Inflicted[];
  expect(unexercised(met.heldAhead, { faults, inflicted })).toEqual(["The fault 'kill' was never brought about."]);
});

it('findUnexercised() wants a sample that could tell a rescue that fails', () => {
  const disturbances = [{ on: 'server', fromMs: T + 16_000, toMs: T + 16_001 }];
  const history = historyOf({ runningSamples, edits, disturbances });
  expect(unexercised({ all: 1, far: 0 }, { history })).toEqual([
    'Of 1 samples of what was RUNNING 0 could tell a rescue that fails.',
  ]);
});

it('findUnexercised() wants more such samples than luck gives', () => {
  const disturbances = [{ on: 'server', fromMs: T + 56_000, toMs: T + 500_000 }];
  const blind = (count: number) => Array.from({ length: count }, (_, at) => ({ atMs: T + 60_000 + at, stale: [] }));
  const of = (count: number) => ({
    history: historyOf({ disturbances, edits, runningSamples: [...runningSamples, ...blind(count)] }),
  });
  expect(unexercised({ all: 1, far: 0 }, of(19))).toEqual([]);
  expect(unexercised({ all: 1, far: 0 }, of(20))).toHaveLength(1);
});

it('findUnexercised() wants a clock put forward, and one put back', () => {
  const faults = ['clock'] as const;
  const steps = (...stepsMs: number[]) =>
    stepsMs.map((stepMs) => ({ fault: 'clock', stepMs, isVain: false, heldAhead: { all: 0, far: 0 } }) as Inflicted);
  const held = { all: 0, far: 0 };
  expect(unexercised(held, { faults, inflicted: steps(1) })).toEqual(['No clock was put back.']);
  expect(unexercised(held, { faults, inflicted: steps(-1) })).toEqual(['No clock was put forward.']);
  expect(unexercised(held, { faults, inflicted: steps(1, -1) })).toEqual([]);
});

it('findUnexercised() wants a run of each function, a bad row and an edit', () => {
  const held = { all: 1, far: 0 };
  const jobs = [expectation(), { ...expectation({ handler: 'chaos.exits' }), jobId: 'job-2' }];
  expect(unexercised(held, { history: historyOf({ jobs, edits, runningSamples }) })).toEqual([
    "No job of 'chaos.exits' has run.",
  ]);
  expect(unexercised(held, { badRows: 0 })).toEqual(['No bad row was written.']);
  const refused = [{ ...edits[0]!, isAcknowledged: false }];
  expect(unexercised(held, { history: historyOf({ edits: refused, runningSamples }) })).toEqual([
    'No edit was acknowledged.',
  ]);
});
