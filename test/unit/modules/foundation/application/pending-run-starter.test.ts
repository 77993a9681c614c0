import { describe, expect, it } from 'vitest';
import { DatabaseUnavailableError } from '../../../../../src/modules/foundation/domain/errors.ts';
import type { JobConfig } from '../../../../../src/modules/foundation/domain/job-config.ts';
import type { JobFunction } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';

const SECOND = 1_000;

/** A started replica with one job that only rings when it is asked to. */
async function withJob(
  job: JobFunction,
  { edit = {}, slots = 10 }: { edit?: Partial<JobConfig>; slots?: number } = {},
) {
  const store = newStore();
  store.save('a', { cronExpression: '0 0 1 1 *', ...edit });
  const ran: string[] = [];
  const engine = createEngine({
    store,
    maxConcurrentRuns: slots,
    jobs: { a: (kwargs, context) => (ran.push(context.executionId), job(kwargs, context)) },
  });
  await engine.start();
  await store.time.advance(SECOND);
  return { store, engine, ran, time: store.time, link: engine.link, logger: engine.logger };
}

describe('PendingRunStarter', () => {
  it('starts a waiting run at once where the feed tells of it', async () => {
    const { store, ran, time } = await withJob(() => 'done');
    store.trigger('a', 'run-1');
    await time.advance(1);
    expect(ran).toEqual(['run-1']);
    expect(store.runsOf('a')).toMatchObject([{ id: 'run-1', trigger: 'manual', status: 'SUCCESS', result: 'done' }]);
    expect(store.pending.size).toBe(0);
  });

  it('finds it within 2 s where the feed is silent', async () => {
    const { store, ran, time } = await withJob(() => 1);
    store.isFeedAlive = false;
    store.trigger('a', 'run-1');
    await time.advance(2 * SECOND);
    expect(ran).toEqual(['run-1']);
  });

  it('starts a disabled and a paused job all the same: somebody asked for it', async () => {
    for (const edit of [{ enabled: false }, { pausedAt: new Date(0) }]) {
      const { store, ran, time } = await withJob(() => 1, { edit });
      store.trigger('a', 'run-1');
      await time.advance(1);
      expect(ran).toEqual(['run-1']);
    }
  });

  it('runs with the configuration as it is, the timeout and the handler of the row', async () => {
    const { store, time } = await withJob(() => new Promise(() => {}), {
      edit: { timeoutMs: 5 * SECOND, enabled: false },
    });
    store.trigger('a', 'run-1');
    await time.advance(6 * SECOND);
    expect(store.runsOf('a')).toMatchObject([{ status: 'FAILED', failureReason: 'TIMEOUT' }]);
  });

  it('claims no more than there are slots for, and the rest as runs end', async () => {
    const ends: (() => void)[] = [];
    const { store, ran, time } = await withJob(() => new Promise<void>((resolve) => ends.push(resolve)), {
      slots: 2,
      edit: { overlapPolicy: 'allow' },
    });
    for (let number = 1; number <= 5; number += 1) store.trigger('a', `run-${number}`);
    await time.advance(1);
    expect(ran).toHaveLength(2);
    await time.advance(10 * SECOND);
    expect(ran).toHaveLength(2);
    ends.shift()!();
    await time.advance(1);
    expect(ran).toHaveLength(3);
    expect(store.pending.size).toBe(2);
  });

  it('one that is added while no slot is free starts as soon as a run ends', async () => {
    const ends: (() => void)[] = [];
    const { store, ran, time } = await withJob(() => new Promise<void>((end) => ends.push(end)), { slots: 1 });
    store.trigger('a', 'run-1');
    await time.advance(5 * SECOND);
    store.trigger('a', 'run-2');
    await time.advance(1);
    ends.shift()!();
    await time.advance(25);
    expect(ran).toEqual(['run-1', 'run-2']);
  });

  it('runs that end while nothing waits cause no claim', async () => {
    const { store, ran, time, link } = await withJob(() => 1);
    for (let number = 0; number < 500; number += 1)
      store.save(`herd-${number}`, { handler: 'a', cronExpression: '1 12 * * *' });
    await time.advance(Date.parse('2026-01-02T12:00:59.990Z') - store.now());
    const before = link.countOf('pending.claim');
    await time.advance(500);
    expect(ran).toHaveLength(500);
    expect(link.countOf('pending.claim') - before).toBeLessThanOrEqual(1);
  });

  it('many waiting runs start without a wait between them', async () => {
    const { store, ran, time } = await withJob(() => 1, { slots: 20, edit: { overlapPolicy: 'allow' } });
    for (let number = 1; number <= 50; number += 1) store.trigger('a', `run-${number}`);
    await time.advance(10);
    expect(ran).toHaveLength(50);
  });

  it('leaves a run whose function it does not have to others', async () => {
    const { store, time } = await withJob(() => 1);
    store.save('other', { cronExpression: '0 0 1 1 *' });
    store.trigger('other', 'run-1');
    await time.advance(10 * SECOND);
    expect(store.pending.size).toBe(1);
    const having = createEngine({ store, jobs: { other: () => 1 } });
    await having.start();
    await time.advance(3 * SECOND);
    expect(store.runsOf('other')).toMatchObject([{ status: 'SUCCESS' }]);
  });

  it('waits while the job runs, and then starts', async () => {
    const { store, ran, time } = await withJob(() => store.time.pass(5 * SECOND));
    store.trigger('a', 'run-1');
    store.trigger('a', 'run-2');
    await time.advance(4 * SECOND);
    expect(ran).toEqual(['run-1']);
    await time.advance(2 * SECOND);
    expect(ran).toEqual(['run-1', 'run-2']);
  });

  it('claims nothing without a lease', async () => {
    const { store, ran, time, link } = await withJob(() => 1);
    link.isAway = true;
    await time.advance(20 * SECOND);
    const before = link.countOf('pending.claim');
    store.trigger('a', 'run-1');
    await time.advance(20 * SECOND);
    expect(link.countOf('pending.claim')).toBe(before);
    link.isAway = false;
    await time.advance(4 * SECOND);
    expect(ran).toEqual(['run-1']);
  });

  for (const awayMs of [0, 30 * SECOND, 90 * SECOND])
    it(`the answer to a claim lost, and the database away for ${awayMs} ms: the run is started, and once`, async () => {
      const { store, ran, time, link } = await withJob(() => 1);
      link.loseAnswer('pending.claim');
      store.trigger('a', 'run-1');
      await time.advance(1);
      expect(store.runsOf('a')).toMatchObject([{ status: 'RUNNING' }]);
      store.isAway = awayMs > 0;
      await time.advance(awayMs);
      store.isAway = false;
      await time.advance(6 * SECOND);
      expect(ran).toEqual(['run-1']);
      expect(store.runsOf('a')).toMatchObject([{ status: 'SUCCESS' }]);
      await time.advance(60 * SECOND);
      expect(ran).toEqual(['run-1']);
      const asked = link.countOf('pending.getClaimed');
      await time.advance(10 * SECOND);
      expect(link.countOf('pending.getClaimed')).toBe(asked);
    });

  it('an answer that comes after the lease has ended starts nothing that another has rescued', async () => {
    const { store, ran, time, link } = await withJob(() => 1);
    const letGo = link.holdAnswer('pending.claim');
    store.trigger('a', 'run-1');
    await time.advance(1);
    link.isAway = true;
    await time.advance(20 * SECOND);
    const other = createEngine({ store });
    await other.start();
    expect(store.runsOf('a')).toMatchObject([{ status: 'FAILED', failureReason: 'LOST' }]);
    link.isAway = false;
    letGo();
    await time.advance(90 * SECOND);
    expect(ran).toEqual([]);
  });

  it('what it takes to start a claimed run lost: it is started once the row can be read', async () => {
    const { store, ran, time, link } = await withJob(() => 1, { edit: { enabled: false } });
    link.failNext('configs.getByJobIds', new DatabaseUnavailableError('away'));
    store.trigger('a', 'run-1');
    await time.advance(4 * SECOND);
    expect(ran).toEqual(['run-1']);
    expect(store.runsOf('a')).toMatchObject([{ status: 'SUCCESS' }]);
  });

  it('a run whose outcome is held is not taken for one that was never started', async () => {
    const { store, ran, time, link } = await withJob(() => 1);
    link.failNext('executions.update', new Error('refused'));
    store.trigger('a', 'run-1');
    await time.advance(1);
    link.failNext('pending.claim', new Error('refused'));
    store.trigger('a', 'run-2');
    await time.advance(10 * SECOND);
    expect(ran).toEqual(['run-1', 'run-2']);
    expect(store.runsOf('a').map((run) => run.status)).toEqual(['SUCCESS', 'SUCCESS']);
  });

  it('a run of another instance, or of the schedule, is none of its business', async () => {
    const { store, engine, ran, time, link } = await withJob(() => 1);
    const at = new Date(store.now());
    const run = { jobId: 'a', scheduledAt: at, startedAt: at, attempt: 1, maxAttempts: 1, jobKwargs: {} };
    const instanceId = engine.wired.instance.id;
    const { executions } = engine.wired;
    await executions.create({ ...run, id: 'scheduled', trigger: 'schedule', instanceId });
    await executions.create({ ...run, id: 'theirs', attempt: 2, trigger: 'manual', instanceId: 'somebody-else' });
    link.failNext('pending.claim', new Error('refused'));
    await time.advance(10 * SECOND);
    expect(ran).toEqual([]);
  });

  it('a failure is logged, and tried again after 2 s, however often it is woken meanwhile', async () => {
    const { engine, time, link, logger } = await withJob(() => 1);
    await time.advance(SECOND);
    const before = link.countOf('pending.claim');
    for (let times = 0; times < 3; times += 1) link.failNext('pending.claim', new Error('refused'));
    engine.wired.pendingStarter.wake();
    await time.advance(1);
    engine.wired.pendingStarter.wake();
    engine.wired.pendingStarter.wake();
    await time.advance(1);
    expect(link.countOf('pending.claim') - before).toBeLessThanOrEqual(3);
    expect(logger.lines.filter(({ level }) => level === 'error').length).toBeGreaterThan(0);
  });

  it('a run whose job is deleted meanwhile has failed, and says so', async () => {
    const { store, time, engine } = await withJob(() => 1, { edit: { enabled: false } });
    const { configs } = engine.wired;
    configs.getByJobIds = async () => [];
    store.trigger('a', 'run-1');
    await time.advance(1);
    expect(store.runsOf('a')).toMatchObject([
      { status: 'FAILED', errorMessage: expect.stringContaining("no job 'a'") },
    ]);
  });

  it('stop() claims nothing more, and may come first', async () => {
    const { store, engine, ran, time } = await withJob(() => 1);
    await engine.wired.pendingStarter.stop();
    store.trigger('a', 'run-1');
    engine.wired.pendingStarter.wake();
    await time.advance(10 * SECOND);
    expect(ran).toEqual([]);
    const fresh = createEngine({ store: newStore() });
    await fresh.wired.pendingStarter.stop();
  });
});
