import { describe, expect, it } from 'vitest';
import { StartBurst } from '../../../../../src/modules/foundation/application/start-burst.ts';
import { createEngine, newStore, recordingJob } from '../../../../support/engine.ts';
import { ManualTime, settle } from '../../../../support/manual-time.ts';

describe('StartBurst', () => {
  it('lets what waited go on when the burst is over, a portion at a time', async () => {
    const time = new ManualTime(0);
    const burst = new StartBurst({ timers: time });
    expect(burst.isClosed).toBe(false);
    burst.close();
    let passed = 0;
    for (let at = 0; at < 4_500; at += 1) void burst.opened().then(() => (passed += 1));
    await settle();
    expect([burst.isClosed, passed]).toEqual([true, 0]);
    burst.open();
    await settle();
    expect([burst.isClosed, passed]).toEqual([false, 2_000]);
    await time.advance(0);
    expect(passed).toBe(4_500);
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
    starts.close();
    lease.suspend();
    await settle();
    expect(starts.isClosed).toBe(false);
    starts.close();
    await engine.stop();
    expect(starts.isClosed).toBe(false);
  });
});
