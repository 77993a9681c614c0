/** What several processes make of an outage: replicas, newcomers, the dead and the late. */
import { describe, expect, it } from 'vitest';
import { createEngine, newStore } from '../../../../support/engine.ts';
import { minutesOf, NOTICE, withJobs } from '../../../../support/outage-scene.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const RUN = { outagePolicy: 'run' } as const;
const HOLD = { outagePolicy: 'hold' } as const;

describe('the outage policy among processes', () => {
  it('auto: an instance that starts unseen may run an occurrence too; its record stands, and the other is told', async () => {
    const { store, starts, engines, time, eventsOf, runsOf } = await withJobs({ a: {} });
    engines[0]!.link.isAway = true;
    await time.advance(20 * SECOND);
    const newcomer = createEngine({ store, jobs: { work: () => void starts.push('newcomer') } });
    await newcomer.start();
    await time.advance(MINUTE);
    engines[0]!.link.isAway = false;
    await time.advance(NOTICE);
    expect(starts).toEqual(['a 12:00', 'a 12:01', 'newcomer']);
    expect(runsOf('a')).toEqual(['12:00', '12:01']);
    expect(store.runsOf('a')[1]!.instanceId).toBe(newcomer.wired.instance.id);
    expect(eventsOf('a', 'run.unrecorded')).toMatchObject([{ scheduledAt: new Date('2026-01-02T12:01:00Z') }]);
  });

  it('run: each of two instances runs an occurrence at most once, one record stands, and the schedule goes on', async () => {
    const { starts, outage, runsOf, eventsOf, time } = await withJobs({ a: RUN }, { replicas: 2 });
    await outage(2 * MINUTE - 20 * SECOND);
    expect(starts).toEqual(['a 12:00', 'a 12:01', 'a 12:01']);
    expect(runsOf('a')).toEqual(['12:00', '12:01']);
    expect(eventsOf('a', 'run.unrecorded')).toHaveLength(1);
    await time.advance(MINUTE);
    expect(runsOf('a')).toEqual(['12:00', '12:01', '12:02']);
  });

  it.each([{ overlapPolicy: 'skip' }, { overlapPolicy: 'allow', maxConcurrentRuns: 1 }] as const)(
    'run: what goes on here while the record of the same occurrence is another’s keeps the next away: %j',
    async (policy) => {
      const startAt = new Date('2026-01-02T12:01:00Z');
      const jobs = { a: { ...RUN, ...policy, startAt } };
      const { store, starts, engines, outage, time } = await withJobs(jobs, { replicas: 2, lastsMs: 90 * SECOND });
      await outage(70 * SECOND);
      expect(starts).toEqual(['a 12:01', 'a 12:01']);
      const recorded = store.runsOf('a')[0]!;
      engines.find(({ wired }) => wired.instance.id === recorded.instanceId)!.kill();
      await time.advance(3 * MINUTE);
      const [first, next] = store.runsOf('a');
      expect(first).toMatchObject({ failureReason: 'LOST' });
      const wentOnUntil = Date.parse('2026-01-02T12:02:30Z');
      expect(first!.finishedAt!.getTime()).toBeLessThan(Date.parse('2026-01-02T12:02:00Z'));
      expect(next!.startedAt.getTime()).toBeGreaterThanOrEqual(wentOnUntil);
      expect(next!.scheduledAt).toEqual(new Date('2026-01-02T12:02:00Z'));
    },
  );

  it('run: what goes on here under a record that keeps nobody away keeps the next away by itself', async () => {
    const startAt = new Date('2026-01-02T12:01:00Z');
    const { store, engines, outage, time } = await withJobs({ a: { ...RUN, startAt } }, { lastsMs: 90 * SECOND });
    const { claims } = engines[0]!.wired;
    // As PostgreSQL writes it beside a record that is RUNNING still, which ends before the next is due.
    claims.getExclusive = async () => new Set();
    store.isExclusivelyRunning = () => false;
    await outage(70 * SECOND);
    await time.advance(3 * MINUTE);
    const [first, next] = store.runsOf('a');
    expect(first).toMatchObject({ status: 'SUCCESS', scheduledAt: startAt });
    expect(next!.startedAt.getTime()).toBeGreaterThanOrEqual(startAt.getTime() + 90 * SECOND);
  });

  for (const [overlapPolicy, maxConcurrentRuns] of [
    ['skip', null],
    ['allow', 1],
    ['allow', 2],
  ] as const)
    it(`run: such a run keeps waiting ones of its job away too, unless they may overlap: ${overlapPolicy}, ${maxConcurrentRuns}`, async () => {
      const startAt = new Date('2026-01-02T12:01:00Z');
      const jobs = { a: { ...RUN, startAt, overlapPolicy, maxConcurrentRuns, cronExpression: '1 12 * * *' } };
      const { store, outage, engines, time } = await withJobs(jobs, { replicas: 2, lastsMs: 90 * SECOND });
      await outage(70 * SECOND);
      const recorded = store.runsOf('a')[0]!;
      engines.find(({ wired }) => wired.instance.id === recorded.instanceId)!.kill();
      await time.advance(20 * SECOND);
      expect(store.runsOf('a')).toMatchObject([{ failureReason: 'LOST' }]);
      store.trigger('a', 'by-hand');
      await time.advance(MINUTE);
      const startsAfter = Date.parse('2026-01-02T12:02:30Z');
      expect(store.executions.get('by-hand')!.startedAt.getTime() >= startsAfter).toBe(maxConcurrentRuns !== 2);
    });

  it('run: one that another instance has run on time is not started again when this one is back', async () => {
    const { starts, engines, outage, runsOf } = await withJobs({ a: HOLD }, { replicas: 2 });
    await outage(3 * MINUTE, [engines[0]!.link]);
    expect(starts).toEqual(['a 12:00', 'a 12:01', 'a 12:02', 'a 12:03']);
    expect(runsOf('a')).toEqual(['12:00', '12:01', '12:02', '12:03']);
  });

  it('a process killed during the outage leaves no record of what ran: it may run again as missed', async () => {
    const { store, starts, engines, time } = await withJobs({ a: RUN });
    store.isAway = true;
    await time.advance(MINUTE);
    engines[0]!.kill();
    store.isAway = false;
    const next = createEngine({ store, jobs: { work: () => void starts.push('again') } });
    await next.start();
    await time.advance(NOTICE);
    expect(starts).toEqual(['a 12:00', 'a 12:01', 'again']);
    expect(minutesOf(store.runsOf('a').map((run) => run.scheduledAt))).toEqual(['12:00', '12:01']);
  });

  it('started with the database down, it runs nothing persisted until it knows what there is', async () => {
    const store = newStore();
    const starts: string[] = [];
    store.save('a', { cronExpression: '* * * * *', ...RUN });
    store.isAway = true;
    const engine = createEngine({
      store,
      jobs: { a: (_kwargs, { scheduledAt }) => void starts.push(scheduledAt.toISOString().slice(11, 16)) },
    });
    await engine.start();
    await store.time.advance(2 * MINUTE);
    expect(starts).toEqual([]);
    store.isAway = false;
    await store.time.advance(NOTICE);
    await store.time.advance(MINUTE);
    expect(starts.at(-1)).toBe('12:03');
  });

  it('an edit by somebody else, and the database away again before it is claimed by: what has run is not run again', async () => {
    const { store, engines, starts, time } = await withJobs({ a: RUN });
    const { link } = engines[0]!;
    link.isAway = true;
    await time.advance(30 * SECOND);
    store.save('a', { jobKwargs: { edited: true } });
    await time.advance(2 * MINUTE);
    const claim = link.holdNext('claims.claim');
    link.isAway = false;
    await time.advance(3 * SECOND);
    link.isAway = true;
    claim();
    await time.advance(2 * MINUTE);
    link.isAway = false;
    await time.advance(2 * MINUTE);
    expect(starts).toEqual([...new Set(starts)]);
  });

  it('an edit of the schedule by somebody else during the outage is followed afterwards', async () => {
    const { store, engines, starts, time } = await withJobs({ a: RUN });
    engines[0]!.link.isAway = true;
    await time.advance(MINUTE);
    store.save('a', { cronExpression: '*/10 * * * *' });
    engines[0]!.link.isAway = false;
    await time.advance(10 * MINUTE);
    expect(starts).toEqual(['a 12:00', 'a 12:01', 'a 12:10']);
  });
});
