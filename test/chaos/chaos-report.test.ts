/** What a report tells of a run is what was measured. */
import { expect, it } from 'vitest';
import { describeVerdict, exitStatusOf } from './chaos-report.ts';
import type { ChaosOptions, ChaosVerdict } from './chaos-run.ts';
import { historyOf, T } from './planted-history.ts';

const VERDICT: ChaosVerdict = {
  history: historyOf({}),
  violations: [],
  inflicted: [],
  forcedMs: [],
  overloads: [],
  badRows: 0,
  reschedulings: 0,
  missed: 0,
  unexercised: [],
  folder: '',
};

it('tells of a fault how long it lasted, not how long it was to last', () => {
  const fault = {
    fault: 'terminate',
    on: 'server',
    inflictedAtMs: T,
    durationMs: 3_000,
    isVain: false,
    heldAhead: { all: 0, far: 0 },
  } as const;
  const inflicted = [
    { ...fault, atMs: 0, slot: 0, stepMs: 0, alignMs: null, isAtHerd: false, mendedAtMs: T + 7_000.4 },
  ];
  const [line] = describeVerdict({ ...VERDICT, inflicted }, { seed: 1, attackMs: 1_000 } as ChaosOptions).split('\n');
  expect(line).toBe('  2026-01-02T12:00:00.000Z  terminate on server for 7000 ms');
});

it('a run that did not exercise what it is for says so, and does not exit as a good one', () => {
  const idle = { ...VERDICT, unexercised: ['Nobody was killed.'] };
  const told = describeVerdict(idle, { seed: 1, attackMs: 1_000 } as ChaosOptions).split('\n');
  expect(told).toContain('not exercised: Nobody was killed.');
  const violations = [{ rule: 'any', what: 'It was broken.', evidence: null }];
  expect([VERDICT, idle, { ...idle, violations }].map(exitStatusOf)).toEqual([0, 3, 1]);
});
