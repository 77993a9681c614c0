/** What is due and is not simply claimed: edited, taken, exhausted or refused meanwhile. Over whole engines in virtual time. */
import { describe, expect, it } from 'vitest';
import type { JobConfig } from '../../../../../src/modules/foundation/domain/job-config.ts';
import type { JobFunction } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';
import { NOON } from '../../../../support/herd-scene.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const noon = Date.parse(NOON);

/** One replica with job `a`, and what it was called with. */
async function withJob(edit: Partial<JobConfig> = {}, lastsMs = 0) {
  const store = newStore();
  const starts: { scheduledAt: string; kwargs: unknown; atMs: number }[] = [];
  const work: JobFunction = (kwargs, { scheduledAt }) => {
    starts.push({ scheduledAt: scheduledAt.toISOString().slice(11, 19), kwargs, atMs: store.now() - noon });
    return lastsMs === 0 ? undefined : store.time.pass(lastsMs);
  };
  store.save('a', { cronExpression: '* * * * *', handler: 'work', ...edit });
  const engine = createEngine({ store, jobs: { work } });
  await engine.start();
  await store.time.advance(SECOND);
  const calls = () => starts.map(({ scheduledAt }) => scheduledAt);
  const { directory } = engine.wired;
  const dueAt = () => directory.get('a')?.dueAt ?? null;
  return { store, engine, link: engine.link, time: store.time, starts, calls, dueAt };
}

describe('DueClaimer, of a job that is edited at the instant it is due', () => {
  it('the answer to a claim of what it was does not move what it is', async () => {
    const { store, link, time, calls, dueAt } = await withJob();
    const answer = link.holdAnswer('claims.claim');
    await time.advance(2 * SECOND);
    expect(store.runsOf('a')).toMatchObject([{ status: 'RUNNING' }]);
    store.save('a', { cronExpression: '*/10 * * * *' });
    await time.advance(10);
    answer();
    await time.advance(10);
    expect(new Date(dueAt()!).toISOString()).toBe('2026-01-02T12:10:00.000Z');
    expect(calls()).toEqual(['12:00:00']);
    await time.advance(11 * MINUTE);
    expect(calls()).toEqual(['12:00:00', '12:10:00']);
  });

  it('an edit that nobody tells of is found by the claim that fails, and what is due runs as it is now', async () => {
    const { store, time, starts } = await withJob({ jobKwargs: { text: 'old' } });
    store.isFeedAlive = false;
    await time.advance(1_990);
    store.save('a', { jobKwargs: { text: 'new' } });
    // Another replica has armed it since.
    store.setCursor('a', new Date(noon));
    await time.advance(SECOND);
    expect(starts).toMatchObject([{ scheduledAt: '12:00:00', kwargs: { text: 'new' } }]);
    expect(starts[0]!.atMs).toBeLessThan(200);
  });

  it('a refusal of what it was does not put off what it is', async () => {
    const { store, engine, time, starts } = await withJob();
    const gate = Promise.withResolvers<void>();
    const { claims } = engine.wired;
    const claim = claims.claim.bind(claims);
    claims.claim = async () => {
      await gate.promise;
      throw new Error('refused');
    };
    await time.advance(2 * SECOND);
    store.save('a', { cronExpression: '30 * * * * *' });
    await time.advance(10);
    gate.resolve();
    claims.claim = claim;
    await time.advance(MINUTE);
    expect(starts).toMatchObject([{ scheduledAt: '12:00:30', atMs: 30 * SECOND }]);
  });

  it('one that is deleted while it is claimed runs, where the claim came first, and never again', async () => {
    const { store, link, time, calls, dueAt } = await withJob();
    const answer = link.holdAnswer('claims.claim');
    await time.advance(2 * SECOND);
    store.remove('a');
    await time.advance(10);
    answer();
    await time.advance(5 * MINUTE);
    expect([calls(), dueAt(), store.runsOf('a').map(({ status }) => status)]).toEqual([
      ['12:00:00'],
      null,
      ['SUCCESS'],
    ]);
  });
});

describe('DueClaimer, of what it could not claim', () => {
  it('looks no more at a job whose last occurrence another has taken', async () => {
    const { store, link, time, calls, dueAt } = await withJob({ endAt: new Date(NOON) });
    await time.advance(1_990);
    store.cursors.set('a', { ...store.cursors.get('a')!, nextFireAt: 'exhausted' });
    await time.advance(SECOND);
    const asked = link.countOf('claims.claim');
    expect([dueAt(), asked]).toEqual([null, 1]);
    await time.advance(10 * MINUTE);
    expect([calls(), link.countOf('claims.claim')]).toEqual([[], asked]);
  });

  it('goes on with the next occurrence where another has taken this one', async () => {
    const { store, time, calls, dueAt } = await withJob();
    await time.advance(1_990);
    store.setCursor('a', new Date(noon + MINUTE));
    await time.advance(SECOND);
    expect([dueAt(), calls()]).toEqual([noon + MINUTE, []]);
    await time.advance(MINUTE);
    expect(calls()).toEqual(['12:01:00']);
  });

  it('claims as soon as the database’s clock is there, where its own runs ahead of it', async () => {
    for (const behindMs of [90, 400, 900]) {
      const { store, link, time, starts } = await withJob();
      store.clockOffsetMs = -behindMs;
      await time.advance(4 * SECOND);
      expect(starts).toHaveLength(1);
      expect(starts[0]!.atMs).toBeGreaterThanOrEqual(0);
      expect(starts[0]!.atMs).toBeLessThan(behindMs + 50);
      expect(link.countOf('claims.claim')).toBeLessThan(12);
    }
  });

  it('starts what waits for a run at once, though that ended before it was known that the next has to wait', async () => {
    const { store, link, time, starts } = await withJob({ misfirePolicy: 'all', cronExpression: '*/5 * * * *' }, 1_500);
    store.setCursor('a', new Date(noon - 10 * MINUTE));
    while (starts.length === 0) await time.advance(100);
    const answer = link.holdAnswer('claims.claim');
    while (store.runsOf('a').at(-1)!.status === 'RUNNING') await time.advance(10);
    answer();
    await time.advance(50);
    expect(starts.map(({ scheduledAt }) => scheduledAt)).toEqual(['11:50:00', '11:55:00']);
  });
});

describe('DueClaimer, where the lease came into doubt before the answer to its claim', () => {
  it('does not pass over what it claimed: without the database it runs, under the id of the claim', async () => {
    const { store, engine, link, time, starts } = await withJob({ outagePolicy: 'run' });
    const answer = link.holdAnswer('claims.claim');
    await time.advance(2 * SECOND);
    const [claimed] = store.runsOf('a');
    link.failNext('instances.renew', new Error('refused'));
    engine.wired.lease.doubt();
    await time.advance(0);
    answer();
    await time.advance(0);
    expect(starts).toEqual([]);
    store.isAway = true;
    await time.advance(20 * SECOND);
    expect(starts).toMatchObject([{ scheduledAt: '12:00:00' }]);
    store.isAway = false;
    await time.advance(20 * SECOND);
    expect(starts).toHaveLength(1);
    expect(store.runsOf('a')).toMatchObject([{ id: claimed!.id, status: 'SUCCESS' }]);
  });
});

describe('DueClaimer, of a job of which a run goes on here that the database does not know of', () => {
  for (const [overlapPolicy, lateMs] of [
    ['skip', 30 * SECOND],
    ['allow', 0],
  ] as const)
    it(`the next waits for its end, unless they may overlap: ${overlapPolicy}`, async () => {
      const { store, engine, time, starts } = await withJob(
        { outagePolicy: 'run', overlapPolicy, startAt: new Date(noon + MINUTE) },
        90 * SECOND,
      );
      // As where the record of the occurrence is another instance's, which ended.
      engine.wired.claims.getExclusive = async () => new Set();
      store.isExclusivelyRunning = () => false;
      await time.advance(2 * SECOND);
      store.isAway = true;
      await time.advance(70 * SECOND);
      store.isAway = false;
      await time.advance(2 * MINUTE);
      const start = starts.find(({ scheduledAt }) => scheduledAt === '12:02:00');
      expect(start!.atMs - 2 * MINUTE).toBeGreaterThanOrEqual(lateMs);
      expect(start!.atMs - 2 * MINUTE).toBeLessThan(lateMs + 1_100);
    });
});
