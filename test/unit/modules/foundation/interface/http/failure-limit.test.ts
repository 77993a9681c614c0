import { describe, expect, test } from 'vitest';
import {
  CAPACITY,
  FailureLimit,
  REFILL_MS,
} from '../../../../../../src/modules/foundation/interface/http/failure-limit.ts';

function limitAt(clock: { ms: number }): FailureLimit {
  return new FailureLimit(() => clock.ms);
}

function exhaust(limit: FailureLimit, client: string): void {
  for (let failure = 0; failure < CAPACITY; failure += 1) expect(limit.take(client)).toBe(0);
}

describe('FailureLimit', () => {
  test('lets a client fail so often, and then says how long to wait', () => {
    const limit = limitAt({ ms: 0 });
    exhaust(limit, 'a');
    expect(limit.take('a')).toBe(REFILL_MS);
  });

  test('refills one at a time, and never above the capacity', () => {
    const clock = { ms: 0 };
    const limit = limitAt(clock);
    exhaust(limit, 'a');
    clock.ms += REFILL_MS - 1;
    expect(limit.take('a')).toBe(1);
    clock.ms += 1;
    expect(limit.take('a')).toBe(0);
    expect(limit.take('a')).toBe(REFILL_MS);
    clock.ms += 1_000 * REFILL_MS;
    exhaust(limit, 'a');
    expect(limit.take('a')).toBeGreaterThan(0);
  });

  test("counts each client's failures apart", () => {
    const limit = limitAt({ ms: 0 });
    exhaust(limit, 'a');
    expect(limit.take('b')).toBe(0);
  });

  test('a clock that is set back empties nothing', () => {
    const clock = { ms: 1_000_000 };
    const limit = limitAt(clock);
    expect(limit.take('a')).toBe(0);
    clock.ms = 0;
    expect(limit.take('a')).toBe(0);
  });

  test('forgets the client unused for longest rather than grow without end', () => {
    const limit = limitAt({ ms: 0 });
    exhaust(limit, 'first');
    for (let client = 0; client < 10_000; client += 1) limit.take(`other-${client}`);
    expect(limit.take('first')).toBe(0);
  });
});
