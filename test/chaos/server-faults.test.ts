/** A fault of the server lasts as long as it was planned to, so that what is told of it is so. */
import { expect, it } from 'vitest';
import type { Cluster } from './cluster.ts';
import type { PlannedFault } from './fault-schedule.ts';
import { breakServer } from './server-faults.ts';

it('breakServer() terminates backends for no longer where the database is slow to answer', async () => {
  let asked = 0;
  const database = {
    ask: async () => {
      asked += 1;
      await new Promise((resolve) => setTimeout(resolve, 300));
    },
  };
  const fault = { fault: 'terminate', durationMs: 500, slot: 0 } as PlannedFault;
  await breakServer({ database } as unknown as Cluster, fault);
  expect(asked).toBe(1);
});
