/** Runs that fail and are tried again, over whole engines in virtual time. */
import { describe, expect, it } from 'vitest';
import type { JobConfig } from '../../../../../src/modules/foundation/domain/job-config.ts';
import type { JobContext, JobFunction } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';

const SECOND = 1_000;
const NOON = '2026-01-02T12:00:00.000Z';

/** Fails so many times; keeps its contexts, and when it was called. */
function failingJob(times: number, now: () => number) {
  const calls: { readonly context: JobContext; readonly at: number; readonly kwargs: unknown }[] = [];
  const run: JobFunction = (kwargs, context) => {
    calls.push({ context, at: now(), kwargs });
    if (calls.length <= times) throw new Error(`failure ${calls.length}`);
  };
  return { run, calls };
}

async function withFailing(times: number, edit: Partial<JobConfig> = {}) {
  const store = newStore();
  const job = failingJob(times, () => store.now());
  store.save('a', { cronExpression: '0 12 * * *', maxAttempts: 3, retryBackoffMs: 10 * SECOND, ...edit });
  const engine = createEngine({ store, jobs: { a: job.run } });
  await engine.start();
  return { store, job, engine, time: store.time };
}

describe('a run that fails', () => {
  it('is tried again after its backoff, with the same key and arguments', async () => {
    const { store, job, time } = await withFailing(2, { jobKwargs: { to: 'x' } });
    await time.advance(60 * SECOND);
    expect(job.calls.map(({ context }) => [context.attempt, context.trigger])).toEqual([
      [1, 'schedule'],
      [2, 'retry'],
      [3, 'retry'],
    ]);
    expect(new Set(job.calls.map(({ context }) => context.idempotencyKey))).toEqual(new Set([`a@${NOON}`]));
    expect(job.calls.every(({ kwargs }) => (kwargs as { to: string }).to === 'x')).toBe(true);
    const [first, second, third] = job.calls.map(({ at }) => at);
    expect(second! - first!).toBeGreaterThanOrEqual(7.5 * SECOND);
    expect(second! - first!).toBeLessThanOrEqual(10 * SECOND + 2);
    expect(third! - second!).toBeGreaterThanOrEqual(15 * SECOND);
    expect(third! - second!).toBeLessThanOrEqual(20 * SECOND + 2);
    expect(store.runsOf('a').map((run) => run.status)).toEqual(['FAILED', 'FAILED', 'SUCCESS']);
    expect(store.pending.size).toBe(0);
  });

  it('is tried no more often than its job says', async () => {
    const { store, job, time } = await withFailing(99);
    await time.advance(3_600 * SECOND);
    expect(job.calls).toHaveLength(3);
    expect(store.pending.size).toBe(0);
  });

  it('starts again at the instant it becomes available, though nobody tells of it', async () => {
    const { store, job, time } = await withFailing(1, { retryBackoffMs: 1_700 });
    await time.advance(3 * SECOND);
    const [waiting] = store.pending.values();
    store.isFeedAlive = false;
    await time.advance(3 * SECOND);
    expect(job.calls[1]!.at - waiting!.availableAt.getTime()).toBeGreaterThanOrEqual(0);
    expect(job.calls[1]!.at - waiting!.availableAt.getTime()).toBeLessThanOrEqual(2);
  });

  it('is tried again after a timeout', async () => {
    const store = newStore();
    let calls = 0;
    const hangs: JobFunction = () => ((calls += 1) === 1 ? new Promise(() => {}) : null);
    store.save('a', { cronExpression: '0 12 * * *', maxAttempts: 2, retryBackoffMs: SECOND, timeoutMs: 5 * SECOND });
    await createEngine({ store, jobs: { a: hangs } }).start();
    await store.time.advance(20 * SECOND);
    expect(store.runsOf('a')).toMatchObject([{ failureReason: 'TIMEOUT' }, { status: 'SUCCESS', attempt: 2 }]);
  });

  it('waits while its job is paused or disabled, and one that a person ordered does not', async () => {
    const { store, job, time } = await withFailing(1);
    await time.advance(4 * SECOND);
    store.save('a', { pausedAt: new Date(store.now()) });
    await time.advance(60 * SECOND);
    expect(job.calls).toHaveLength(1);
    store.trigger('a', 'by-hand');
    await time.advance(2 * SECOND);
    expect(job.calls).toHaveLength(2);
    store.save('a', { pausedAt: null });
    await time.advance(3 * SECOND);
    expect(job.calls.at(-1)!.context).toMatchObject({ attempt: 2, trigger: 'retry' });
  });

  it('of two replicas one tries it again, also where the first has died meanwhile', async () => {
    const store = newStore();
    const job = failingJob(1, () => store.now());
    store.save('a', { cronExpression: '0 12 * * *', maxAttempts: 3, retryBackoffMs: 10 * SECOND });
    const engines = [createEngine({ store, jobs: { a: job.run } }), createEngine({ store, jobs: { a: job.run } })];
    for (const engine of engines) await engine.start();
    await store.time.advance(4 * SECOND);
    const holder = store.runsOf('a')[0]!.instanceId;
    engines.find(({ wired }) => wired.instance.id === holder)!.kill();
    await store.time.advance(30 * SECOND);
    expect(job.calls).toHaveLength(2);
    expect(store.runsOf('a')[1]!.instanceId).not.toBe(holder);
  });

  it('the database away at its end: the next attempt waits in the journal, and comes with the record', async () => {
    const store = newStore();
    const calls: number[] = [];
    const failsLate: JobFunction = async () => {
      calls.push(store.now());
      await store.time.pass(5 * SECOND);
      if (calls.length === 1) throw new Error('late');
    };
    store.save('a', { cronExpression: '0 12 * * *', maxAttempts: 2, retryBackoffMs: SECOND });
    await createEngine({ store, jobs: { a: failsLate } }).start();
    await store.time.advance(4 * SECOND);
    store.isAway = true;
    await store.time.advance(8 * SECOND);
    expect(calls).toHaveLength(1);
    store.isAway = false;
    await store.time.advance(20 * SECOND);
    expect(store.runsOf('a').map((run) => [run.attempt, run.status])).toEqual([
      [1, 'FAILED'],
      [2, 'SUCCESS'],
    ]);
  });

  it('the answer to the claim of a retry lost: it is started, and once', async () => {
    const { store, job, engine, time } = await withFailing(1, { retryBackoffMs: 5 * SECOND });
    await time.advance(6 * SECOND);
    engine.link.loseAnswer('pending.claim');
    await time.advance(30 * SECOND);
    expect(job.calls).toHaveLength(2);
    expect(store.runsOf('a')).toMatchObject([{ status: 'FAILED' }, { status: 'SUCCESS' }]);
  });
});

describe('a run whose lease ended before its function was called', () => {
  for (const onLost of ['retry', 'fail'] as const)
    it(`is lost, as any other: on_lost ${onLost}`, async () => {
      const { store, job, engine, time } = await withFailing(0, {
        maxAttempts: 1,
        onLost,
        cronExpression: '0 0 1 1 *',
      });
      await time.advance(SECOND);
      // What is known of the run is what is found of it: when its job succeeded last is asked for.
      engine.link.loseAnswer('pending.claim');
      const letGo = engine.link.holdAnswer('executions.lastSuccessAt');
      store.trigger('a', 'by-hand');
      await time.advance(4 * SECOND);
      expect(store.executions.get('by-hand')).toMatchObject({ status: 'RUNNING' });
      // The process is stopped, and goes on after its lease.
      time.leap(20 * SECOND);
      letGo();
      await time.advance(60 * SECOND);
      expect(store.executions.get('by-hand')).toMatchObject({ status: 'FAILED', failureReason: 'LOST' });
      expect(job.calls.map(({ context }) => context.attempt)).toEqual(onLost === 'retry' ? [2] : []);
      expect(store.events.filter(({ type }) => type === 'run.lost')).toMatchObject([{ executionId: 'by-hand' }]);
      await engine.stop();
    });
});
