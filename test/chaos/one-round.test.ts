/** One round has every fault once, in the order of time, and is over when it says. */
import { expect, it } from 'vitest';
import { FAULTS } from './fault-schedule.ts';
import { ONE_ROUND, ROUND_MS } from './one-round.ts';

it('ONE_ROUND has every fault once, the clock put forward and back, a suspension that outlasts the lease, and its last beginning before its end', () => {
  expect(ONE_ROUND.map(({ fault }) => fault).toSorted()).toEqual([...FAULTS, 'clock'].toSorted());
  expect(ONE_ROUND.flatMap(({ stepMs }) => (stepMs === 0 ? [] : [Math.sign(stepMs)]))).toEqual([1, -1]);
  expect(ONE_ROUND.map(({ atMs }) => atMs)).toEqual(ONE_ROUND.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
  expect(ONE_ROUND.every(({ atMs, durationMs, slot }) => atMs + durationMs <= ROUND_MS && slot < 3)).toBe(true);
  expect(ONE_ROUND.find(({ fault }) => fault === 'suspend')?.durationMs).toBeGreaterThan(15_000);
});
