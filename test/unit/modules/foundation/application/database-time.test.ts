import { describe, expect, it } from 'vitest';
import { DatabaseTime } from '../../../../../src/modules/foundation/application/database-time.ts';
import { ManualTime } from '../../../../support/manual-time.ts';

const START = Date.parse('2026-01-02T12:00:00Z');

async function observed(databaseNow: number, roundTripMs: number, before?: (time: DatabaseTime) => void) {
  const clock = new ManualTime(START);
  const time = new DatabaseTime(clock);
  before?.(time);
  const askedAt = clock.monotonicMs();
  await clock.advance(roundTripMs);
  time.observe(databaseNow, askedAt);
  return { clock, time };
}

describe('DatabaseTime', () => {
  it('is the wall clock before the first answer', async () => {
    const clock = new ManualTime(START);
    const time = new DatabaseTime(clock);
    await clock.advance(1_500);
    expect(time.now()).toBe(START + 1_500);
  });

  it('takes an answer for given half way through its round trip', async () => {
    const { time } = await observed(5_000_000, 100);
    expect(time.now()).toBe(5_000_050);
  });

  it('is at least what it was when it could have been given last', async () => {
    const { clock, time } = await observed(5_000_000, 101);
    expect(time.atLeast()).toBeLessThanOrEqual(5_000_000);
    expect(time.atLeast()).toBeGreaterThan(4_999_998);
    await clock.advance(250);
    expect(time.atLeast()).toBeGreaterThan(5_000_248);
  });

  it('goes on by the monotonic clock, whatever becomes of the wall clock', async () => {
    const { clock, time } = await observed(5_000_000, 0);
    clock.stepWallClock(-7_200_000);
    await clock.advance(250);
    expect(time.now()).toBe(5_000_250);
  });

  it('believes a slow answer when it is the first', async () => {
    const { time } = await observed(5_000_000, 4_000);
    expect(time.now()).toBe(5_002_000);
  });

  it('a slow answer that agrees with what is known changes nothing', async () => {
    const { time } = await observed(5_001_900, 4_000, (known) => known.observe(5_000_000, 0));
    expect(time.now()).toBe(5_004_000);
  });

  it('an answer that took half a second does not move a clock that was learnt in a millisecond', async () => {
    const { clock, time } = await observed(5_000_000, 2);
    const askedAt = clock.monotonicMs();
    await clock.advance(400);
    // Given just before it came: half way is 200 ms off.
    time.observe(5_000_401, askedAt);
    expect(time.now()).toBe(5_000_401);
  });

  it('what was learnt grows old: after a while a wider answer is better', async () => {
    const { clock, time } = await observed(5_000_000, 2);
    await clock.advance(60_000);
    const askedAt = clock.monotonicMs();
    await clock.advance(10);
    time.observe(5_060_010, askedAt);
    expect(time.now()).toBe(5_060_015);
  });

  it('a slow answer that what is known cannot agree with corrects it', async () => {
    const { time } = await observed(8_000_000, 4_000, (known) => known.observe(5_000_000, 0));
    expect(time.now()).toBe(8_002_000);
  });

  it('follows a database whose clock is set back', async () => {
    const { clock, time } = await observed(5_000_000, 0);
    time.observe(1_000_000, clock.monotonicMs());
    expect(time.now()).toBe(1_000_000);
  });
});
