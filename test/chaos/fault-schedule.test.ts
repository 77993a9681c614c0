/** A seed can be had again, and every fault has its turn. */
import { describe, expect, it } from 'vitest';
import { OVERLAP_POLICIES } from '../../src/modules/foundation/domain/job-config.ts';
import { FAULTS, planFaults } from './fault-schedule.ts';
import { herdOf, isBeingClaimed } from './herd.ts';
import { makeJobs, spanned, usualHerd } from './workload.ts';

const PLAN = { seed: 7, lengthMs: 600_000, replicas: 5, faults: FAULTS, herd: usualHerd(200) };

describe('planFaults()', () => {
  it('gives the same schedule for the same seed, and another for another', () => {
    expect(planFaults(PLAN)).toEqual(planFaults(PLAN));
    expect(planFaults({ ...PLAN, seed: 8 })).not.toEqual(planFaults(PLAN));
  });

  it('gives every fault its turn, in a minute already', () => {
    for (const lengthMs of [60_000, 600_000]) {
      const planned = new Set(planFaults({ ...PLAN, lengthMs }).map(({ fault }) => fault));
      expect([...FAULTS].filter((fault) => !planned.has(fault))).toEqual([]);
    }
  });

  it('puts clocks forward and back in turn, and has one long outage where there is time for it', () => {
    for (const seed of [7, 8]) {
      const steps = planFaults({ ...PLAN, seed }).flatMap(({ fault, stepMs }) => (fault === 'clock' ? [stepMs] : []));
      expect(new Set(steps.filter((_, at) => at % 2 === 0)).size).toBe(1);
      expect(new Set(steps)).toEqual(new Set([7_200_000, -3_600_000]));
    }
    const outages = (lengthMs: number) => planFaults({ ...PLAN, lengthMs }).filter(({ fault }) => fault === 'outage');
    expect(outages(600_000).filter(({ durationMs }) => durationMs > 60_000)).toHaveLength(1);
    expect(outages(60_000).filter(({ durationMs }) => durationMs > 60_000)).toEqual([]);
  });

  it('keeps to the faults that were asked for, the slots there are, and the order of time', () => {
    const planned = planFaults({ ...PLAN, faults: ['kill', 'slow'], replicas: 2 });
    expect(planned.every(({ fault, slot }) => ['kill', 'slow'].includes(fault) && slot >= 0 && slot < 2)).toBe(true);
    expect(planned.map(({ atMs }) => atMs)).toEqual(planned.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
    expect(planFaults({ ...PLAN, faults: [] })).toEqual([]);
  });
});

describe('planFaults() and a large herd', () => {
  const herd = herdOf(60_000);

  it('aims at a replica that holds claims ahead before anything else has put the herd behind', () => {
    for (const seed of [1, 2, 3]) expect(planFaults({ ...PLAN, seed, herd })[0]?.fault).toBe('kill-ahead');
    const others = FAULTS.filter((fault) => fault !== 'kill-ahead');
    expect(planFaults({ ...PLAN, faults: others, herd }).some(({ fault }) => fault === 'kill-ahead')).toBe(false);
  });

  it('has every fault with an instant fall into the time in which the herd is claimed, or starts', () => {
    const aligned = planFaults({ ...PLAN, herd }).filter(({ alignMs }) => alignMs !== null);
    expect(aligned.length).toBeGreaterThan(20);
    expect(aligned.every(({ isAtHerd, alignMs }) => isAtHerd && alignMs! >= -herd.aheadMs && alignMs! <= 160)).toBe(
      true,
    );
    expect(aligned.some(({ alignMs }) => alignMs! < -2_000)).toBe(true);
  });
});

describe('herdOf()', () => {
  it('a large herd is due more seldom, and claimed the further ahead the larger it is', () => {
    expect(herdOf(50)).toEqual({ size: 50, everyMs: 10_000, aheadMs: 1_000, isLarge: false });
    expect(herdOf(8_000)).toEqual({ size: 8_000, everyMs: 20_000, aheadMs: 1_600, isLarge: true });
    expect(herdOf(200_000)).toMatchObject({ everyMs: 30_000, aheadMs: 10_000 });
  });

  it('isBeingClaimed() only so long before it is due, and only where it is large', () => {
    const due = Date.parse('2026-01-02T12:00:40.000Z');
    const herd = herdOf(10_000);
    expect([-2_001, -2_000, -1, 0].map((ms) => isBeingClaimed(herd, due + ms))).toEqual([false, true, true, false]);
    expect(isBeingClaimed(herdOf(50), due - 500)).toBe(false);
  });
});

describe('makeJobs()', () => {
  it('gives the same jobs for the same seed, every role among twenty', () => {
    expect(makeJobs(3, 20)).toEqual(makeJobs(3, 20));
    expect(new Set(makeJobs(3, 20).map(({ role }) => role)).size).toBe(6);
    expect(new Set(makeJobs(3, 200).map(({ spec }) => spec.jobId)).size).toBe(254);
  });

  it('has a start and an end within the attack for those that are to have them, and for no other', () => {
    const fromMs = Date.parse('2026-01-02T12:00:00.400Z');
    const jobs = spanned(makeJobs(3, 400), fromMs, 100_000).filter(({ spec }) => spec.startAt ?? spec.endAt);
    const spans = jobs.map(({ spec }) =>
      [spec.startAt, spec.endAt].map((at) => (at === null ? null : at.getTime() - fromMs)),
    );
    expect(jobs.every(({ span }) => span !== undefined)).toBe(true);
    expect(new Set(spans.map(String))).toEqual(new Set(['29600,', ',59600', '19600,69600']));
  });

  it('catches up on all under every overlap policy', () => {
    const all = makeJobs(3, 400).filter(({ spec }) => spec.misfirePolicy === 'all');
    expect(new Set(all.map(({ spec }) => spec.overlapPolicy))).toEqual(new Set(OVERLAP_POLICIES));
  });

  it('has a herd as large as it is told, each job with an id of its own and all due at the same instants', () => {
    const jobs = makeJobs(3, 20, herdOf(25_000)).map(({ spec }) => spec);
    expect(new Set(jobs.map(({ jobId }) => jobId)).size).toBe(25_024);
    expect(new Set(jobs.slice(24).map(({ cronExpression }) => cronExpression))).toEqual(new Set(['*/20 * * * * *']));
  });
});
