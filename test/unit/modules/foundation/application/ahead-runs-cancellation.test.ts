/** Runs that somebody wants to stop between their claim and their due time, over whole engines in virtual time. */
import { describe, expect, it } from 'vitest';
import type { JobFunction } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { claimedHerd, HERD } from '../../../../support/herd-scene.ts';

const SECOND = 1_000;

describe('a run of a herd that is cancelled after it was claimed', () => {
  it('never starts, and is recorded as cancelled at once; the others start', async () => {
    const { store, calls, time } = await claimedHerd();
    const [run] = store.runsOf('job-0');
    store.cancel(run!.id, 'enough');
    await time.advance(10);
    expect(store.runsOf('job-0')).toMatchObject([{ failureReason: 'CANCELLED', errorMessage: 'enough' }]);
    await time.advance(5 * SECOND);
    expect(calls).toHaveLength(HERD - 1);
    expect(store.runsOf('job-0')).toHaveLength(1);
  });

  it('never starts where nobody tells of it either, with the database or without', async () => {
    for (const isAway of [false, true]) {
      const { store, calls, time } = await claimedHerd({ outagePolicy: 'run' });
      store.isFeedAlive = isAway;
      store.cancel(store.runsOf('job-0')[0]!.id, 'enough');
      await time.advance(10);
      store.isAway = isAway;
      await time.advance(5 * SECOND);
      store.isAway = false;
      await time.advance(10 * SECOND);
      expect(calls).toHaveLength(HERD - 1);
      expect(store.runsOf('job-0')).toMatchObject([{ failureReason: 'CANCELLED' }]);
    }
  });

  it('never starts where it was confirmed and waits for a slot', async () => {
    const job: JobFunction & { calls: string[] } = Object.assign(
      async (_kwargs: unknown, { jobId }: { jobId: string }) => {
        job.calls.push(jobId);
        await store.time.pass(500);
      },
      { calls: [] as string[] },
    );
    const { store, calls, time } = await claimedHerd({}, { job, maxConcurrentRuns: 5 });
    await time.advance(600);
    const waiting = [...store.executions.values()].find(({ jobId }) => !calls.includes(jobId))!;
    store.cancel(waiting.id, 'enough');
    await time.advance(20 * SECOND);
    expect(calls).toHaveLength(HERD - 1);
    expect(calls).not.toContain(waiting.jobId);
    expect(store.runsOf(waiting.jobId)).toMatchObject([{ failureReason: 'CANCELLED' }]);
  });
});
