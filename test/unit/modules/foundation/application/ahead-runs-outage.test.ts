/** A herd that was claimed ahead, and no database when it is due: what runs without it, and what is held and told. */
import { describe, expect, it } from 'vitest';
import type { JobFunction } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { createEngine, recordingJob } from '../../../../support/engine.ts';
import { claimedHerd, HERD, newHerd, NOON } from '../../../../support/herd-scene.ts';
import { minutesOf } from '../../../../support/outage-scene.ts';

const SECOND = 1_000;
const EVERY_MINUTE = { cronExpression: '* * * * *' } as const;
const RUN = { ...EVERY_MINUTE, outagePolicy: 'run' } as const;
const HOLD = { ...EVERY_MINUTE, outagePolicy: 'hold' } as const;

type Scene = Awaited<ReturnType<typeof claimedHerd>>;

const startsAt = (calls: readonly string[], minute: string) => calls.filter((at) => at.includes(`T${minute}`)).length;
const typesOf = ({ store }: Scene) =>
  new Set(store.events.map(({ type }) => type).filter((type) => /^occ|^run/.test(type)));

describe('AheadRuns without the database', () => {
  for (const [policy, aliveForMs] of [
    ['run', 2_500],
    ['auto', 14_500],
  ] as const) {
    it(`${policy}: each runs on time, once, before the next, and its record is that of its claim`, async () => {
      const scene = await claimedHerd({ ...RUN, outagePolicy: policy }, { aliveForMs });
      const { store, calls, time } = scene;
      const claimed = new Set(store.executions.keys());
      store.isAway = true;
      await time.advance(10 * SECOND);
      expect(calls).toEqual(Array(HERD).fill(NOON));
      await time.advance(2 * 60 * SECOND);
      store.isAway = false;
      await time.advance(20 * SECOND);
      expect(['12:00', '12:01', '12:02', '12:03'].map((minute) => startsAt(calls, minute))).toEqual([30, 30, 30, 0]);
      expect(calls).toEqual(calls.toSorted());
      const first = [...store.executions.values()].filter(({ scheduledAt }) => scheduledAt.toISOString() === NOON);
      expect(new Set(first.map(({ id }) => id))).toEqual(claimed);
      expect(new Set([...store.executions.values()].map(({ status }) => status))).toEqual(new Set(['SUCCESS']));
      expect(typesOf(scene)).toEqual(new Set());
      await time.advance(60 * SECOND);
      expect(minutesOf(store.runsOf('job-0').map(({ scheduledAt }) => scheduledAt))).toEqual([
        '12:00',
        '12:01',
        '12:02',
        '12:03',
      ]);
    });
  }

  it('hold: nothing runs; what was claimed is told and put back, and the misfire policy decides', async () => {
    const scene = await claimedHerd(HOLD);
    const { store, calls, time } = scene;
    store.isAway = true;
    await time.advance(5 * SECOND);
    store.isAway = false;
    await time.advance(5 * SECOND);
    expect(calls).toEqual(Array(HERD).fill(NOON));
    expect(typesOf(scene)).toEqual(new Set(['occurrence.held']));
    expect(store.events.filter(({ type }) => type === 'occurrence.held')).toHaveLength(HERD);
    for (const run of store.executions.values())
      expect(run.startedAt.getTime() - run.scheduledAt.getTime()).toBeGreaterThanOrEqual(4 * SECOND);
  });

  it('hold, with the misfire policy skip: it is told that it was held, and that it is not run', async () => {
    const { store, calls, time } = await claimedHerd({ ...HOLD, misfirePolicy: 'skip' });
    store.isAway = true;
    await time.advance(45 * SECOND);
    store.isAway = false;
    await time.advance(10 * SECOND);
    expect(calls).toEqual([]);
    const events = store.events.filter(({ jobId, type }) => jobId === 'job-0' && type.startsWith('occurrence'));
    expect(events).toMatchObject([
      { type: 'occurrence.held', scheduledAt: new Date(NOON), detail: { count: 1 } },
      { type: 'occurrence.misfired', scheduledAt: new Date(NOON), detail: { count: 1 } },
    ]);
    expect(store.executions.size).toBe(0);
  });

  it('auto, where this process is not known to be alone: held', async () => {
    const scene = await claimedHerd(EVERY_MINUTE);
    scene.store.isAway = true;
    await scene.time.advance(30 * SECOND);
    expect(scene.calls).toEqual([]);
    scene.store.isAway = false;
    await scene.time.advance(10 * SECOND);
    expect(scene.calls).toEqual(Array(HERD).fill(NOON));
    expect(typesOf(scene)).toEqual(new Set(['occurrence.held']));
  });

  it('a database that is back before it is due: each runs once, on time', async () => {
    const scene = await claimedHerd(RUN);
    scene.engine.wired.lease.suspend();
    await scene.time.advance(100);
    await scene.engine.wired.outageRuns.settle();
    await scene.time.advance(10 * SECOND);
    expect(scene.calls).toEqual(Array(HERD).fill(NOON));
    expect(typesOf(scene)).toEqual(new Set());
  });

  it('run: one that another has put back and run is run here too, once; its record stands, and ours is told', async () => {
    const scene = await claimedHerd(RUN);
    const { store, engine, calls, time } = scene;
    engine.link.isAway = true;
    const others = recordingJob();
    await createEngine({ store, jobs: { work: others } }).start();
    await time.advance(40 * SECOND);
    expect([startsAt(calls, '12:00'), startsAt(others.calls, '12:00')]).toEqual([HERD, HERD]);
    engine.link.isAway = false;
    await time.advance(10 * SECOND);
    expect([startsAt(calls, '12:00'), startsAt(others.calls, '12:00')]).toEqual([HERD, HERD]);
    expect(store.events.filter(({ type }) => type === 'run.unrecorded')).toHaveLength(HERD);
    expect([...store.executions.values()].map(({ status }) => status)).toEqual(Array(HERD).fill('SUCCESS'));
  });

  it('hold: what another has put back and run is neither run nor told here', async () => {
    const scene = await claimedHerd(HOLD);
    scene.engine.link.isAway = true;
    const others = recordingJob();
    await createEngine({ store: scene.store, jobs: { work: others } }).start();
    await scene.time.advance(40 * SECOND);
    scene.engine.link.isAway = false;
    await scene.time.advance(10 * SECOND);
    expect([scene.calls.length, others.calls.length]).toEqual([0, HERD]);
    expect(typesOf(scene)).toEqual(new Set());
  });

  it('a run that goes on when the database is back is lost with its process, and nobody puts it back', async () => {
    const calls: string[] = [];
    const job: JobFunction = (_kwargs, { jobId }) => {
      calls.push(jobId);
      return new Promise(() => {});
    };
    const { store, engine, time } = await claimedHerd(RUN, { job });
    store.isAway = true;
    await time.advance(10 * SECOND);
    store.isAway = false;
    await time.advance(10 * SECOND);
    engine.kill();
    const heirs = recordingJob();
    await createEngine({ store, jobs: { work: heirs } }).start();
    await time.advance(30 * SECOND);
    expect([calls.length, startsAt(heirs.calls, '12:00')]).toEqual([HERD, 0]);
    for (const run of store.executions.values()) expect(run).toMatchObject({ failureReason: 'LOST' });
  });

  it('what the database confirms while it is thought to be away starts once', async () => {
    const { engine, calls, time } = await claimedHerd(RUN);
    const answer = engine.link.holdAnswer('ahead.confirmAll');
    await time.advance(600);
    engine.wired.lease.suspend();
    await time.advance(SECOND);
    expect(calls).toEqual([]);
    answer();
    await time.advance(SECOND);
    await engine.wired.outageRuns.settle();
    await time.advance(10 * SECOND);
    expect(calls).toEqual(Array(HERD).fill(NOON));
  });

  it('what has no slot starts when one is free, once, and before the next occurrence of its job', async () => {
    const starts: string[] = [];
    const job: JobFunction = async (_kwargs, { jobId, scheduledAt }) => {
      starts.push(`${jobId} ${minutesOf([scheduledAt])[0]}`);
      await scene.time.pass(25 * SECOND);
    };
    const scene = await claimedHerd(RUN, { job, maxConcurrentRuns: 10 });
    scene.store.isAway = true;
    await scene.time.advance(130 * SECOND);
    scene.store.isAway = false;
    await scene.time.advance(200 * SECOND);
    expect(new Set(starts).size).toBe(starts.length);
    expect(starts.filter((start) => start.endsWith('12:00'))).toHaveLength(HERD);
    for (let at = 0; at < HERD; at += 1) {
      const own = starts.filter((start) => start.startsWith(`job-${at} `));
      expect(own).toEqual(own.toSorted());
    }
  });

  for (const [what, isLost] of [
    ['lost', true],
    ['late', false],
  ] as const) {
    it(`what was claimed by an answer that is ${what} runs once, under the id of its claim, before the next`, async () => {
      const store = newHerd(RUN);
      const job = recordingJob();
      const engine = createEngine({ store, jobs: { work: job } });
      await engine.start();
      const answer = engine.link.holdAnswer('claims.claim');
      await store.time.advance(2_500);
      const claimed = new Set(store.executions.keys());
      expect(claimed.size).toBe(HERD);
      engine.wired.lease.suspend();
      await store.time.advance(2 * SECOND);
      expect(job.calls).toEqual([]);
      store.isAway = isLost;
      answer();
      await store.time.advance(100);
      store.isAway = true;
      await store.time.advance(65 * SECOND);
      expect([startsAt(job.calls, '12:00'), startsAt(job.calls, '12:01')]).toEqual([HERD, HERD]);
      store.isAway = false;
      await store.time.advance(20 * SECOND);
      expect(job.calls).toHaveLength(2 * HERD);
      expect(job.calls).toEqual(job.calls.toSorted());
      const first = [...store.executions.values()].filter(({ scheduledAt }) => scheduledAt.toISOString() === NOON);
      expect(new Set(first.map(({ id }) => id))).toEqual(claimed);
      expect(new Set(first.map(({ status }) => status))).toEqual(new Set(['SUCCESS']));
    });
  }
});
