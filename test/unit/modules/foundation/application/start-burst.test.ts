import { describe, expect, it } from 'vitest';
import { StartBurst } from '../../../../../src/modules/foundation/application/start-burst.ts';
import type { TrackedRun } from '../../../../../src/modules/foundation/application/ports/run-tracker.ts';
import type { JobConfig } from '../../../../../src/modules/foundation/domain/job-config.ts';
import { toRegisteredJob } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';
import { createEngine, newStore, recordingJob } from '../../../../support/engine.ts';
import { ManualTime, settle } from '../../../../support/manual-time.ts';

function sampleTracked({ jobId, jobKwargs }: JobConfig): TrackedRun {
  const at = new Date('2026-01-02T12:00:00.000Z');
  return {
    ...{ id: 'run-1', jobId, scheduledAt: at, startedAt: at, attempt: 1, maxAttempts: 1, trigger: 'schedule' },
    ...{ instanceId: 'here', jobKwargs, isRecorded: true },
  };
}

describe('StartBurst', () => {
  it('lets what waited go on when the burst is over, a portion at a time', async () => {
    const time = new ManualTime(0);
    const burst = new StartBurst({ timers: time });
    const passed: number[] = [];
    burst.afterwards(() => passed.push(-1));
    expect([burst.isGoing, passed]).toEqual([false, [-1]]);
    burst.start();
    for (let at = 0; at < 4_500; at += 1) burst.afterwards(() => passed.push(at));
    expect([burst.isGoing, passed.length]).toEqual([true, 1]);
    burst.end();
    expect([burst.isGoing, passed.length]).toEqual([false, 2_001]);
    burst.afterwards(() => passed.push(4_500));
    await time.advance(0);
    expect(passed).toEqual(passed.toSorted((a, b) => a - b));
    expect(passed).toHaveLength(4_502);
  });

  it('a herd that was claimed ahead has started before the first of its outcomes is recorded', async () => {
    const store = newStore();
    const work = recordingJob();
    for (let at = 0; at < 600; at += 1) store.save(`job-${at}`, { cronExpression: '*/1 * * * *', handler: 'work' });
    const engine = createEngine({ store, jobs: { work } });
    await engine.start();
    const startedBefore: number[] = [];
    const { executions } = engine.wired;
    const update = executions.update.bind(executions);
    executions.update = (run, outcome) => {
      startedBefore.push(work.calls.length);
      return update(run, outcome);
    };
    await store.time.advance(61_000);
    expect(startedBefore).toHaveLength(600);
    expect(Math.min(...startedBefore)).toBe(600);
  });

  it('what a run lasted, and when it ended, does not depend on how long its record waited', async () => {
    const store = newStore();
    store.save('quick', { cronExpression: '*/1 * * * *', handler: 'work' });
    const engine = createEngine({ store, jobs: { work: () => undefined } });
    await engine.start();
    const { starts } = engine.wired;
    starts.start();
    await store.time.advance(60_400);
    expect(store.runsOf('quick')).toMatchObject([{ status: 'RUNNING' }]);
    starts.end();
    await store.time.advance(10);
    const [run] = store.runsOf('quick');
    expect(run).toMatchObject({ status: 'SUCCESS', durationMs: 0 });
    expect(run!.finishedAt!.getTime() - run!.scheduledAt.getTime()).toBeLessThan(50);
  });

  it('keeps no job waiting whose record comes first', async () => {
    const work = recordingJob();
    const engine = createEngine({ store: newStore(), jobs: {} });
    await engine.start();
    const config = jobConfig('by-hand');
    const run = { ...sampleTracked(config), isRecorded: false };
    engine.wired.starts.start();
    engine.wired.dispatcher.dispatch(run, config, new Map([['by-hand', toRegisteredJob('by-hand', 'test', work)]]));
    await settle();
    expect(work.calls).toHaveLength(1);
  });

  it('is over when the database goes away, and when whoever starts the herd stops', async () => {
    const engine = createEngine({ store: newStore(), jobs: {} });
    await engine.start();
    const { lease, starts } = engine.wired;
    starts.start();
    lease.suspend();
    await settle();
    expect(starts.isGoing).toBe(false);
    starts.start();
    await engine.stop();
    expect(starts.isGoing).toBe(false);
  });
});
