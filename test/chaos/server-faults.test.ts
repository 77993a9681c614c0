/** A fault of the server lasts as long as it was planned to, so that what is told of it is so. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Cluster } from './cluster.ts';
import type { PlannedFault } from './fault-schedule.ts';
import { breakServer } from './server-faults.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('breakServer() terminates backends for no longer where the database is slow to answer', async () => {
  const ask = vi.fn(() => new Promise((resolve) => setTimeout(resolve, 300)));
  const fault = { fault: 'terminate', durationMs: 500, slot: 0 } as PlannedFault;
  const mended = vi.fn();
  void breakServer({ database: { ask } } as unknown as Cluster, fault).then(mended);
  await vi.advanceTimersByTimeAsync(549);
  expect(mended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(mended).toHaveBeenCalled();
  expect(ask).toHaveBeenCalledTimes(1);
});
