import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineJob, type JobFunction } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { manualExecutor as setUp } from '../../../../support/manual-executor.ts';
import { settle } from '../../../../support/manual-time.ts';

describe('RunExecutor with a timeout', () => {
  const rejections: unknown[] = [];
  const keep = (error: unknown): void => void rejections.push(error);
  beforeEach(() => void process.on('unhandledRejection', keep));
  afterEach(async () => {
    await settle();
    process.off('unhandledRejection', keep);
    expect(rejections.splice(0)).toEqual([]);
  });

  const timeoutMs = 90_000;

  it('a job that never settles ends at its timeout, and not before', async () => {
    const { execute, time, tracker } = setUp(() => new Promise(() => {}), { timeoutMs });
    const done = execute();
    await time.advance(timeoutMs - 1);
    expect(tracker.outcome).toBeNull();
    await time.advance(1);
    await done;
    expect(tracker.outcome?.error).toMatchObject({ code: 'RUN_TIMEOUT' });
    expect(time.timerCount).toBe(0);
  });

  it('a job that listens is told why, and its own rejection does not hide it', async () => {
    let reason: unknown;
    const job: JobFunction = (_kwargs, { signal }) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => {
          reason = signal.reason;
          reject(new Error('I was aborted'));
        }),
      );
    const { execute, time, tracker } = setUp(job, { timeoutMs });
    const done = execute();
    await time.advance(timeoutMs);
    await done;
    expect(reason).toMatchObject({ code: 'RUN_TIMEOUT' });
    expect(tracker.outcome?.error).toBe(reason);
  });

  it('a job that rejects long after it was given up changes nothing', async () => {
    const late = Promise.withResolvers<void>();
    const { execute, time, tracker, logger } = setUp(() => late.promise, { timeoutMs });
    const done = execute();
    await time.advance(timeoutMs);
    await done;
    late.reject(new Error('too late'));
    await settle();
    expect(tracker.outcome?.error).toMatchObject({ code: 'RUN_TIMEOUT' });
    expect(logger.lines.at(-1)).toMatchObject({ level: 'debug', message: expect.stringContaining('abandoned') });
  });

  it('a job that ends in time leaves no timer behind', async () => {
    const { execute, time, tracker } = setUp(() => 'done', { timeoutMs });
    await execute();
    expect(time.timerCount).toBe(0);
    await time.advance(2 * timeoutMs);
    expect(tracker.outcome).toEqual({ result: 'done' });
  });

  it('a schema that never settles is ended too, and the function is not called afterwards', async () => {
    const checked = Promise.withResolvers<{ value: unknown }>();
    let calls = 0;
    const kwargs = { '~standard': { version: 1, vendor: 'test', validate: () => checked.promise } } as const;
    const { execute, time, tracker } = setUp(defineJob({ kwargs, run: () => (calls += 1) }), { timeoutMs });
    const done = execute();
    await time.advance(timeoutMs);
    await done;
    expect(tracker.outcome?.error).toMatchObject({ code: 'RUN_TIMEOUT' });
    checked.resolve({ value: {} });
    await settle();
    expect(calls).toBe(0);
  });
});
