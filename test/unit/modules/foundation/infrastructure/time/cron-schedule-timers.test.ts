import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  CronScheduleTimers,
  LONGEST_SLEEP_MS,
} from '../../../../../../src/modules/foundation/infrastructure/time/cron-schedule-timers.ts';
import { SystemClock } from '../../../../../../src/modules/foundation/infrastructure/time/system-clock.ts';

describe('CronScheduleTimers', () => {
  beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-02T12:00:00Z') }));
  afterEach(() => void vi.useRealTimers());

  function rings(delayMs: number) {
    const rangAfter: number[] = [];
    const startedAt = Date.now();
    const cancel = new CronScheduleTimers().wakeAfter(delayMs, () => rangAfter.push(Date.now() - startedAt));
    return { rangAfter, cancel };
  }

  for (const [delayMs, expected] of [
    [0, 1],
    [-5, 1],
    [0.2, 1],
    [1_500, 1_500],
    [LONGEST_SLEEP_MS, LONGEST_SLEEP_MS],
    [86_400_000_000, LONGEST_SLEEP_MS],
    [Number.POSITIVE_INFINITY, LONGEST_SLEEP_MS],
  ] as const) {
    it(`wakeAfter(${delayMs}) rings once, after ${expected} ms`, () => {
      const { rangAfter } = rings(delayMs);
      vi.advanceTimersByTime(120_000);
      expect(rangAfter).toEqual([expected]);
    });
  }

  it('rings no more once it is cancelled', () => {
    const { rangAfter, cancel } = rings(1_000);
    cancel();
    cancel();
    vi.advanceTimersByTime(60_000);
    expect(rangAfter).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('a wall clock that is set back does not hold a wake-up up', () => {
    const { rangAfter } = rings(1_000);
    vi.setSystemTime(Date.now() - 7_200_000);
    vi.advanceTimersByTime(1_000);
    expect(rangAfter).toHaveLength(1);
  });
});

describe('SystemClock', () => {
  it('is the process’s own, and its monotonic part never goes back', () => {
    const clock = new SystemClock();
    const before = clock.monotonicMs();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000);
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(before);
  });
});
