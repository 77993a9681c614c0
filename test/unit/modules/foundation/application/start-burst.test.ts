import { describe, expect, it } from 'vitest';
import { StartBurst } from '../../../../../src/modules/foundation/application/start-burst.ts';
import { createEngine, newStore, recordingJob } from '../../../../support/engine.ts';
import { ManualTime, settle } from '../../../../support/manual-time.ts';

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
