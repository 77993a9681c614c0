import { describe, expect, it } from 'vitest';
import { ArmedJob } from '../../../../../src/modules/foundation/application/armed-job.ts';
import { ScheduleError } from '../../../../../src/modules/foundation/domain/schedule.ts';
import { createEngine, newStore, recordingJob } from '../../../../support/engine.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const everyMinute = { cronExpression: '* * * * *', dialect: 'unix', timezone: 'UTC' } as const;

function setUp() {
  const store = newStore();
  const job = recordingJob();
  const engine = createEngine({ store, jobs: { a: job } });
  return { store, job, engine, scheduler: engine.wired.scheduler, time: store.time };
}

describe('SchedulerApplicationService.loadPersistedJobs()', () => {
  it('says whether it could read them, and never throws', async () => {
    const { store, engine, scheduler } = setUp();
    store.save('a', { cronExpression: '0 13 * * *' });
    expect(await scheduler.loadPersistedJobs(engine.registry)).toBe(true);
    expect(scheduler.getJobs()).toMatchObject([{ jobId: 'a', cronExpression: '0 13 * * *', isPersisted: true }]);
    store.isAway = true;
    expect(await scheduler.loadPersistedJobs(engine.registry)).toBe(false);
    expect(engine.logger.lines.at(-1)).toMatchObject({ level: 'error', message: expect.stringContaining('by hand') });
    expect(scheduler.getJobs()).toHaveLength(1);
  });
});

describe('SchedulerApplicationService.startScheduler()', () => {
  it('twice is once, and stopScheduler() lets runs go on', async () => {
    const { store, engine, time } = setUp();
    store.save('a', { cronExpression: '* * * * *' });
    await engine.start();
    engine.wired.scheduler.startScheduler();
    await time.advance(4 * SECOND);
    expect(store.runsOf('a')).toHaveLength(1);
    await engine.wired.scheduler.stopScheduler();
    await engine.wired.scheduler.stopScheduler();
    await time.advance(5 * MINUTE);
    expect(store.runsOf('a')).toHaveLength(1);
    engine.wired.scheduler.startScheduler();
    await time.advance(1);
    expect(store.runsOf('a')).toHaveLength(2);
  });
});

describe('SchedulerApplicationService.registerJob()', () => {
  it('fires in this process once an occurrence, with a record of its own', async () => {
    const { store, job, engine, time } = setUp();
    await engine.start();
    engine.wired.scheduler.registerJob({ ...everyMinute, jobId: 'm', run: job, jobKwargs: { n: 1 } });
    expect(engine.wired.scheduler.getJobs()).toMatchObject([
      { jobId: 'm', jobName: 'm', isPersisted: false, nextFireAt: Date.parse('2026-01-02T12:00:00Z') },
    ]);
    await time.advance(3 * MINUTE);
    expect(job.calls).toHaveLength(3);
    expect(store.runsOf('m')).toHaveLength(3);
    expect(store.runsOf('m')[0]).toMatchObject({ status: 'SUCCESS', trigger: 'schedule', jobKwargs: { n: 1 } });
  });

  it('fires while the database is away, and its records follow', async () => {
    const { store, job, engine, time } = setUp();
    store.isAway = true;
    await engine.start();
    engine.wired.scheduler.registerJob({ ...everyMinute, jobId: 'm', run: job });
    await time.advance(2 * MINUTE);
    expect(job.calls).toHaveLength(2);
    expect(store.executions.size).toBe(0);
    store.isAway = false;
    await time.advance(2 * SECOND);
    expect(store.runsOf('m').map((run) => run.status)).toEqual(['SUCCESS', 'SUCCESS']);
  });

  it('skips an occurrence while the run before it goes on, and what it slept through', async () => {
    const { store, engine, time } = setUp();
    await engine.start();
    const started: string[] = [];
    engine.wired.scheduler.registerJob({
      ...everyMinute,
      jobId: 'm',
      run: (_kwargs, { scheduledAt }) => (
        started.push(scheduledAt.toISOString().slice(14, 16)),
        store.time.pass(90 * SECOND)
      ),
    });
    await time.advance(2 * MINUTE + 10 * SECOND);
    expect(started).toEqual(['00', '02']);
    await engine.wired.loop.stop();
    await time.advance(10 * MINUTE);
    engine.wired.loop.start();
    await time.advance(1);
    expect(started).toEqual(['00', '02', '12']);
    const warned = engine.logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(warned).toEqual([expect.stringContaining('still goes on'), expect.stringContaining('coalesced')]);
  });

  it('one that cannot be planned harms no other', async () => {
    const { job, engine, time } = setUp();
    await engine.start();
    const { directory, scheduler } = engine.wired;
    for (const jobId of ['m', 'n']) scheduler.registerJob({ ...everyMinute, jobId, run: job });
    const { job: armed, dueAt } = directory.get('m')!;
    const next = (): never => {
      throw new Error('no next');
    };
    const { config, handler } = armed;
    const schedule = { ...armed.schedule, next, count: next };
    directory.put(new ArmedJob({ config, handler, schedule, isPersisted: false }), dueAt);
    await time.advance(4 * SECOND);
    expect(job.calls).toHaveLength(1);
    expect(engine.logger.lines.at(-1)).toMatchObject({ level: 'error', properties: { jobId: 'm' } });
  });

  it('a persisted job of the same id takes its place, never the reverse', async () => {
    const { store, engine, scheduler } = setUp();
    scheduler.registerJob({ ...everyMinute, jobId: 'a', run: () => 1 });
    store.save('a', { cronExpression: '0 13 * * *' });
    await scheduler.loadPersistedJobs(engine.registry);
    scheduler.registerJob({ ...everyMinute, jobId: 'a', run: () => 1 });
    expect(scheduler.getJobs()).toMatchObject([{ jobId: 'a', isPersisted: true, cronExpression: '0 13 * * *' }]);
  });

  it('reads five fields as APScheduler does where no dialect is said', () => {
    const { scheduler } = setUp();
    scheduler.registerJob({ jobId: 'm', cronExpression: '0 12 * * 0', timezone: 'UTC', run: () => 1 });
    expect(new Date(scheduler.getJobs()[0]!.nextFireAt!).getUTCDay()).toBe(1);
  });

  it('throws where the schedule cannot be read, and registers nothing', () => {
    const { scheduler } = setUp();
    expect(() => scheduler.registerJob({ ...everyMinute, jobId: 'm', cronExpression: 'x', run: () => 1 })).toThrow(
      ScheduleError,
    );
    expect(scheduler.getJobs()).toEqual([]);
  });
});
