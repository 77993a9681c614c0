import { describe, expect, it } from 'vitest';
import { ArmedJob } from '../../../../../src/modules/foundation/application/armed-job.ts';
import { HeldRuns, UNKNOWN_TICK } from '../../../../../src/modules/foundation/application/held-runs.ts';
import { JobDirectory } from '../../../../../src/modules/foundation/application/job-directory.ts';
import { resolveJob } from '../../../../../src/modules/foundation/application/resolve-job.ts';
import type { Run } from '../../../../../src/modules/foundation/domain/run.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';

const AT = new Date('2026-01-02T12:00:00Z');
const NEXT = new Date('2026-01-02T12:01:00Z');

function setUp() {
  const store = newStore();
  const { registry } = createEngine({ store, jobs: { a: () => null } });
  const directory = new JobDirectory();
  const config = store.save('a', { cronExpression: '* * * * *' });
  const resolved = resolveJob(config, registry);
  if (resolved.kind !== 'armed') throw new Error('The job is armed.');
  directory.put(resolved.job, NEXT.getTime());
  const base = { jobId: 'a', attempt: 1, maxAttempts: 1, trigger: 'schedule', instanceId: 'engine', jobKwargs: {} };
  const run: Run = { ...base, id: 'run', scheduledAt: AT, startedAt: AT, trigger: 'schedule' };
  const one = { run, config, nextFireAt: NEXT, tick: 7, renewals: 1 };
  const held = new HeldRuns({ directory });
  held.hold(one);
  return { held, one, config, directory, dueAt: () => directory.get('a')!.dueAt };
}

describe('HeldRuns', () => {
  it('confirm() makes one startable, and takeConfirmed() gives it once', () => {
    const { held, one } = setUp();
    expect([held.dueBy(AT.getTime() - 1), held.dueBy(AT.getTime())]).toEqual([[], [one]]);
    held.confirm(one);
    expect([held.hasConfirmed, held.earliestAt]).toEqual([true, Number.POSITIVE_INFINITY]);
    expect(held.takeConfirmed(0)).toEqual([]);
    expect([held.takeConfirmed(9), held.takeConfirmed(9), held.size]).toEqual([[one], [], 0]);
  });

  it('holdAgain() makes each be looked at again', () => {
    const { held, one } = setUp();
    held.confirm(one);
    held.holdAgain(held.takeConfirmed(1));
    expect(held.dueBy(AT.getTime())).toMatchObject([{ tick: UNKNOWN_TICK }]);
  });

  it('cancel() keeps one from being confirmed, offered or cancelled again, and tells of it', () => {
    const { held, one } = setUp();
    let told = 0;
    held.onCancelled(() => (told += 1));
    expect([held.cancel('run'), held.cancel('run'), held.cancel('another'), told]).toEqual([true, false, false, 1]);
    held.confirm(one);
    held.offer();
    expect([held.hasConfirmed, held.takeOffered('a', AT), held.doomed]).toEqual([false, null, [one]]);
    held.forget(one);
    expect(held.size).toBe(0);
  });

  it('offer() lets the job come to the occurrence again, and takeOffered() gives its run once', () => {
    const { held, dueAt } = setUp();
    held.offer();
    expect([dueAt(), held.takeOffered('a', NEXT)]).toEqual([AT.getTime(), null]);
    expect([held.takeOffered('a', AT), held.takeOffered('a', AT), held.size]).toEqual(['run', null, 0]);
  });

  it('offer() leaves a job alone that was edited since: its run is given back', () => {
    const { held, one, directory, config, dueAt } = setUp();
    const { handler, schedule, isPersisted } = directory.get('a')!.job;
    directory.put(
      new ArmedJob({ handler, schedule, isPersisted, config: { ...config, revision: config.revision + 1 } }),
      NEXT.getTime(),
    );
    held.offer();
    expect([dueAt(), held.takeOffered('a', AT), held.doomed]).toEqual([NEXT.getTime(), null, [one]]);
  });

  it('withdraw() gives back what nobody took', () => {
    const { held, one } = setUp();
    held.offer();
    expect([...held.offeredByJob()]).toEqual([['a', [one]]]);
    held.withdraw();
    expect([held.offeredByJob().size, held.takeOffered('a', AT), held.doomed]).toEqual([0, null, [one]]);
  });
});
