/** The loop over a whole engine, in virtual time. */
import { describe, expect, it } from 'vitest';
import { DatabaseUnavailableError } from '../../../../../src/modules/foundation/domain/errors.ts';
import { createEngine, newStore, recordingJob } from '../../../../support/engine.ts';
import { settle } from '../../../../support/manual-time.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

/** One replica with one job, started. */
async function withJob(edit: Parameters<ReturnType<typeof newStore>['save']>[1] = {}, maxConcurrentRuns = 100) {
  const store = newStore();
  const job = recordingJob();
  store.save('a', { cronExpression: '* * * * *', ...edit });
  const engine = createEngine({ store, jobs: { a: job }, maxConcurrentRuns });
  await engine.start();
  return { store, job, engine, time: store.time };
}

describe('SchedulingLoop', () => {
  it('fires each occurrence once, at its instant, for hours', async () => {
    const { store, job, engine, time } = await withJob();
    await time.advance(3 * HOUR);
    expect(job.calls).toHaveLength(180);
    expect(job.calls.slice(0, 2)).toEqual(['2026-01-02T12:00:00.000Z', '2026-01-02T12:01:00.000Z']);
    expect(new Set(job.calls).size).toBe(180);
    const late = store.runsOf('a').map((run) => run.startedAt.getTime() - run.scheduledAt.getTime());
    expect(Math.max(...late)).toBe(0);
    expect(engine.logger.lines.filter(({ level }) => level !== 'info')).toEqual([]);
    await engine.stop();
    expect(time.timerCount).toBe(0);
  });

  it('asks the database about claims only when something is due', async () => {
    const { engine, time } = await withJob({ cronExpression: '0 0 * * *' });
    await time.advance(6 * HOUR);
    expect(engine.link.countOf('claims.claim')).toBe(0);
    expect(engine.link.countOf('claims.getClaimed')).toBe(0);
  });

  it('start() twice and stop() before start() change nothing', async () => {
    const { engine, job, time } = await withJob();
    engine.wired.loop.start();
    await time.advance(10 * SECOND);
    expect(job.calls).toHaveLength(1);
    await engine.wired.loop.stop();
    await engine.wired.loop.stop();
    await time.advance(5 * MINUTE);
    expect(job.calls).toHaveLength(1);
    const other = createEngine({ store: newStore() });
    await other.wired.loop.stop();
    expect(other.wired.loop.lastTurnAt).toBeNull();
  });

  it('does no harm when it is woken early', async () => {
    const { engine, job, time } = await withJob();
    for (let wakes = 0; wakes < 20; wakes += 1) {
      engine.wired.loop.wake();
      await time.advance(100);
    }
    expect(job.calls).toEqual([]);
    await time.advance(2 * SECOND);
    expect(job.calls).toHaveLength(1);
  });

  it('does not fire early when its own clock runs ahead of the database’s', async () => {
    const { store, job, engine, time } = await withJob();
    await time.advance(2 * SECOND);
    store.clockOffsetMs = -400;
    await time.advance(1 * SECOND);
    expect(job.calls).toEqual([]);
    expect(engine.link.countOf('claims.claim')).toBeLessThan(10);
    await time.advance(400 + 2 * SECOND);
    expect(job.calls).toEqual(['2026-01-02T12:00:00.000Z']);
    expect(store.runsOf('a')[0]!.startedAt.getTime()).toBeGreaterThanOrEqual(Date.parse('2026-01-02T12:00:00Z'));
  });

  for (const stepMs of [2 * HOUR, -2 * HOUR]) {
    it(`keeps time when the wall clock is stepped by ${stepMs / HOUR} h`, async () => {
      const { job, time } = await withJob();
      await time.advance(90 * SECOND);
      time.stepWallClock(stepMs);
      await time.advance(5 * MINUTE);
      expect(job.calls).toEqual([0, 1, 2, 3, 4, 5, 6].map((minute) => `2026-01-02T12:0${minute}:00.000Z`));
    });
  }

  it('wakes no storm while all slots are taken, and goes on when one is free', async () => {
    const store = newStore();
    const gate = Promise.withResolvers<void>();
    const job = recordingJob();
    store.save('long', { cronExpression: '0 12 * * *' });
    store.save('short', { cronExpression: '* * * * *' });
    const engine = createEngine({ store, maxConcurrentRuns: 1, jobs: { long: () => gate.promise, short: job } });
    await engine.start();
    await store.time.advance(3 * SECOND);
    const first = store.runsOf('long').length === 1 ? 'long' : 'short';
    await store.time.advance(5 * SECOND);
    if (first === 'short') expect(store.runsOf('long')).toHaveLength(1);
    const before = engine.link.countOf('claims.claim');
    await store.time.advance(55 * SECOND);
    expect(engine.link.countOf('claims.claim')).toBe(before);
    gate.resolve();
    await settle();
    await store.time.advance(1);
    expect(job.calls.at(-1)).toBe(first === 'short' ? '2026-01-02T12:01:00.000Z' : '2026-01-02T12:01:00.000Z');
  });

  it('claims no more at once than there are slots for', async () => {
    const store = newStore();
    let running = 0;
    let most = 0;
    const jobs = Object.fromEntries(
      Array.from({ length: 20 }, (_, at) => [
        `job-${at}`,
        async () => {
          running += 1;
          most = Math.max(most, running);
          await store.time.pass(SECOND);
          running -= 1;
        },
      ]),
    );
    for (const jobId of Object.keys(jobs)) store.save(jobId, { cronExpression: '0 12 * * *' });
    const engine = createEngine({ store, jobs, maxConcurrentRuns: 3 });
    await engine.start();
    engine.link.latencyMs = 10;
    await store.time.advance(20 * SECOND);
    expect(most).toBe(3);
    expect(store.executions.size).toBe(20);
  });

  it('skips an occurrence while the run before it goes on, with an event', async () => {
    const store = newStore();
    store.save('a', { cronExpression: '* * * * *' });
    const engine = createEngine({ store, jobs: { a: () => store.time.pass(90 * SECOND) } });
    await engine.start();
    await store.time.advance(3 * MINUTE + 4 * SECOND);
    expect(store.runsOf('a').map((run) => run.scheduledAt.toISOString().slice(11, 16))).toEqual(['12:00', '12:02']);
    expect(store.events.filter((event) => event.type === 'occurrence.skipped')).toHaveLength(2);
    expect(engine.link.countOf('claims.claim')).toBe(4);
  });

  it('catches up one by one where the policy is all, without asking more than it must', async () => {
    const store = newStore();
    store.save('a', { cronExpression: '* * * * *', misfirePolicy: 'all' });
    store.setCursor('a', new Date('2026-01-02T11:55:00Z'));
    const started: string[] = [];
    const engine = createEngine({
      store,
      jobs: {
        a: async (_kwargs, context) => {
          started.push(`${context.scheduledAt.toISOString().slice(14, 16)} ${context.trigger}`);
          await store.time.pass(5 * SECOND);
        },
      },
    });
    await engine.start();
    await store.time.advance(30 * SECOND);
    expect(started).toEqual(['55 catchUp', '56 catchUp', '57 catchUp', '58 catchUp', '59 catchUp', '00 catchUp']);
    expect(engine.link.countOf('claims.claim')).toBeLessThan(60);
  });

  it('catches up instant runs as fast as they end', async () => {
    const store = newStore();
    const job = recordingJob();
    store.save('a', { cronExpression: '* * * * *', misfirePolicy: 'all' });
    store.setCursor('a', new Date('2026-01-02T11:00:00Z'));
    const engine = createEngine({ store, jobs: { a: job } });
    await engine.start();
    engine.link.latencyMs = 4;
    await store.time.advance(2_900);
    expect(job.calls).toHaveLength(60);
    await engine.stop();
  });

  it('does not skip the first occurrence on time because of the last that is caught up', async () => {
    const store = newStore();
    store.save('a', { cronExpression: '* * * * *', misfirePolicy: 'all' });
    store.setCursor('a', new Date('2026-01-02T11:59:00Z'));
    const work = () => store.time.pass(8 * SECOND);
    await createEngine({ store, jobs: { a: work } }).start();
    await store.time.advance(30 * SECOND);
    expect(
      store.runsOf('a').map(({ scheduledAt, trigger }) => `${scheduledAt.toISOString().slice(11, 16)} ${trigger}`),
    ).toEqual(['11:59 catchUp', '12:00 schedule']);
    expect(store.events.filter((event) => event.type === 'occurrence.skipped')).toEqual([]);
  });

  it('a failure that is not the database’s leaves the lease alone', async () => {
    const { engine, job, time } = await withJob();
    engine.link.failNext('claims.claim', new TypeError('a bug'));
    await time.advance(4 * SECOND);
    expect(engine.wired.lease.isHeld).toBe(true);
    expect(job.calls).toEqual([]);
    await time.advance(MINUTE);
    expect(job.calls.length).toBeGreaterThanOrEqual(1);
  });

  it('goes on within a second after one statement found the database away', async () => {
    const { engine, job, store, time } = await withJob();
    engine.link.failNext('claims.claim', new DatabaseUnavailableError('a hiccup'));
    engine.link.latencyMs = 20;
    await time.advance(3 * SECOND);
    expect(job.calls).toEqual([]);
    await time.advance(1_100);
    expect(job.calls).toEqual(['2026-01-02T12:00:00.000Z']);
    expect(store.runsOf('a')).toHaveLength(1);
    expect(engine.logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});
