import { describe, expect, it } from 'vitest';
import { isRetried, retryAfterMs, retryDelayMs } from '../../../../../src/modules/foundation/domain/retry.ts';
import { FAILURE_REASONS } from '../../../../../src/modules/foundation/domain/run.ts';

const AT = new Date('2026-01-02T12:00:00.000Z');
const run = (attempt: number, jobId = 'a') => ({ jobId, scheduledAt: AT, attempt, maxAttempts: 3 });
const BACKOFF = { retryBackoffMs: 1_000, retryBackoffMax: 60_000 };

describe('retryDelayMs()', () => {
  it('doubles with each attempt, and takes off a quarter at most', () => {
    for (const [attempt, wholeMs] of [1_000, 2_000, 4_000, 8_000].entries()) {
      const delayMs = retryDelayMs(run(attempt + 1), BACKOFF);
      expect(delayMs).toBeLessThanOrEqual(wholeMs);
      expect(delayMs).toBeGreaterThanOrEqual(wholeMs * 0.75);
    }
  });

  it('is never longer than the most, however many attempts there were', () => {
    for (const attempt of [7, 30, 100, 5_000]) {
      expect(retryDelayMs(run(attempt), BACKOFF)).toBeLessThanOrEqual(60_000);
      expect(retryDelayMs(run(attempt), BACKOFF)).toBeGreaterThanOrEqual(45_000);
    }
  });

  it('is the same each time it is asked for, and another for another job', () => {
    expect(retryDelayMs(run(1), BACKOFF)).toBe(retryDelayMs(run(1), BACKOFF));
    const delays = new Set(Array.from({ length: 50 }, (_, at) => retryDelayMs(run(3, `job-${at}`), BACKOFF)));
    expect(delays.size).toBeGreaterThan(40);
  });

  it('is nothing where there is no backoff', () => {
    expect(retryDelayMs(run(2), { retryBackoffMs: 0, retryBackoffMax: 60_000 })).toBe(0);
    expect(retryDelayMs(run(2), { retryBackoffMs: 1_000, retryBackoffMax: 0 })).toBe(0);
  });
});

describe('retryAfterMs()', () => {
  it('is null after the last attempt', () => {
    expect(retryAfterMs(run(2), BACKOFF)).toBe(retryDelayMs(run(2), BACKOFF));
    expect(retryAfterMs(run(3), BACKOFF)).toBeNull();
    expect(retryAfterMs(run(9), BACKOFF)).toBeNull();
  });
});

describe('isRetried()', () => {
  it('holds for an error and for a timeout, and for nothing else', () => {
    expect(FAILURE_REASONS.filter(isRetried)).toEqual(['ERROR', 'TIMEOUT']);
  });
});
