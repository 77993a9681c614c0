/** Jobs that are paused and go on, over whole engines in virtual time. */
import { describe, expect, it } from 'vitest';
import type { JobConfig } from '../../../../../src/modules/foundation/domain/job-config.ts';
import { createEngine, newStore, recordingJob } from '../../../../support/engine.ts';

const MINUTE = 60_000;
const NOON = Date.parse('2026-01-02T12:00:00.000Z');
const after = (minutes: number, ms = 0) => new Date(NOON + minutes * MINUTE + ms);

async function withJob(edit: Partial<JobConfig> = {}) {
  const store = newStore();
  const job = recordingJob();
  store.save('a', { cronExpression: '* * * * *', ...edit });
  const engine = createEngine({ store, jobs: { a: job } });
  await engine.start();
  await store.time.advance(MINUTE);
  return {
    store,
    engine,
    time: store.time,
    minutes: () => job.calls.map((at) => at.slice(11, 16)),
    skipped: () => store.events.filter(({ type }) => type.startsWith('occurrence.')),
  };
}

describe('a job that is paused', () => {
  it('runs nothing until it is resumed; what fell into the pause is one event, and is not run', async () => {
    const { store, engine, time, minutes, skipped } = await withJob();
    store.save('a', { pausedAt: new Date(store.now()), pauseReason: 'migration' });
    await time.advance(10 * MINUTE);
    expect(minutes()).toEqual(['12:00']);
    expect(skipped()).toEqual([]);
    expect(engine.link.countOf('claims.claim')).toBeLessThan(5);
    store.save('a', { pausedUntil: new Date(store.now()) });
    await time.advance(2 * MINUTE);
    expect(minutes()).toEqual(['12:00', '12:11', '12:12']);
    expect(skipped()).toMatchObject([
      {
        type: 'occurrence.skipped',
        reason: 'paused',
        detail: { cause: 'paused', count: 10, from: after(1).toISOString(), to: after(10).toISOString() },
      },
    ]);
  });

  it('until an instant goes on by itself, at that very instant, and nobody tells of it', async () => {
    const { store, engine, time, minutes, skipped } = await withJob();
    store.save('a', { pausedAt: new Date(store.now()), pausedUntil: after(5) });
    await time.advance(100);
    store.isFeedAlive = false;
    await time.advance(3 * MINUTE);
    expect(engine.wired.directory.earliestDueAt()).toBe(after(5).getTime());
    await time.advance(4 * MINUTE);
    expect(minutes()).toEqual(['12:00', '12:05', '12:06', '12:07']);
    const late = store.runsOf('a').map((run) => run.startedAt.getTime() - run.scheduledAt.getTime());
    expect(Math.max(...late)).toBeLessThanOrEqual(20);
    expect(skipped()).toMatchObject([{ reason: 'paused', detail: { count: 4, to: after(4).toISOString() } }]);
  });

  it.each([
    ['once', ['12:00', '12:10', '12:11']],
    ['skip', ['12:00', '12:11']],
    ['all', ['12:00', ...Array.from({ length: 11 }, (_, at) => `12:${String(at + 1).padStart(2, '0')}`)]],
  ] as const)(
    'resumed to catch up: the misfire policy %s judges what fell into the pause',
    async (misfirePolicy, runs) => {
      const { store, time, minutes } = await withJob({ misfirePolicy, overlapPolicy: 'queueAll' });
      store.save('a', { pausedAt: new Date(store.now()) });
      await time.advance(10 * MINUTE);
      store.save('a', { pausedAt: null, pausedUntil: null, pauseReason: null });
      await time.advance(MINUTE);
      expect(minutes()).toEqual(runs);
    },
  );

  it('while everything is down, and resumed meanwhile: told at the next start', async () => {
    const { store, engine, minutes, skipped } = await withJob();
    store.save('a', { pausedAt: new Date(store.now()), pausedUntil: after(30) });
    engine.kill();
    await store.time.advance(40 * MINUTE);
    const heir = recordingJob();
    await createEngine({ store, jobs: { a: heir } }).start();
    await store.time.advance(MINUTE);
    expect(minutes()).toEqual(['12:00']);
    expect(heir.calls.map((at) => at.slice(11, 16))).toEqual(['12:40', '12:41']);
    expect(skipped()).toMatchObject([
      { reason: 'paused', detail: { count: 29 } },
      { type: 'occurrence.misfired', detail: { from: after(30).toISOString() } },
    ]);
  });

  it('by three replicas is told of once', async () => {
    const { store, time, skipped } = await withJob();
    for (let at = 0; at < 2; at += 1) await createEngine({ store, jobs: { a: () => null } }).start();
    store.save('a', { pausedAt: new Date(store.now()), pausedUntil: after(5, 30_000) });
    await time.advance(10 * MINUTE);
    expect(skipped()).toMatchObject([{ reason: 'paused', detail: { count: 5 } }]);
  });

  it('and edited: the new schedule counts from the end of the pause', async () => {
    const { store, time, minutes } = await withJob();
    store.save('a', { pausedAt: new Date(store.now()), pausedUntil: after(5) });
    await time.advance(MINUTE);
    store.save('a', { cronExpression: '*/2 * * * *' });
    await time.advance(7 * MINUTE);
    expect(minutes()).toEqual(['12:00', '12:06', '12:08']);
  });

  it('and edited: what the new schedule had in the pause is told when that ends', async () => {
    const { store, time, skipped } = await withJob();
    store.save('a', { pausedAt: new Date(store.now()), pausedUntil: after(9) });
    await time.advance(MINUTE);
    store.save('a', { cronExpression: '*/2 * * * *' });
    await time.advance(12 * MINUTE);
    expect(skipped()).toMatchObject([
      { detail: { cause: 'paused', from: after(1).toISOString(), to: after(1, 57_000).toISOString() } },
      { detail: { cause: 'paused', count: 4, from: after(2).toISOString(), to: after(8).toISOString() } },
    ]);
  });

  it.each([true, false])(
    'without an end and edited, resumed to catch up (%s): the new schedule is judged from the edit on',
    async (catchUp) => {
      const { store, time, minutes, skipped } = await withJob({ misfirePolicy: 'all', overlapPolicy: 'queueAll' });
      store.save('a', { pausedAt: new Date(store.now()) });
      await time.advance(4 * MINUTE);
      store.save('a', { cronExpression: '*/2 * * * *' });
      await time.advance(6 * MINUTE);
      expect(minutes()).toEqual(['12:00']);
      store.save('a', catchUp ? { pausedAt: null, pausedUntil: null } : { pausedUntil: new Date(store.now()) });
      await time.advance(2 * MINUTE);
      expect(minutes()).toEqual(catchUp ? ['12:00', '12:06', '12:08', '12:10', '12:12'] : ['12:00', '12:12']);
      const [before, told] = [
        { detail: { cause: 'paused', from: after(1).toISOString(), to: after(4, 57_000).toISOString() } },
        { reason: 'paused', detail: { count: 3, from: after(6).toISOString(), to: after(10).toISOString() } },
      ];
      expect(skipped()).toMatchObject(catchUp ? [before] : [before, told]);
    },
  );
});
