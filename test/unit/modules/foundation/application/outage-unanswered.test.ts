/** Claims whose answer was lost, and the database that goes away before or after it is known what they took. */
import { describe, expect, it } from 'vitest';
import { DatabaseUnavailableError } from '../../../../../src/modules/foundation/domain/errors.ts';
import type { JobConfig } from '../../../../../src/modules/foundation/domain/job-config.ts';
import type { JobFunction } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { createEngine, newStore, recordingJob } from '../../../../support/engine.ts';
import { NOON } from '../../../../support/herd-scene.ts';

const SECOND = 1_000;

describe('DueClaimer.settle()', () => {
  for (const [overlapPolicy, lastsMs] of [
    ['skip', 0],
    ['skip', 3 * SECOND],
    ['queueAll', 3 * SECOND],
    ['cancelPrevious', 3 * SECOND],
    ['allow', 3 * SECOND],
  ] as const satisfies readonly (readonly [JobConfig['overlapPolicy'], number])[])
    it(`what it started is not started again without the database: ${overlapPolicy}, ${lastsMs} ms`, async () => {
      const store = newStore();
      store.save('a', { cronExpression: '* * * * *', handler: 'work', outagePolicy: 'run', overlapPolicy });
      const starts: string[] = [];
      const work: JobFunction = async (_kwargs, { scheduledAt }) => {
        starts.push(scheduledAt.toISOString());
        if (lastsMs > 0) await store.time.pass(lastsMs);
      };
      const engine = createEngine({ store, jobs: { work } });
      await engine.start();
      engine.link.loseAnswer('claims.claim');
      await store.time.advance(3 * SECOND);
      expect(starts).toEqual([NOON]);
      await store.time.advance(300);
      store.isAway = true;
      await store.time.advance(20 * SECOND);
      store.isAway = false;
      await store.time.advance(20 * SECOND);
      expect(starts).toEqual([NOON]);
      expect(store.events.filter(({ type }) => type.startsWith('occurrence'))).toEqual([]);
      await engine.stop();
    });
});

describe('OutageRuns.fire()', () => {
  it('what was started here is not started again because of a cursor that was read before it was claimed', async () => {
    const store = newStore();
    store.save('a', { cronExpression: '* * * * *', handler: 'work', outagePolicy: 'run' });
    const work = recordingJob();
    const engine = createEngine({ store, jobs: { work } });
    await engine.start();
    const read = engine.link.holdAnswer('configs.getStanding');
    const reading = engine.wired.loader.reload(['a']);
    await store.time.advance(3 * SECOND);
    expect(work.calls).toEqual([NOON]);
    read();
    await reading;
    store.isAway = true;
    await store.time.advance(20 * SECOND);
    store.isAway = false;
    await store.time.advance(20 * SECOND);
    expect(work.calls).toEqual([NOON]);
    await engine.stop();
  });

  it('what was started here is not started again because the lease ended while another of the same claim held up the process', async () => {
    const store = newStore();
    for (const jobId of ['blocks', 'quick'])
      store.save(jobId, { cronExpression: '* * * * *', outagePolicy: 'run', overlapPolicy: 'allow' });
    const starts: string[] = [];
    const blocks: JobFunction = () => {
      starts.push('blocks');
      store.time.leap(14 * SECOND);
    };
    const engine = createEngine({ store, jobs: { blocks, quick: () => void starts.push('quick') } });
    await engine.start();
    const claims = engine.link.countOf('claims.claim');
    while (engine.link.countOf('claims.claim') === claims) await store.time.advance(10);
    store.isAway = true;
    await store.time.advance(20 * SECOND);
    store.isAway = false;
    await store.time.advance(30 * SECOND);
    expect(starts.toSorted()).toEqual(['blocks', 'quick']);
    await engine.stop();
  });

  it('what a claim may have taken longer ago than a lease lasts is not started: another has called it lost', async () => {
    const store = newStore();
    store.save('a', { cronExpression: '* * * * *', handler: 'work', outagePolicy: 'run' });
    const [late, other] = [recordingJob(), recordingJob()];
    const engine = createEngine({ store, jobs: { work: late } });
    await engine.start();
    const answer = engine.link.holdAnswer('claims.claim');
    while (store.runsOf('a').length === 0) await store.time.advance(10);
    engine.link.isAway = true;
    await createEngine({ store, jobs: { work: other } }).start();
    store.time.leap(20 * SECOND);
    answer();
    await store.time.advance(20 * SECOND);
    expect(store.runsOf('a')[0]).toMatchObject({ status: 'FAILED', failureReason: 'LOST' });
    expect(late.calls).toEqual([]);
    engine.link.isAway = false;
    await store.time.advance(60 * SECOND);
    expect([...late.calls, ...other.calls]).toEqual(['2026-01-02T12:01:00.000Z']);
  });

  it('an occurrence that was claimed twice, and neither time with an answer, is run once', async () => {
    const store = newStore();
    store.save('a', { cronExpression: '* * * * *', handler: 'work', outagePolicy: 'run' });
    const job = recordingJob();
    const engine = createEngine({ store, jobs: { work: job } });
    await engine.start();
    engine.link.failNext('claims.claim', new DatabaseUnavailableError('It never arrived.'));
    engine.link.loseAnswer('claims.claim');
    engine.link.failNext('claims.getClaimed', new DatabaseUnavailableError('It never arrived.'));
    while (engine.link.countOf('claims.claim') < 2) await store.time.advance(10);
    expect(store.runsOf('a')).toMatchObject([{ status: 'RUNNING' }]);
    store.isAway = true;
    await store.time.advance(20 * SECOND);
    store.isAway = false;
    await store.time.advance(20 * SECOND);
    expect(job.calls).toEqual([NOON]);
    expect(store.runsOf('a')).toMatchObject([{ status: 'SUCCESS' }]);
    expect(store.events.filter(({ type }) => type === 'run.unrecorded')).toEqual([]);
    await engine.stop();
  });

  // Five seconds until the claim fails in a black hole, and five more until it is known that the database is away.
  for (const edit of [
    { cronExpression: '* * * * *', misfirePolicy: 'skip' },
    { cronExpression: '*/2 * * * * *', misfirePolicy: 'once' },
  ] satisfies Partial<JobConfig>[])
    it(`what a claim took is run, and not told to be left out: misfire policy ${edit.misfirePolicy}`, async () => {
      const store = newStore();
      store.save('a', { handler: 'work', outagePolicy: 'run', ...edit });
      const job = recordingJob();
      const engine = createEngine({ store, jobs: { work: job } });
      await engine.start();
      await store.time.advance(2_900);
      const letGo = engine.link.holdAnswer('claims.claim');
      await store.time.advance(100);
      const claimed = store.runsOf('a').at(-1)!;
      expect(claimed).toMatchObject({ status: 'RUNNING', scheduledAt: new Date(NOON) });
      store.isAway = true;
      engine.link.latencyMs = 10 * SECOND + 2;
      await store.time.advance(5 * SECOND);
      letGo();
      await store.time.advance(5 * SECOND + 50);
      engine.link.latencyMs = 0;
      await store.time.advance(20 * SECOND);
      expect(job.calls.filter((at) => at === NOON)).toHaveLength(1);
      store.isAway = false;
      await store.time.advance(20 * SECOND);
      expect(job.calls.filter((at) => at === NOON)).toHaveLength(1);
      expect(job.calls).toEqual(job.calls.toSorted());
      expect(store.executions.get(claimed.id)).toMatchObject({ status: 'SUCCESS' });
      expect(store.events.filter(({ type }) => type.startsWith('occurrence'))).toEqual([]);
      await engine.stop();
    });
});

describe('what a lost claim took, found while the next of its job runs that began without the database', () => {
  it('starts when that has ended', async () => {
    const store = newStore();
    store.save('a', { cronExpression: '*/5 * * * * *', handler: 'work', outagePolicy: 'run' });
    const said: string[] = [];
    const work: JobFunction = async (_kwargs, { scheduledAt }) => {
      said.push(`${scheduledAt.toISOString().slice(14, 19)} starts`);
      await store.time.pass(7 * SECOND);
      said.push(`${scheduledAt.toISOString().slice(14, 19)} ends`);
    };
    const engine = createEngine({ store, jobs: { work } });
    const { link, wired } = engine;
    await engine.start();
    link.loseAnswer('claims.claim');
    link.failNext('claims.getClaimed', new DatabaseUnavailableError('It never arrived.'));
    while (store.runsOf('a').length === 0) await store.time.advance(10);
    await wired.loader.reload(['a']);
    store.isAway = true;
    await store.time.advance(6 * SECOND);
    expect(said).toEqual(['00:05 starts']);
    store.isAway = false;
    await store.time.advance(14 * SECOND);
    expect(said.slice(0, 4)).toEqual(['00:05 starts', '00:05 ends', '00:00 starts', '00:00 ends']);
    expect(store.runsOf('a').filter(({ status }) => status === 'RUNNING').length).toBeLessThanOrEqual(1);
  });
});
