import { describe, expect, it } from 'vitest';
import { planFire } from '../../../../../src/modules/foundation/domain/misfire.ts';
import type { JobConfig } from '../../../../../src/modules/foundation/domain/job-config.ts';
import { scheduleOf } from '../../../../../src/modules/foundation/domain/next-fire.ts';
import type { Schedule } from '../../../../../src/modules/foundation/domain/schedule.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
const DUE = Date.parse('2026-01-02T12:00:00Z');

/** Every minute, due at noon, looked at so much later. */
function plan(lateMs: number, edit: Partial<JobConfig> = {}) {
  const config = jobConfig('a', { cronExpression: '* * * * *', ...edit });
  return planFire({ config, schedule: scheduleOf(config), dueAt: DUE, now: DUE + lateMs });
}

const at = (minutes: number): number => DUE + minutes * MINUTE;

describe('planFire() on time', () => {
  for (const misfirePolicy of ['once', 'skip', 'all'] as const) {
    for (const lateMs of [0, 1, 10 * SECOND]) {
      it(`${misfirePolicy} runs the occurrence ${lateMs} ms late as scheduled`, () => {
        expect(plan(lateMs, { misfirePolicy })).toEqual({
          nextFireAt: at(1),
          run: { scheduledAt: DUE, trigger: 'schedule' },
          missed: null,
        });
      });
    }
  }

  it('a grace shorter than the threshold does not skip what nobody missed', () => {
    for (const misfirePolicy of ['once', 'skip', 'all'] as const) {
      expect(plan(5 * SECOND, { misfirePolicy, misfireGraceMs: 0 }).run?.scheduledAt).toBe(DUE);
    }
  });

  it('the cursor may lie in the past: each of several on-time occurrences gets its turn', () => {
    expect(plan(9 * SECOND, { cronExpression: '* * * * * *' }).nextFireAt).toBe(DUE + SECOND);
  });

  it('the last occurrence before the end exhausts the cursor', () => {
    expect(plan(0, { endAt: new Date(DUE) })).toMatchObject({ nextFireAt: null, run: { scheduledAt: DUE } });
    expect(plan(0, { endAt: new Date(at(1)) }).nextFireAt).toBe(at(1));
  });
});

describe('planFire() and its reasons', () => {
  it('once says how many of the coalesced were later than the grace', () => {
    const { missed } = plan(60 * HOUR, { cronExpression: '0 * * * *' });
    expect(missed).toMatchObject({
      count: 60,
      reason: expect.stringMatching(/coalesced.*; 36 of them later than the grace/),
    });
  });

  it('all says which of grace and limit left some out', () => {
    const every = { cronExpression: '0 * * * *', misfirePolicy: 'all' } as const;
    expect(plan(60 * HOUR, every).missed?.reason).toBe('later than the grace of 86400000 ms');
    expect(plan(5 * HOUR, { ...every, catchUpLimit: 2 }).missed?.reason).toBe('beyond the catch-up limit of 2');
    expect(plan(60 * HOUR, { ...every, catchUpLimit: 2 }).missed?.reason).toMatch(/grace.*, or beyond/);
  });
});

describe('planFire() with misfire policy once', () => {
  it('a millisecond beyond the threshold is a catch-up', () => {
    expect(plan(10 * SECOND + 1)).toEqual({
      nextFireAt: at(1),
      run: { scheduledAt: DUE, trigger: 'catchUp' },
      missed: null,
    });
  });

  it('runs the latest and names the others', () => {
    expect(plan(5 * MINUTE + 30 * SECOND)).toEqual({
      nextFireAt: at(6),
      run: { scheduledAt: at(5), trigger: 'catchUp' },
      missed: { count: 5, from: DUE, to: at(4), reason: expect.stringContaining('once') },
    });
  });

  it('the latest of a backlog is no catch-up when it is on time itself', () => {
    expect(plan(5 * MINUTE + SECOND).run).toEqual({ scheduledAt: at(5), trigger: 'schedule' });
  });

  it('an occurrence exactly as old as the grace is run, one that is a millisecond older is not', () => {
    const daily = { cronExpression: '0 12 * * *', misfireGraceMs: HOUR };
    expect(plan(HOUR, daily).run).toEqual({ scheduledAt: DUE, trigger: 'catchUp' });
    expect(plan(HOUR + 1, daily)).toEqual({
      nextFireAt: DUE + DAY,
      run: null,
      missed: { count: 1, from: DUE, to: DUE, reason: expect.stringContaining(String(HOUR)) },
    });
  });

  it('the grace is a day where the job says none', () => {
    const monthly = { cronExpression: '0 12 2 * *' };
    expect(plan(DAY, monthly).run).not.toBeNull();
    expect(plan(DAY + 1, monthly).run).toBeNull();
  });

  it('nothing after the end is run or counted', () => {
    expect(plan(HOUR, { endAt: new Date(at(2)) })).toEqual({
      nextFireAt: null,
      run: { scheduledAt: at(2), trigger: 'catchUp' },
      missed: { count: 2, from: DUE, to: at(1), reason: expect.any(String) },
    });
  });

  it('a cursor that SQL moved off the schedule is missed as one', () => {
    const config = jobConfig('a', { cronExpression: '0 0 * * *' });
    const dueAt = DUE + 1;
    const schedule = scheduleOf(config);
    expect(planFire({ config, schedule, dueAt, now: dueAt + MINUTE })).toMatchObject({ run: { scheduledAt: dueAt } });
    const next = Date.parse('2026-01-03T00:00:00Z');
    const { missed, run } = planFire({ config, schedule, dueAt, now: next + MINUTE });
    expect(run).toEqual({ scheduledAt: next, trigger: 'catchUp' });
    expect(missed).toMatchObject({ count: 1, from: dueAt, to: dueAt });
  });
});

describe('planFire() with misfire policy skip', () => {
  const skip = { misfirePolicy: 'skip' } as const;

  it('runs none of the missed, names them, and goes on with what is still on time', () => {
    expect(plan(5 * MINUTE + 30 * SECOND, skip)).toEqual({
      nextFireAt: at(6),
      run: null,
      missed: { count: 6, from: DUE, to: at(5), reason: expect.stringContaining('skip') },
    });
    expect(plan(5 * MINUTE + 5 * SECOND, skip)).toMatchObject({ nextFireAt: at(5), missed: { count: 5, to: at(4) } });
  });

  it('a grace makes more of them on time', () => {
    const patient = { ...skip, misfireGraceMs: HOUR };
    expect(plan(HOUR, patient).run).toEqual({ scheduledAt: DUE, trigger: 'schedule' });
    expect(plan(HOUR + 1, patient)).toMatchObject({ nextFireAt: at(1), run: null, missed: { count: 1 } });
  });

  it('nothing after the end is counted', () => {
    expect(plan(HOUR, { ...skip, endAt: new Date(at(2)) })).toMatchObject({
      nextFireAt: null,
      missed: { count: 3, to: at(2) },
    });
  });
});

describe('planFire() with misfire policy all', () => {
  const all = { misfirePolicy: 'all' } as const;

  it('runs each, oldest first, one a claim', () => {
    expect(plan(5 * MINUTE + 30 * SECOND, all)).toEqual({
      nextFireAt: at(1),
      run: { scheduledAt: DUE, trigger: 'catchUp' },
      missed: null,
    });
  });

  it('keeps the latest that the limit allows, and names those before them', () => {
    expect(plan(HOUR + SECOND, { ...all, catchUpLimit: 3 })).toEqual({
      nextFireAt: at(59),
      run: { scheduledAt: at(58), trigger: 'catchUp' },
      missed: { count: 58, from: DUE, to: at(57), reason: expect.stringContaining('3') },
    });
  });

  it('leaves out what is later than the grace', () => {
    expect(plan(HOUR + 30 * SECOND, { ...all, misfireGraceMs: 10 * MINUTE })).toMatchObject({
      run: { scheduledAt: at(51) },
      missed: { count: 51, to: at(50) },
    });
  });

  it('a limit of 0 runs none and says so', () => {
    expect(plan(HOUR + 30 * SECOND, { ...all, catchUpLimit: 0 })).toMatchObject({
      nextFireAt: at(61),
      run: null,
      missed: { count: 61, from: DUE, to: at(60), reason: expect.stringContaining('limit of 0') },
    });
  });

  it('the grace outlasted by all: none is run, all are counted', () => {
    expect(plan(3 * DAY, { ...all, cronExpression: '0 12 2 1 *' })).toMatchObject({ run: null, missed: { count: 1 } });
  });

  it('nothing after the end is run', () => {
    expect(plan(HOUR, { ...all, catchUpLimit: 2, endAt: new Date(at(5)) })).toMatchObject({
      nextFireAt: at(5),
      run: { scheduledAt: at(4) },
      missed: { count: 4, to: at(3) },
    });
  });

  it('every occurrence is run or named once, until the backlog is gone', () => {
    const config = jobConfig('a', { cronExpression: '*/7 * * * *', ...all, catchUpLimit: 5 });
    const schedule = scheduleOf(config);
    const now = DUE + 3 * HOUR;
    let dueAt: number | null = schedule.next(DUE - 1) ?? DUE;
    const total = schedule.count(dueAt - 1, now);
    let ran = 0;
    let named = 0;
    while (dueAt !== null && dueAt <= now) {
      const { nextFireAt, run, missed } = planFire({ config, schedule, dueAt, now });
      ran += run === null ? 0 : 1;
      named += missed?.count ?? 0;
      dueAt = nextFireAt;
    }
    expect(ran + named).toBe(total);
    expect(ran).toBe(5);
  });
});

describe('planFire() after years', () => {
  for (const misfirePolicy of ['once', 'skip', 'all'] as const) {
    it(`${misfirePolicy} walks none of 100 million missed occurrences`, () => {
      const config = jobConfig('a', { cronExpression: '* * * * * *', misfirePolicy, misfireGraceMs: DAY });
      let asked = 0;
      const schedule = counting(scheduleOf(config), () => (asked += 1));
      const { missed } = planFire({ config, schedule, dueAt: DUE, now: DUE + 100_000_000 * SECOND + 500 });
      expect(missed!.count).toBeGreaterThan(99_000_000);
      expect(asked).toBeLessThan(15);
    });
  }
});

function counting(schedule: Schedule, asked: () => void): Schedule {
  return {
    ...schedule,
    next: (ms) => (asked(), schedule.next(ms)),
    previous: (ms) => (asked(), schedule.previous(ms)),
    count: (from, to) => (asked(), schedule.count(from, to)),
    last: (n, from, to) => (asked(), schedule.last(n, from, to)),
  };
}
