/** Outages so close to each other that the database does not know of the first when the second comes. */
import { describe, expect, it } from 'vitest';
import type { JobFunction } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';
import { NOTICE, withJobs } from '../../../../support/outage-scene.ts';

const SECOND = 1_000;
const RUN = { outagePolicy: 'run', cronExpression: '* * * * * *' } as const;
const JOB_IDS = ['a', 'b', 'c', 'd', 'e', 'f'];

type Scene = Awaited<ReturnType<typeof withJobs>>;

/** One engine runs its jobs without the database, and cannot tell it: somebody holds the cursors. */
async function runUntold(replicas: number): Promise<Scene> {
  const scene = await withJobs(Object.fromEntries(JOB_IDS.map((jobId) => [jobId, RUN])), { replicas });
  const { store, engines, time } = scene;
  const [cut] = engines;
  cut!.link.isAway = true;
  await time.advance(5 * SECOND);
  for (const jobId of JOB_IDS) store.held.cursors.add(jobId);
  cut!.link.isAway = false;
  while (!cut!.wired.supervisor.isUp) await time.advance(50);
  for (const jobId of JOB_IDS) expect(cut!.wired.outageRuns.isUnsettled(jobId)).toBe(true);
  store.held.cursors.clear();
  return scene;
}

/** Seconds of an interval, both ends included, that have neither a record nor an event, a job. */
function unaccounted({ store }: Scene, fromMs: number, toMs: number): string[] {
  const spans = store.events.flatMap(({ jobId, scheduledAt, detail }) => {
    const { from = scheduledAt, to = scheduledAt } = (detail ?? {}) as { from?: string; to?: string };
    return from == null || to == null ? [] : [{ jobId, from: +new Date(from), to: +new Date(to) }];
  });
  const isAccounted = (jobId: string, at: number): boolean =>
    store.runsOf(jobId).some(({ scheduledAt }) => scheduledAt.getTime() === at) ||
    spans.some((span) => span.jobId === jobId && span.from <= at && at <= span.to);
  const missing: string[] = [];
  for (let at = fromMs; at <= toMs; at += SECOND)
    for (const jobId of JOB_IDS) if (!isAccounted(jobId, at)) missing.push(`${jobId} ${new Date(at).toISOString()}`);
  return missing;
}

describe('a cursor that was read before its claim was answered', () => {
  it('is not run again without the database, which goes away before it is read once more', async () => {
    const { store, engines, starts, time } = await withJobs(
      { a: { outagePolicy: 'run', overlapPolicy: 'queueAll' } },
      { lastsMs: 20 * SECOND },
    );
    const { link, wired } = engines[0]!;
    await time.advance(Date.parse('2026-01-02T12:00:59Z') - store.now());
    const answer = link.holdAnswer('configs.getStanding');
    const reading = wired.loader.reload(['a']);
    await time.advance(2 * SECOND);
    answer();
    await reading;
    link.isAway = true;
    await time.advance(40 * SECOND);
    link.isAway = false;
    await time.advance(NOTICE);
    expect(starts).toEqual(['a 12:00', 'a 12:01']);
    expect(store.runsOf('a').map(({ status }) => status)).toEqual(['SUCCESS', 'SUCCESS']);
  });
});

describe('an outage that the database could not be told of before the next one', () => {
  it('says nothing of what was left to others in between: their cursors stay until somebody comes to them', async () => {
    const scene = await runUntold(2);
    const { store, engines, time } = scene;
    const [cut, other] = engines;
    const second = Math.ceil((store.now() + SECOND) / SECOND) * SECOND;
    await time.advance(second - store.now() - 300);
    other!.kill();
    await time.advance(350);
    cut!.link.isAway = true;
    await time.advance(8 * SECOND);
    cut!.link.isAway = false;
    await time.advance(3 * NOTICE + 30 * SECOND);
    expect(unaccounted(scene, second - 2 * SECOND, second + 8 * SECOND)).toEqual([]);
  });

  it('starts nothing while it is told at last, and so forgets nothing with it, should the database go away then', async () => {
    const scene = await runUntold(1);
    const { store, engines, time, starts } = scene;
    const [cut] = engines;
    const { link, wired } = cut!;
    const before = link.countOf('settlements.settle');
    const answer = link.holdAnswer('settlements.settle');
    while (link.countOf('settlements.settle') === before) await time.advance(50);
    const started = starts.length;
    wired.lease.suspend();
    await time.advance(3 * SECOND);
    expect(starts).toHaveLength(started);
    link.isAway = true;
    answer();
    await time.advance(3 * SECOND);
    expect(starts.length).toBeGreaterThan(started);
    link.isAway = false;
    await time.advance(3 * NOTICE);
    expect(unaccounted(scene, store.now() - 20 * SECOND, store.now() - 2 * SECOND)).toEqual([]);
    expect(store.runsOf('a').length).toBe(new Set(store.runsOf('a').map(({ scheduledAt }) => +scheduledAt)).size);
  });

  it('is not run again because its job was taken out and came back in between: paused, and resumed', async () => {
    const scene = await runUntold(1);
    const { store, engines, time, starts } = scene;
    const [cut] = engines;
    const seconds: string[] = [];
    const { dispatcher } = cut!.wired;
    const dispatch = dispatcher.dispatch.bind(dispatcher);
    dispatcher.dispatch = (run, ...rest) => {
      seconds.push(`${run.jobId} ${run.scheduledAt.toISOString()}`);
      dispatch(run, ...rest);
    };
    const ran = new Set(store.runsOf('a').map(({ scheduledAt }) => `a ${scheduledAt.toISOString()}`));
    store.save('a', { pausedAt: new Date(store.now()) });
    await time.advance(200);
    store.save('a', { pausedAt: null });
    await time.advance(200);
    expect(cut!.wired.outageRuns.isUnsettled('a')).toBe(true);
    cut!.link.isAway = true;
    await time.advance(8 * SECOND);
    cut!.link.isAway = false;
    await time.advance(3 * NOTICE);
    expect(starts.length).toBeGreaterThan(0);
    expect(seconds.filter((second, at) => ran.has(second) || seconds.indexOf(second) !== at)).toEqual([]);
  });
});

describe('a run that ends while the database is being told, which goes away again', () => {
  it('is followed by what waits behind it', async () => {
    const store = newStore();
    const { time } = store;
    const starts: string[] = [];
    let end = (): void => {};
    const slow: JobFunction = (_kwargs, { scheduledAt }) => {
      starts.push(scheduledAt.toISOString().slice(11, 16));
      return new Promise<void>((resolve) => (end = resolve));
    };
    // Told first, and so much that it fills a statement.
    store.save('big', { ...RUN, handler: 'quick' });
    store.save('queue', { ...RUN, cronExpression: '* * * * *', handler: 'slow', overlapPolicy: 'queueAll' });
    const engine = createEngine({ store, jobs: { quick: () => null, slow } });
    await engine.start();
    await time.advance(NOTICE);
    store.isAway = true;
    await time.advance(600 * SECOND);
    expect(starts).toEqual(['12:00']);
    const tell = engine.link.holdNext('settlements.settle');
    store.isAway = false;
    while (engine.link.countOf('settlements.settle') === 0) await time.advance(50);
    end();
    await time.advance(SECOND);
    store.isAway = true;
    tell();
    await time.advance(2 * 60 * SECOND);
    expect(starts).toEqual(['12:00', '12:01']);
  });
});
