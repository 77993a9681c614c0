/** Jitter spreads the starts and nothing else: the nominal time, the trigger and the number of runs stay. */
import { describe, expect, it } from 'vitest';
import { jitterOf } from '../../../../../src/modules/foundation/domain/jitter.ts';
import { createEngine, newStore, recordingJob } from '../../../../support/engine.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

describe('a job with jitter', () => {
  it('starts each occurrence once, later than its nominal time by no more than jitterMs', async () => {
    const store = newStore();
    const job = recordingJob();
    store.save('a', { cronExpression: '*/5 * * * *', jitterMs: 45_000 });
    const engine = createEngine({ store, jobs: { a: job } });
    await engine.start();
    await store.time.advance(10 * HOUR);
    await engine.stop();
    const runs = store.runsOf('a');
    const delays = runs.map((run) => run.startedAt.getTime() - run.scheduledAt.getTime());
    expect(job.calls[0]).toBe('2026-01-02T12:00:00.000Z');
    expect(runs).toHaveLength(120);
    expect(new Set(runs.map((run) => run.trigger))).toEqual(new Set(['schedule']));
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThanOrEqual(45_000);
    expect(new Set(delays).size).toBeGreaterThan(60);
  });

  it('starts no sooner because the run before it has ended only after its nominal time', async () => {
    const store = newStore();
    store.save('a', { cronExpression: '* * * * *', jitterMs: 50_000 });
    const engine = createEngine({ store, jobs: { a: () => store.time.pass(MINUTE) } });
    await engine.start();
    await store.time.advance(HOUR);
    await engine.stop();
    const early = store.runsOf('a').filter(({ startedAt, scheduledAt: at }) => {
      const jittered = { jobId: 'a', scheduledAt: at.getTime(), nextAt: at.getTime() + MINUTE };
      return startedAt.getTime() - at.getTime() < jitterOf(jittered, 50_000);
    });
    expect(store.runsOf('a').length).toBeGreaterThan(20);
    expect(early).toEqual([]);
  });

  it('is not late while it waits for its own jitter', async () => {
    const store = newStore();
    const job = recordingJob();
    store.save('a', { cronExpression: '0 * * * *', jitterMs: 30 * 60_000, misfirePolicy: 'skip' });
    const engine = createEngine({ store, jobs: { a: job } });
    await engine.start();
    await store.time.advance(24 * HOUR);
    await engine.stop();
    expect(job.calls).toHaveLength(24);
  });
});
