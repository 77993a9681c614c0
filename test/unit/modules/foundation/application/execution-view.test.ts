import { describe, expect, test } from 'vitest';
import { viewExecution, viewPendingRun } from '../../../../../src/modules/foundation/application/execution-view.ts';
import { execution } from '../../../../support/in-memory-executions.ts';

describe('viewExecution()', () => {
  test('measures how late it started, and never a negative lateness', () => {
    const startedAt = new Date('2026-01-02T00:00:01.000Z');
    const lateness = (scheduledAt: string) =>
      viewExecution(execution(1, { startedAt, scheduledAt: new Date(scheduledAt) })).latenessMs;
    expect(lateness('2026-01-02T00:00:00.000Z')).toBe(1_000);
    expect(lateness('2026-01-02T00:00:05.000Z')).toBe(0);
  });

  test('gives all attempts at an occurrence the same key', () => {
    const scheduledAt = new Date('2026-01-02T00:00:00.000Z');
    const keys = [1, 2].map((attempt) => viewExecution(execution(attempt, { scheduledAt, attempt })).idempotencyKey);
    expect(keys).toEqual(['warm-cache@2026-01-02T00:00:00.000Z', 'warm-cache@2026-01-02T00:00:00.000Z']);
  });

  test('masks what is secret in arguments and result', () => {
    const seen = viewExecution(execution(1, { jobKwargs: { password: 'x' }, result: [{ token: 'y' }] }));
    expect(seen).toMatchObject({ jobKwargs: { password: '***' }, result: [{ token: '***' }] });
  });
});

describe('viewPendingRun()', () => {
  const run = {
    id: 'r-1',
    jobId: 'a',
    trigger: 'manual',
    jobKwargs: { token: 'x' },
    reason: null,
    actor: 'admin',
    scheduledAt: new Date(0),
    attempt: 2,
    maxAttempts: null,
    availableAt: new Date(0),
    createdAt: new Date(0),
  } as const;

  test('has every field of a run that has started, and says that it has not', () => {
    const seen = viewPendingRun(run, 3);
    expect(Object.keys(seen).toSorted()).toEqual(Object.keys(viewExecution(execution(1))).toSorted());
    expect(seen).toMatchObject({ status: 'RUNNING', startedAt: null, latenessMs: null, attempt: 2, maxAttempts: 3 });
    expect(seen.jobKwargs).toEqual({ token: '***' });
  });
});
