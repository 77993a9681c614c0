import { expect, test } from 'vitest';
import { jitterOf } from '../../../../../src/modules/foundation/domain/jitter.ts';

const AT = Date.UTC(2026, 5, 1, 9);

test('jitterOf() is the same for the same job and occurrence', () => {
  const occurrence = { jobId: 'backup', scheduledAt: AT, nextAt: AT + 86_400_000 };
  const delay = jitterOf(occurrence, 60_000);
  expect(jitterOf({ ...occurrence }, 60_000)).toBe(delay);
  expect(Number.isInteger(delay)).toBe(true);
});

test('jitterOf() spreads jobs and occurrences over the whole of its range', () => {
  const delays = Array.from({ length: 1000 }, (_, job) =>
    jitterOf({ jobId: `job-${job}`, scheduledAt: AT, nextAt: null }, 60_000),
  );
  expect(Math.min(...delays)).toBeLessThan(1000);
  expect(Math.max(...delays)).toBeGreaterThan(59_000);
  expect(Math.max(...delays)).toBeLessThanOrEqual(60_000);
  const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
  expect(Math.abs(mean - 30_000)).toBeLessThan(2500);
  const days = Array.from({ length: 100 }, (_, day) =>
    jitterOf({ jobId: 'backup', scheduledAt: AT + day * 86_400_000, nextAt: null }, 60_000),
  );
  expect(new Set(days).size).toBeGreaterThan(95);
});

test('jitterOf() never reaches the next occurrence', () => {
  for (let second = 0; second < 500; second += 1) {
    const scheduledAt = AT + second * 1000;
    const delay = jitterOf({ jobId: 'tick', scheduledAt, nextAt: scheduledAt + 1000 }, 3_600_000);
    expect(delay).toBeLessThan(1000);
  }
});

test.each([0, -5, Number.NaN])('jitterOf() is zero for a jitter of %s', (jitterMs) => {
  expect(jitterOf({ jobId: 'a', scheduledAt: AT, nextAt: null }, jitterMs)).toBe(0);
});

test('jitterOf() is zero where there is no room before the next occurrence', () => {
  expect(jitterOf({ jobId: 'a', scheduledAt: AT, nextAt: AT + 1 }, 5000)).toBe(0);
});
