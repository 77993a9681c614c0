/** A herd that is claimed ahead of its due time, over whole engines in virtual time: what may happen in that second. */
import { describe, expect, it } from 'vitest';
import type { JobConfig } from '../../../../../src/modules/foundation/domain/job-config.ts';
import type { JobFunction } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { createEngine, newStore, recordingJob } from '../../../../support/engine.ts';
import { claimedHerd, HERD, newHerd, NOON, UNTIL_CLAIMED } from '../../../../support/herd-scene.ts';

const SECOND = 1_000;

describe('a herd', () => {
  it('is claimed ahead in one statement, and started at its due time after one more', async () => {
    const { store, engine, calls, time } = await claimedHerd();
    await time.advance(499);
    expect(calls).toEqual([]);
    await time.advance(1);
    expect(calls).toEqual(Array(HERD).fill(NOON));
    expect([engine.link.countOf('claims.claim'), engine.link.countOf('ahead.confirmAll')]).toEqual([1, 1]);
    for (const run of store.executions.values()) {
      expect([run.startedAt.toISOString(), run.status]).toEqual([NOON, 'SUCCESS']);
      expect(run.claimedAt!.toISOString()).toBe('2026-01-02T11:59:59.000Z');
    }
    await engine.stop();
    expect(time.timerCount).toBe(0);
  });

  it('of few jobs is claimed when they are due', async () => {
    const store = newStore();
    store.save('a', { cronExpression: '0 12 * * *', handler: 'work' });
    await createEngine({ store, jobs: { work: () => null } }).start();
    await store.time.advance(2_999);
    expect(store.executions.size).toBe(0);
    await store.time.advance(1);
    expect(store.executions.size).toBe(1);
  });

  for (const edit of [
    { jitterMs: 5_000 },
    { overlapPolicy: 'queueAll' },
    { maxConcurrentRuns: 2 },
    { cronExpression: '*/5 * * * * *' },
  ] satisfies Partial<JobConfig>[]) {
    it(`that has to be judged when it is due is not taken ahead: ${JSON.stringify(edit)}`, async () => {
      const store = newHerd(edit);
      await createEngine({ store, jobs: { work: () => null } }).start();
      await store.time.advance(UNTIL_CLAIMED);
      expect([...store.executions.values()].filter(({ scheduledAt }) => scheduledAt > new Date(store.now()))).toEqual(
        [],
      );
      await store.time.advance(10 * SECOND);
      expect(store.executions.size).toBeGreaterThanOrEqual(HERD);
    });
  }

  it('says so when a run starts later than it was due', async () => {
    const { store, engine, time } = await claimedHerd();
    engine.link.latencyMs = 80;
    await time.advance(SECOND);
    for (const run of store.executions.values())
      expect(run.startedAt.getTime() - run.scheduledAt.getTime()).toBeGreaterThanOrEqual(80);
  });
});

describe('a job of a herd that is changed after it was claimed', () => {
  it('and paused does not ring; the others do', async () => {
    const { store, calls, time } = await claimedHerd();
    store.save('job-0', { pausedAt: new Date(store.now()) });
    await time.advance(5 * SECOND);
    expect(calls).toHaveLength(HERD - 1);
    expect(store.runsOf('job-0')).toEqual([]);
    store.save('job-0', { pausedUntil: new Date(store.now()) });
    await time.advance(5 * SECOND);
    expect(calls).toHaveLength(HERD - 1);
    expect(store.events.filter(({ jobId }) => jobId === 'job-0')).toMatchObject([
      { type: 'occurrence.skipped', scheduledAt: new Date(NOON), detail: { cause: 'paused' } },
    ]);
  });

  it('and edited runs once, as it is then', async () => {
    const seen: unknown[] = [];
    const { store, time } = await claimedHerd({}, { job: (kwargs) => void seen.push(kwargs) });
    store.save('job-0', { jobKwargs: { edited: true } });
    await time.advance(5 * SECOND);
    expect(seen).toHaveLength(HERD);
    expect(seen.filter((kwargs) => JSON.stringify(kwargs) === '{"edited":true}')).toHaveLength(1);
    expect(store.runsOf('job-0')).toMatchObject([{ status: 'SUCCESS', scheduledAt: new Date(NOON) }]);
  });

  for (const [what, change] of [
    ['disabled', (store: ReturnType<typeof newStore>) => store.save('job-0', { enabled: false })],
    ['deleted', (store: ReturnType<typeof newStore>) => store.remove('job-0')],
  ] as const) {
    it(`and ${what} does not run, and an event says so`, async () => {
      const { store, calls, time } = await claimedHerd();
      change(store);
      await time.advance(5 * SECOND);
      expect(calls).toHaveLength(HERD - 1);
      expect(store.runsOf('job-0')).toEqual([]);
      expect(store.events.filter(({ jobId }) => jobId === 'job-0')).toMatchObject([{ type: 'occurrence.skipped' }]);
    });
  }
});

describe('an instance with a herd claimed ahead', () => {
  it('killed before it is due: another runs each, once, and nothing is lost', async () => {
    const { store, engine, calls, time } = await claimedHerd();
    engine.kill();
    const heirs = recordingJob();
    await createEngine({ store, jobs: { work: heirs } }).start();
    await time.advance(30 * SECOND);
    expect([calls.length, heirs.calls]).toEqual([0, Array(HERD).fill(NOON)]);
    expect([...store.executions.values()].map(({ status }) => status)).toEqual(Array(HERD).fill('SUCCESS'));
  });

  it('killed before it is due, of jobs whose runs may overlap: what ran since is not judged again', async () => {
    const { store, engine, time } = await claimedHerd({ overlapPolicy: 'allow', cronExpression: '*/10 * * * * *' });
    const heirs = recordingJob();
    await createEngine({ store, jobs: { work: heirs } }).start();
    engine.kill();
    await time.advance(39 * SECOND);
    const seconds = store.runsOf('job-0').map(({ scheduledAt }) => scheduledAt.toISOString().slice(14, 19));
    expect(seconds.toSorted()).toEqual(['00:00', '00:10', '00:20', '00:30']);
    expect(heirs.calls.filter((at) => at === NOON)).toHaveLength(HERD);
    expect(store.events.filter(({ type }) => type.startsWith('occurrence'))).toEqual([]);
  });

  it('killed when it may have started them: they are lost', async () => {
    const { store, engine, calls, time } = await claimedHerd();
    engine.link.holdAnswer('ahead.confirmAll');
    await time.advance(600);
    engine.kill();
    const heirs = recordingJob();
    await createEngine({ store, jobs: { work: heirs } }).start();
    await time.advance(30 * SECOND);
    expect([calls.length, heirs.calls.length]).toEqual([0, 0]);
    for (const run of store.executions.values()) expect(run).toMatchObject({ failureReason: 'LOST' });
  });

  it('stopped before it is due gives them back, and another starts them on time', async () => {
    const { store, engine, calls, time } = await claimedHerd();
    const others = recordingJob();
    await createEngine({ store, jobs: { work: others } }).start();
    await engine.stop();
    expect(store.executions.size).toBe(0);
    await time.advance(SECOND);
    expect([calls.length, others.calls.length]).toEqual([0, HERD]);
  });

  it('cut off until its lease has ended starts nothing that another has taken', async () => {
    const { store, engine, calls, time } = await claimedHerd();
    engine.link.isAway = true;
    const others = recordingJob();
    await createEngine({ store, jobs: { work: others } }).start();
    await time.advance(30 * SECOND);
    expect(others.calls).toHaveLength(HERD);
    engine.link.isAway = false;
    await time.advance(30 * SECOND);
    expect([calls.length, others.calls.length]).toEqual([0, HERD]);
    expect(store.executions.size).toBe(HERD);
  });

  it('cut off with some that wait for a slot starts none that was called lost meanwhile', async () => {
    const store = newStore();
    for (let at = 0; at < HERD; at += 1) {
      store.save(`noon-${at}`, { cronExpression: '0 12 * * *', handler: 'work' });
      store.save(`later-${at}`, { cronExpression: '1 0 12 * * *', dialect: 'unix', handler: 'work' });
    }
    const lost: string[] = [];
    let starts = 0;
    const work: JobFunction = async (_kwargs, { jobId }) => {
      starts += 1;
      if (store.runsOf(jobId).some(({ failureReason }) => failureReason === 'LOST')) lost.push(jobId);
      await store.time.pass(10 * SECOND);
    };
    const engine = createEngine({ store, jobs: { work }, maxConcurrentRuns: 5 });
    await engine.start();
    await store.time.advance(3_300);
    expect(starts).toBe(5);
    engine.link.isAway = true;
    await createEngine({ store, jobs: { work: recordingJob() } }).start();
    await store.time.advance(40 * SECOND);
    engine.link.isAway = false;
    await store.time.advance(40 * SECOND);
    expect(lost).toEqual([]);
  });

  it('suspended with its clock past the end of its lease: each runs once, whoever starts it', async () => {
    const { store, calls, time } = await claimedHerd();
    store.clockOffsetMs += 60 * SECOND;
    const others = recordingJob();
    await createEngine({ store, jobs: { work: others } }).start();
    await time.advance(30 * SECOND);
    expect(calls.length + others.calls.length).toBe(HERD);
    expect(store.executions.size).toBe(HERD);
  });

  it('whose answer was lost starts each once, when it is due', async () => {
    const store = newHerd();
    const job = recordingJob();
    const engine = createEngine({ store, jobs: { work: job } });
    await engine.start();
    engine.link.loseAnswer('claims.claim');
    await store.time.advance(2_999);
    expect(job.calls).toEqual([]);
    await store.time.advance(5 * SECOND);
    expect(job.calls).toHaveLength(HERD);
    expect([...store.executions.values()].every(({ status }) => status === 'SUCCESS')).toBe(true);
  });

  it('without slots gives back what has none, and runs each once, as they become free', async () => {
    const store = newHerd();
    const job = recordingJob();
    const work: JobFunction = async (kwargs, context) => {
      await job(kwargs, context);
      await store.time.pass(3 * SECOND);
    };
    await createEngine({ store, jobs: { work }, maxConcurrentRuns: 10 }).start();
    await store.time.advance(3_100);
    expect([job.calls.length, store.executions.size]).toEqual([10, HERD]);
    await store.time.advance(SECOND);
    expect([job.calls.length, store.executions.size]).toEqual([10, 10]);
    await store.time.advance(20 * SECOND);
    expect(job.calls).toHaveLength(HERD);
  });

  it('skips no occurrence because of a run that ends before it is due', async () => {
    const store = newHerd();
    const job = recordingJob();
    store.trigger('job-0', 'by-hand');
    const work: JobFunction = async (kwargs, context) => {
      if (context.trigger === 'manual') await store.time.pass(800);
      else await job(kwargs, context);
    };
    await createEngine({ store, jobs: { work } }).start();
    await store.time.advance(UNTIL_CLAIMED);
    expect(store.runsOf('job-0')).toMatchObject([{ id: 'by-hand', status: 'RUNNING' }]);
    await store.time.advance(2 * SECOND);
    expect(job.calls).toHaveLength(HERD);
    expect(store.events.filter(({ type }) => type === 'occurrence.skipped')).toEqual([]);
  });
});
