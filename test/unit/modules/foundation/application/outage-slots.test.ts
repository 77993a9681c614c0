/** How many runs go on at once while the database is away: never more than the process may have. */
import { expect, it } from 'vitest';
import type { JobFunction } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';

const SECOND = 1_000;

it('what waits behind a run takes no slot that another job has taken, and starts when one is free', async () => {
  const store = newStore();
  const policy = { handler: 'work', outagePolicy: 'run', overlapPolicy: 'queueOne' } as const;
  for (const jobId of ['a', 'b', 'c', 'd']) store.save(jobId, { cronExpression: '*/2 * * * * *', ...policy });
  let [running, most] = [0, 0];
  const ran = new Map<string, number>();
  const work: JobFunction = async (_kwargs, { jobId }) => {
    running += 1;
    most = Math.max(most, running);
    ran.set(jobId, (ran.get(jobId) ?? 0) + 1);
    await store.time.pass(3 * SECOND);
    running -= 1;
  };
  const engine = createEngine({ store, maxConcurrentRuns: 2, jobs: { work } });
  await engine.start();
  await store.time.advance(SECOND);
  store.isAway = true;
  await store.time.advance(120 * SECOND);
  expect(most).toBe(2);
  const counts = ['a', 'b', 'c', 'd'].map((jobId) => ran.get(jobId) ?? 0);
  expect(Math.min(...counts)).toBeGreaterThan(3);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(60);
  await engine.stop();
});
