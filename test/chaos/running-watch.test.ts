/** What is RUNNING is sampled while the server is there, and only then. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { T } from './planted-history.ts';
import { RunningWatch } from './running-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('RunningWatch samples every second and a half, and has no sample of a server that is away', async () => {
  const none = { at: T, id: null, job_id: null, holder: null, ended: null };
  const stale = { at: T + 3_000, id: 'run-1', job_id: 'job-1', holder: 'replica-1.1', ended: T + 2_000 };
  const answers = [
    () => Promise.resolve([none]),
    () => Promise.reject(new Error('the server is away')),
    () => Promise.resolve([stale]),
  ];
  const ask = vi.fn(() => answers.shift()!());
  const watch = new RunningWatch({ ask } as never);
  await vi.advanceTimersByTimeAsync(4_499);
  const samples = watch.stop();
  await vi.advanceTimersByTimeAsync(1);
  const record = { executionId: 'run-1', jobId: 'job-1', holder: 'replica-1.1', leaseEndedAtMs: T + 2_000 };
  expect(await samples).toEqual([
    { atMs: T, stale: [] },
    { atMs: T + 3_000, stale: [record] },
  ]);
  expect(ask).toHaveBeenCalledTimes(3);
});

it('RunningWatch notes an answer that took longer than a second, whatever it says', async () => {
  const late = [600, 1_400].map((ms) => () => new Promise<never[]>((resolve) => setTimeout(() => resolve([]), ms)));
  const ask = vi.fn(() => (late.shift() ?? (() => Promise.resolve([])))());
  const watch = new RunningWatch({ ask } as never);
  await vi.advanceTimersByTimeAsync(6_000);
  const samples = watch.stop();
  await vi.advanceTimersByTimeAsync(2_000);
  await samples;
  expect(watch.overloads).toMatchObject([{ on: 'server' }]);
  const [noted] = watch.overloads;
  expect(noted!.toMs - noted!.fromMs).toBeGreaterThanOrEqual(1_400);
});
