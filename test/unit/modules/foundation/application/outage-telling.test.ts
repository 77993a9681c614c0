/** What the database is told of an outage, where the telling itself goes wrong: over whole engines in virtual time. */
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../../../support/engine.ts';
import { minutesOf, NOTICE, withJobs } from '../../../../support/outage-scene.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const RUN = { outagePolicy: 'run' } as const;

type Scene = Awaited<ReturnType<typeof withJobs>>;

/** The database is back for just so long that it is told, and the answer is lost. */
async function tellInVain({ store, engines, time }: Scene, call = 'settlements.settle'): Promise<void> {
  const { link } = engines[0]!;
  const before = link.countOf(call);
  link.loseAnswer(call);
  store.isAway = false;
  while (link.countOf(call) === before) await time.advance(50);
  store.isAway = true;
  await time.advance(SECOND);
}

describe('the telling of an outage whose answer is lost', () => {
  it('says each thing once, and what went on meanwhile with it', async () => {
    const scene = await withJobs({ skips: RUN, holds: { outagePolicy: 'hold' } }, { lastsMs: 130 * SECOND });
    scene.store.isAway = true;
    await scene.time.advance(5 * MINUTE);
    await tellInVain(scene);
    await scene.outage(4 * MINUTE);
    const [skipped, ...more] = scene.eventsOf('skips', 'occurrence.skipped');
    expect(more).toEqual([]);
    expect(Number(skipped!.detail!['count'])).toBeGreaterThan(4);
    expect(Number(skipped!.detail!['count']) + scene.runsOf('skips').length).toBe(10);
    expect(scene.eventsOf('holds', 'occurrence.held')).toHaveLength(1);
  });

  it('what waits in the database since is not started here as well', async () => {
    const scene = await withJobs({ a: { ...RUN, overlapPolicy: 'queueAll' } }, { lastsMs: 150 * SECOND });
    const { store, engines, starts, time } = scene;
    store.isAway = true;
    await time.advance(4 * MINUTE);
    await tellInVain(scene);
    const waiting = minutesOf([...store.pending.values()].map(({ scheduledAt }) => scheduledAt));
    expect(waiting.length).toBeGreaterThan(1);
    engines[0]!.link.isAway = true;
    store.isAway = false;
    const heir = createEngine({
      store,
      jobs: { work: (_kwargs, { scheduledAt }) => void starts.push(`a ${minutesOf([scheduledAt])[0]}`) },
    });
    await heir.start();
    await time.advance(20 * MINUTE);
    expect(starts.filter((start) => waiting.includes(start.slice(2))).toSorted()).toEqual(
      waiting.map((at) => `a ${at}`),
    );
  });

  it('runs that memory has no record of are counted once', async () => {
    const scene = await withJobs({ a: { ...RUN, cronExpression: '* * * * * *' } });
    scene.store.isAway = true;
    await scene.time.advance(12 * MINUTE);
    await tellInVain(scene, 'ledger.append');
    await scene.outage(2 * MINUTE);
    const [told, ...more] = scene.eventsOf('a', 'run.unrecorded');
    expect(more).toEqual([]);
    expect(scene.store.runsOf('a').length + Number(told!.detail!['count'])).toBe(scene.starts.length);
  });
});

describe('the return of the database', () => {
  it('is not held up by a count that it refuses, which is told at the next beat', async () => {
    const scene = await withJobs({ a: { ...RUN, cronExpression: '* * * * * *' } });
    scene.store.isAway = true;
    await scene.time.advance(12 * MINUTE);
    const { link } = scene.engines[0]!;
    for (let times = 0; times < 3; times += 1) link.failNext('ledger.append', new Error('refused'));
    scene.store.isAway = false;
    await scene.time.advance(2 * SECOND);
    expect(scene.store.runsOf('a').length).toBeGreaterThan(400);
    expect(scene.engines[0]!.wired.supervisor.isUp).toBe(true);
    await scene.time.advance(4 * NOTICE);
    expect(scene.eventsOf('a', 'run.unrecorded')).toHaveLength(1);
  });
});

describe('a run that has ended and is only being written', () => {
  it('keeps no occurrence away while the database is', async () => {
    const { store, engines, time, starts, runsOf } = await withJobs({ a: RUN });
    await time.advance(50 * SECOND);
    engines[0]!.link.holdNext('executions.update');
    await time.advance(10 * SECOND);
    store.isAway = true;
    await time.advance(2 * MINUTE);
    expect(starts).toEqual(['a 12:00', 'a 12:01', 'a 12:02', 'a 12:03']);
    store.isAway = false;
    await time.advance(NOTICE);
    expect(runsOf('a')).toEqual(minutesOf(starts.map((start) => new Date(`2026-01-02T${start.slice(2)}:00Z`))));
  });
});

describe('what the database refuses of an outage', () => {
  const secondsOf = (starts: readonly Date[]) => starts.map((at) => at.toISOString());

  it('the records of a job: its schedule goes on, its records are written one by one, and an event says so', async () => {
    const scene = await withJobs({ a: RUN, b: RUN });
    scene.store.refusesOutage = ({ config, ended }) => config.jobId === 'a' && ended.length > 0;
    await scene.outage(3 * MINUTE);
    await scene.time.advance(MINUTE);
    const minutes = ['12:00', '12:01', '12:02', '12:03', '12:04'];
    for (const jobId of ['a', 'b']) {
      expect(scene.runsOf(jobId)).toEqual(minutes);
      expect(scene.starts.filter((start) => start.startsWith(jobId))).toEqual(minutes.map((at) => `${jobId} ${at}`));
    }
    expect(scene.eventsOf('a', 'run.unrecorded')).toMatchObject([
      { detail: { count: 3 }, reason: expect.stringContaining('refused') },
    ]);
    expect(scene.eventsOf('b', 'run.unrecorded')).toEqual([]);
  });

  it('all of a job: it is not run before it could be told, and others are', async () => {
    const scene = await withJobs({ a: RUN, b: RUN });
    scene.store.refusesOutage = ({ config }) => config.jobId === 'a';
    await scene.outage(3 * MINUTE);
    await scene.time.advance(2 * MINUTE);
    expect(scene.starts.findLast((start) => start.startsWith('a'))).toBe('a 12:03');
    expect(scene.starts.at(-1)).toBe('b 12:05');
    expect(scene.eventsOf('a', 'run.unrecorded')).toHaveLength(1);
    scene.store.refusesOutage = () => false;
    await scene.time.advance(MINUTE);
    const starts = scene.starts.filter((start) => start.startsWith('a'));
    expect(new Set(starts).size).toBe(starts.length);
    expect(starts.at(-1)).toBe('a 12:06');
  });

  it('nothing, but the cursor is locked: what memory has no record of is not run again by a misfire policy of all', async () => {
    const {
      store,
      time,
      starts: _minutes,
      ...scene
    } = await withJobs({
      a: { ...RUN, cronExpression: '* * * * * *', misfirePolicy: 'all', catchUpLimit: 1_000, overlapPolicy: 'allow' },
    });
    store.isAway = true;
    await time.advance(12 * MINUTE);
    const told = scene.engines[0]!.wired.journal.size;
    expect(told).toBeGreaterThanOrEqual(500);
    store.held.cursors.add('a');
    const before = store.now();
    await scene.outage(0);
    await time.advance(30 * SECOND);
    store.held.cursors.clear();
    await time.advance(MINUTE);
    const catchUps = store
      .runsOf('a')
      .filter(({ trigger, scheduledAt }) => trigger === 'catchUp' && +scheduledAt <= before);
    expect(secondsOf(catchUps.map(({ scheduledAt }) => scheduledAt))).toEqual([]);
    expect(Number(store.cursors.get('a')!.nextFireAt)).toBeGreaterThan(store.now() - SECOND);
  });
});
