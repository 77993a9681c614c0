/** A run is judged when nobody is behind any more, and is judged all the same where somebody stays behind. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { caughtUp } from './catching-up.ts';
import type { ChaosDatabase } from './chaos-database.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it.each([
  { behind: [3, 1, 0, 0], asked: 3 },
  { behind: [0], asked: 1 },
  { behind: [1], asked: 180 },
])('caughtUp() asks while any job is behind, for a minute and a half at most: $behind', async ({ behind, asked }) => {
  const insist = vi.fn(async () => [{ n: behind.length > 1 ? behind.shift() : behind[0] }]);
  const done = caughtUp({ insist } as unknown as ChaosDatabase);
  await vi.advanceTimersByTimeAsync(90_000);
  await done;
  expect(insist).toHaveBeenCalledTimes(asked);
});
