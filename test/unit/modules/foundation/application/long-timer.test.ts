import { describe, expect, it } from 'vitest';
import { startLongTimer } from '../../../../../src/modules/foundation/application/long-timer.ts';
import { ManualTime } from '../../../../support/manual-time.ts';

function started(delayMs: number) {
  const time = new ManualTime('2026-01-02T12:00:00Z');
  const rangAt: number[] = [];
  const cancel = startLongTimer({ clock: time, timers: time }, delayMs, () => rangAt.push(time.monotonicMs()));
  return { time, rangAt, cancel };
}

describe('startLongTimer()', () => {
  for (const delayMs of [0, 1, 29_999, 30_000, 30_001, 3_600_000]) {
    it(`rings once after ${delayMs} ms`, async () => {
      const { time, rangAt } = started(delayMs);
      await time.advance(delayMs);
      expect(rangAt).toEqual([delayMs]);
      await time.advance(120_000);
      expect(rangAt).toHaveLength(1);
      expect(time.timerCount).toBe(0);
    });
  }

  it('never rings before its time', async () => {
    const { time, rangAt } = started(3_600_000);
    await time.advance(3_599_999);
    expect(rangAt).toEqual([]);
  });

  it('takes no notice of a wall clock that is stepped', async () => {
    const { time, rangAt } = started(60_000);
    time.stepWallClock(7_200_000);
    await time.advance(45_000);
    time.stepWallClock(-14_400_000);
    expect(rangAt).toEqual([]);
    await time.advance(15_000);
    expect(rangAt).toEqual([60_000]);
  });

  it('rings no more once it is cancelled, also after it was prolonged', async () => {
    const { time, rangAt, cancel } = started(90_000);
    await time.advance(65_000);
    cancel();
    cancel();
    expect(time.timerCount).toBe(0);
    await time.advance(120_000);
    expect(rangAt).toEqual([]);
  });

  it('waits on where a timer rings early', () => {
    const early: (() => void)[] = [];
    const timers = { wakeAfter: (_delayMs: number, callback: () => void) => (early.push(callback), () => {}) };
    let now = 0;
    let rang = 0;
    startLongTimer({ clock: { now: () => 0, monotonicMs: () => now }, timers }, 10, () => (rang += 1));
    now = 9.4;
    early.shift()!();
    expect(rang).toBe(0);
    now = 10;
    early.shift()!();
    expect(rang).toBe(1);
  });
});
