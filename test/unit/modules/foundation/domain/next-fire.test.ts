import { describe, expect, it } from 'vitest';
import { isPaused, nextFire, scheduleOf } from '../../../../../src/modules/foundation/domain/next-fire.ts';
import type { JobConfig } from '../../../../../src/modules/foundation/domain/job-config.ts';
import { ScheduleError } from '../../../../../src/modules/foundation/domain/schedule.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';

const NOON = Date.parse('2026-01-02T12:00:00Z');
const MINUTE = 60_000;

function next(afterMs: number, edit: Partial<JobConfig> = {}): number | null {
  const config = jobConfig('a', { cronExpression: '*/5 * * * *', ...edit });
  return nextFire(config, scheduleOf(config), afterMs);
}

describe('nextFire()', () => {
  it('is strictly after the instant', () => {
    expect(next(NOON)).toBe(NOON + 5 * MINUTE);
    expect(next(NOON - 1)).toBe(NOON);
  });

  it('an occurrence exactly at the start fires, one before it does not', () => {
    expect(next(NOON - 60 * MINUTE, { startAt: new Date(NOON) })).toBe(NOON);
    expect(next(NOON - 60 * MINUTE, { startAt: new Date(NOON + 1) })).toBe(NOON + 5 * MINUTE);
    expect(next(NOON, { startAt: new Date(NOON - 60 * MINUTE) })).toBe(NOON + 5 * MINUTE);
  });

  it('an occurrence exactly at the end fires, none after it', () => {
    expect(next(NOON, { endAt: new Date(NOON + 5 * MINUTE) })).toBe(NOON + 5 * MINUTE);
    expect(next(NOON, { endAt: new Date(NOON + 5 * MINUTE - 1) })).toBeNull();
  });

  it('is null where the start is after the end', () => {
    expect(next(NOON, { startAt: new Date(NOON + 60 * MINUTE), endAt: new Date(NOON) })).toBeNull();
  });

  it('is null where the schedule has no more', () => {
    expect(next(Date.parse('2201-01-01T00:00:00Z'))).toBeNull();
  });
});

describe('scheduleOf()', () => {
  it('reads text, dialect and zone of the configuration', () => {
    const config = jobConfig('a', { cronExpression: '0 9 * * *', timezone: 'Asia/Shanghai' });
    expect(scheduleOf(config).next(NOON)).toBe(Date.parse('2026-01-03T01:00:00Z'));
  });

  it('counts an interval from the creation of the job', () => {
    const config = jobConfig('a', { cronExpression: '@every 7m', createdAt: new Date(NOON + MINUTE) });
    expect(scheduleOf(config).next(NOON + 2 * MINUTE)).toBe(NOON + 8 * MINUTE);
  });

  it('throws ScheduleError for a text or a zone that cannot be read', () => {
    expect(() => scheduleOf(jobConfig('a', { cronExpression: 'nonsense' }))).toThrow(ScheduleError);
    expect(() => scheduleOf(jobConfig('a', { timezone: 'Mars/Olympus' }))).toThrow(ScheduleError);
  });
});

describe('isPaused()', () => {
  const pausedAt = new Date(NOON);

  it('holds from the pause on where no end is said', () => {
    expect(isPaused({ pausedAt, pausedUntil: null }, NOON + 1e12)).toBe(true);
    expect(isPaused({ pausedAt: null, pausedUntil: null }, NOON)).toBe(false);
  });

  it('ends at the instant that was said', () => {
    const pausedUntil = new Date(NOON + MINUTE);
    expect(isPaused({ pausedAt, pausedUntil }, NOON + MINUTE - 1)).toBe(true);
    expect(isPaused({ pausedAt, pausedUntil }, NOON + MINUTE)).toBe(false);
  });

  it('an end without a pause is none', () => {
    expect(isPaused({ pausedAt: null, pausedUntil: new Date(NOON + MINUTE) }, NOON)).toBe(false);
  });
});

describe('scheduleOf(), of many jobs', () => {
  const of = (jobId: string, edit: Partial<JobConfig>) =>
    scheduleOf(jobConfig(jobId, { dialect: 'unix', timezone: 'UTC', ...edit }));

  it('is one schedule for all that say the same, and another for each that does not', () => {
    const known = of('a', { cronExpression: '0 9 * * *' });
    expect(of('b', { cronExpression: '0 9 * * *' })).toBe(known);
    const others = [
      { cronExpression: '0 8 * * *' },
      { dialect: 'apscheduler' },
      { timezone: 'Asia/Shanghai' },
      { dstGap: 'skip' },
      { dstOverlap: 'both' },
    ] as const;
    for (const edit of others) expect(of('b', { cronExpression: '0 9 * * *', ...edit })).not.toBe(known);
  });

  it('is its own where the job is part of it', () => {
    const hashed = ['a', 'b', 'c', 'd', 'e'].map((jobId) => of(jobId, { cronExpression: 'H H * * *' }).next(NOON));
    expect(new Set(hashed).size).toBeGreaterThan(1);
    const anchored = [0, 1_000].map((at) =>
      of('a', { cronExpression: '@every 7s', createdAt: new Date(NOON + at) }).next(NOON + MINUTE),
    );
    expect(anchored[1]! - anchored[0]!).not.toBe(0);
  });
});
