/** Whole engines over a database whose clock is stepped, as after a failover to a host that keeps another time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatabaseUnavailableError } from '../../../../../src/modules/foundation/domain/errors.ts';
import type { JobConfig } from '../../../../../src/modules/foundation/domain/job-config.ts';
import type { JobFunction } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';
import { claimedHerd } from '../../../../support/herd-scene.ts';
import { withJobs } from '../../../../support/outage-scene.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ORDER = { id: 'by-hand', jobId: 'a', trigger: 'manual', jobKwargs: {}, reason: null, actor: 'test' } as const;

describe('the schedule over a database clock that is stepped', () => {
  it('back by an hour: nothing that has run runs again, and the schedule goes on when its time has come', async () => {
    const { store, starts, time, runsOf } = await withJobs({ a: {} }, { replicas: 2 });
    await time.advance(90 * SECOND);
    expect(starts).toEqual(['a 12:00', 'a 12:01']);
    store.clockOffsetMs -= HOUR;
    await time.advance(HOUR);
    expect(starts).toHaveLength(2);
    await time.advance(2 * MINUTE);
    expect(starts).toEqual(['a 12:00', 'a 12:01', 'a 12:02', 'a 12:03']);
    expect(runsOf('a')).toEqual(['12:00', '12:01', '12:02', '12:03']);
    expect(store.events.filter(({ type }) => type.startsWith('occurrence'))).toEqual([]);
  });

  for (const [misfirePolicy, expected, untold] of [
    ['once', ['14:01'], 119],
    ['skip', [], 120],
    ['all', ['13:59', '14:00', '14:01'], 117],
  ] as const)
    it(`forward by two hours is a delay like any other: misfire policy ${misfirePolicy}`, async () => {
      const { store, time, runsOf, eventsOf } = await withJobs({ a: { misfirePolicy, catchUpLimit: 3 } });
      await time.advance(60 * SECOND);
      store.clockOffsetMs += 2 * HOUR;
      // It is noticed by a timer, none of which sleeps for longer than 30 s.
      await time.advance(29 * SECOND);
      expect(runsOf('a')).toEqual(['12:00', '12:01', ...expected]);
      const [told, ...more] = eventsOf('a', 'occurrence.misfired');
      expect([told!.detail!['count'], more]).toEqual([untold, []]);
      await time.advance(MINUTE);
      expect(runsOf('a').slice(-1)).toEqual(['14:02']);
    });

  it('back while the database is away: what ran without it does not run when its time comes again', async () => {
    const { store, starts, outage, time } = await withJobs({ a: { outagePolicy: 'run' } });
    const away = outage(150 * SECOND);
    store.clockOffsetMs -= 10 * MINUTE;
    await away;
    expect(starts).toEqual(['a 12:00', 'a 12:01', 'a 12:02']);
    await time.advance(11 * MINUTE);
    expect(starts).toEqual(['a 12:00', 'a 12:01', 'a 12:02', 'a 12:03']);
  });

  it('back while the database is away: what was held and is to come again is not told to be held', async () => {
    const { store, starts, outage, time, eventsOf } = await withJobs({ a: { outagePolicy: 'hold' } });
    const away = outage(150 * SECOND);
    store.clockOffsetMs -= 10 * MINUTE;
    await away;
    await time.advance(10 * MINUTE);
    expect(eventsOf('a', 'occurrence.held')).toEqual([]);
    expect(eventsOf('a', 'occurrence.misfired')).toEqual([]);
    expect(starts).toEqual(['a 12:00', 'a 12:01', 'a 12:02']);
  });

  for (const stepMs of [-20 * MINUTE, 20 * MINUTE])
    it(`a herd that is claimed ahead starts once, whole, when the database says so: ${stepMs / MINUTE} min`, async () => {
      const { store, calls, time } = await claimedHerd({ overlapPolicy: 'allow' });
      store.clockOffsetMs += stepMs;
      await time.advance(10 * SECOND);
      if (stepMs < 0) expect(calls).toEqual([]);
      await time.advance(21 * MINUTE);
      expect(calls).toHaveLength(30);
      expect([...store.executions.values()].map(({ status }) => status)).toEqual(Array(30).fill('SUCCESS'));
    });
});

describe('what was asked of a database whose clock is stepped since', () => {
  async function withOrders(edit: Partial<JobConfig> = {}) {
    const store = newStore();
    store.save('a', { cronExpression: '0 0 1 1 *', overlapPolicy: 'allow', ...edit });
    const ran: string[] = [];
    const work: JobFunction = (_kwargs, { executionId }) => void ran.push(executionId);
    const engine = createEngine({ store, jobs: { a: work } });
    await engine.start();
    await store.time.advance(SECOND);
    return { store, engine, link: engine.link, ran, time: store.time };
  }

  it('PendingRunStarter starts what a lost claim takes late, though the clock went two hours forward', async () => {
    const { store, engine, link, ran, time } = await withOrders();
    link.failNext('pending.claim', new DatabaseUnavailableError('The statement is still on its way.'));
    const { id } = store.addPending({ ...ORDER, scheduledAt: new Date(store.now()) });
    store.clockOffsetMs += 2 * HOUR;
    await time.advance(1);
    const waiting = store.pending.get(id)!;
    store.pending.delete(id);
    await time.advance(10 * SECOND);
    store.pending.set(id, waiting);
    await engine.wired.pending.claim(engine.wired.instance.id, { handlers: ['a'], limit: 1 });
    expect(store.runsOf('a')).toMatchObject([{ status: 'RUNNING' }]);
    await time.advance(10 * SECOND);
    expect(ran).toEqual([id]);
  });

  it('PendingRunStarter stops asking for it within a minute, though the clock went back an hour', async () => {
    const { store, link, time } = await withOrders();
    link.loseAnswer('pending.claim');
    store.trigger('a', 'by-hand');
    await time.advance(1);
    store.clockOffsetMs -= HOUR;
    await time.advance(MINUTE);
    const asked = link.countOf('pending.getClaimed');
    expect(asked).toBeGreaterThan(10);
    await time.advance(MINUTE);
    expect(link.countOf('pending.getClaimed')).toBe(asked);
  });

  it('PendingRunClaimer tries a refused run again in a minute, though the clock went back an hour', async () => {
    const { store, ran, time } = await withOrders();
    store.refused.set('bad', new Error('refused by a trigger'));
    store.trigger('a', 'bad');
    await time.advance(SECOND);
    store.refused.clear();
    store.clockOffsetMs -= HOUR;
    // As one that became available an hour ago by the new clock.
    store.pending.set('bad', { ...store.pending.get('bad')!, availableAt: new Date(store.now()) });
    await time.advance(65 * SECOND);
    expect(ran).toEqual(['bad']);
  });

  it('UnclaimedTeller looks again within a minute, though the clock went back an hour', async () => {
    const { store, link, time } = await withOrders();
    store.save('b', { cronExpression: '* * * * *', handler: 'missing' });
    await time.advance(3 * MINUTE);
    const isTold = () => store.events.filter(({ type }) => type === 'job.unresolved').map(({ jobId }) => jobId);
    expect(isTold()).toEqual(['b']);
    store.clockOffsetMs -= HOUR;
    store.save('c', { cronExpression: '* * * * *', handler: 'missing' });
    await time.advance(3 * MINUTE);
    expect(isTold()).toEqual(['b', 'c']);
    expect(link.countOf('unclaimed.tell')).toBeLessThan(6);
  });
});

describe('the engine over a database clock that is stepped again and again', () => {
  const step = fc.record({ afterMs: fc.nat(20 * SECOND), byMs: fc.integer({ min: -40 * SECOND, max: 40 * SECOND }) });

  it('starts each occurrence at most once, leaves none RUNNING, and goes on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const store = newStore();
        const starts: string[] = [];
        const work: JobFunction = (_kwargs, { idempotencyKey }) => {
          starts.push(idempotencyKey);
          return store.time.pass(700);
        };
        for (const [jobId, overlapPolicy] of Object.entries({ a: 'skip', b: 'allow', c: 'queueAll' } as const))
          store.save(jobId, { cronExpression: '*/3 * * * * *', handler: 'work', overlapPolicy, misfirePolicy: 'all' });
        for (let replica = 0; replica < 2; replica += 1) await createEngine({ store, jobs: { work } }).start();
        for (const { afterMs, byMs } of steps) {
          await store.time.advance(afterMs);
          store.clockOffsetMs += byMs;
        }
        const back = steps.reduce((sum, { byMs }) => sum + Math.max(0, -byMs), 0);
        await store.time.advance(back + 30 * SECOND);
        expect(starts.filter((start, at) => starts.indexOf(start) !== at)).toEqual([]);
        for (const jobId of ['a', 'b', 'c']) {
          const runs = store.runsOf(jobId);
          const old = runs.filter((run) => run.status === 'RUNNING' && +run.startedAt < store.now() - 2 * SECOND);
          expect([old, Number(store.cursors.get(jobId)!.nextFireAt) > store.now() - 6 * SECOND]).toEqual([[], true]);
        }
      }),
      { numRuns: 25 },
    );
  });
});
