/** Jobs whose occurrences fall due while the database is away, over a whole engine in virtual time. */
import { describe, expect, it } from 'vitest';
import type { JobFunction } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';
import { minutesOf, NOTICE, withJobs } from '../../../../support/outage-scene.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const RUN = { outagePolicy: 'run' } as const;
const HOLD = { outagePolicy: 'hold' } as const;

describe('the outage policy', () => {
  it('run: occurrences run on time, and their records and the cursor are written when the database is back', async () => {
    const { store, starts, outage, runsOf, eventsOf } = await withJobs({ a: RUN });
    await outage(3 * MINUTE);
    expect(starts).toEqual(['a 12:00', 'a 12:01', 'a 12:02', 'a 12:03']);
    expect(runsOf('a')).toEqual(['12:00', '12:01', '12:02', '12:03']);
    expect(store.runsOf('a').map(({ status, trigger }) => [status, trigger])).toEqual(
      Array.from({ length: 4 }, () => ['SUCCESS', 'schedule']),
    );
    for (const { scheduledAt, startedAt } of store.runsOf('a')) expect(+startedAt - +scheduledAt).toBeLessThan(SECOND);
    expect(store.cursors.get('a')!.nextFireAt).toEqual(new Date('2026-01-02T12:04:00Z'));
    expect([eventsOf('a', 'occurrence.misfired'), eventsOf('a', 'occurrence.held')]).toEqual([[], []]);
  });

  it('hold: nothing runs; it is told once, and the misfire policy decides afterwards', async () => {
    const { starts, outage, runsOf, eventsOf } = await withJobs({
      once: HOLD,
      skip: { ...HOLD, misfirePolicy: 'skip' },
      all: { ...HOLD, misfirePolicy: 'all' },
    });
    await outage(3 * MINUTE - 20 * SECOND);
    expect(starts.filter((start) => start.startsWith('skip'))).toEqual(['skip 12:00']);
    expect(runsOf('once')).toEqual(['12:00', '12:02']);
    expect(runsOf('all')).toEqual(['12:00', '12:01', '12:02']);
    for (const jobId of ['once', 'skip', 'all']) {
      expect(eventsOf(jobId, 'occurrence.held')).toMatchObject([
        {
          scheduledAt: new Date('2026-01-02T12:01:00Z'),
          detail: { cause: 'outage', count: 2, to: '2026-01-02T12:02:00.000Z' },
        },
      ]);
    }
    expect(eventsOf('skip', 'occurrence.misfired')).toMatchObject([{ detail: { count: 2 } }]);
  });

  it('auto: runs where this instance was alone, and holds among several', async () => {
    const alone = await withJobs({ a: {} });
    await alone.outage(2 * MINUTE);
    expect(alone.starts).toEqual(['a 12:00', 'a 12:01', 'a 12:02']);
    const several = await withJobs({ a: {} }, { replicas: 2 });
    await several.outage(2 * MINUTE);
    expect(several.starts).toEqual(['a 12:00', 'a 12:02']);
    expect(several.eventsOf('a', 'occurrence.held')).toHaveLength(1);
  });

  it('a run that goes on while the database returns is RUNNING then, and keeps the next away', async () => {
    const { store, outage, time, eventsOf } = await withJobs({ a: RUN }, { lastsMs: 90 * SECOND });
    await time.advance(100 * SECOND);
    await outage(40 * SECOND);
    const [, second] = store.runsOf('a');
    expect(second).toMatchObject({ status: 'RUNNING', scheduledAt: new Date('2026-01-02T12:02:00Z') });
    await time.advance(2 * MINUTE);
    expect(store.executions.get(second!.id)!.status).toBe('SUCCESS');
    expect(eventsOf('a', 'occurrence.skipped').map(({ scheduledAt }) => minutesOf([scheduledAt!])[0])).toEqual([
      '12:01',
      '12:03',
    ]);
  });

  it('an occurrence whose claim was not answered runs under the id of that claim, once', async () => {
    const { store, starts, engines, time, runsOf } = await withJobs({ a: RUN });
    await time.advance(30 * SECOND);
    engines[0]!.link.loseAnswer('claims.claim');
    await time.advance(24 * SECOND - 10);
    expect(store.runsOf('a')).toHaveLength(1);
    const { link } = engines[0]!;
    const renew = link.holdNext('instances.renew');
    await time.advance(5 * SECOND);
    store.isAway = true;
    renew();
    await time.advance(20 * SECOND);
    store.isAway = false;
    await time.advance(20 * SECOND);
    expect(starts).toEqual(['a 12:00', 'a 12:01']);
    expect(runsOf('a')).toEqual(['12:00', '12:01']);
    expect(store.runsOf('a').map(({ status }) => status)).toEqual(['SUCCESS', 'SUCCESS']);
  });

  it('queued occurrences run behind the one before, and wait in the database when it is back', async () => {
    const { starts, outage, store, time } = await withJobs(
      { all: { ...RUN, overlapPolicy: 'queueAll' }, one: { ...RUN, overlapPolicy: 'queueOne' } },
      { lastsMs: 150 * SECOND },
    );
    await outage(4 * MINUTE);
    expect(starts).toEqual(['all 12:00', 'one 12:00', 'all 12:01', 'one 12:01']);
    expect(
      [...store.pending.values()].map(({ jobId, scheduledAt }) => `${jobId} ${minutesOf([scheduledAt])[0]}`).toSorted(),
    ).toEqual(['all 12:02', 'all 12:03', 'all 12:04', 'one 12:03']);
    await time.advance(5 * MINUTE);
    expect(starts.slice(4, 6).toSorted()).toEqual(['all 12:02', 'one 12:03']);
  });

  it('cancelPrevious: the one before is stopped, without the database too', async () => {
    const { store, starts, outage } = await withJobs(
      { a: { ...RUN, overlapPolicy: 'cancelPrevious' } },
      { lastsMs: 150 * SECOND },
    );
    await outage(3 * MINUTE);
    expect(starts).toEqual(['a 12:00', 'a 12:01', 'a 12:02', 'a 12:03']);
    expect(store.runsOf('a').map(({ failureReason }) => failureReason)).toEqual([
      'CANCELLED',
      'CANCELLED',
      'CANCELLED',
      null,
    ]);
  });

  it('a long outage of an every-second job takes bounded memory, and says what it has no record of', async () => {
    const { store, engines, outage, starts, eventsOf } = await withJobs({
      a: { ...RUN, cronExpression: '* * * * * *' },
    });
    store.isAway = true;
    await store.time.advance(20 * MINUTE);
    expect(engines[0]!.wired.journal.size).toBeLessThanOrEqual(501);
    await outage(0);
    const [told, ...more] = eventsOf('a', 'run.unrecorded');
    expect(more).toEqual([]);
    expect(store.runsOf('a').length + Number(told!.detail!['count'])).toBe(starts.length);
    expect(starts.length).toBeGreaterThan(1_190);
    expect(new Set(store.runsOf('a').map(({ status }) => status))).toEqual(new Set(['SUCCESS']));
  });

  it('a step of the wall clock during the outage starts nothing', async () => {
    const { store, starts, time } = await withJobs({ a: RUN });
    store.isAway = true;
    await time.advance(20 * SECOND);
    time.stepWallClock(2 * 60 * MINUTE);
    await time.advance(10 * SECOND);
    expect(starts).toEqual(['a 12:00']);
    await time.advance(40 * SECOND);
    expect(starts).toEqual(['a 12:00', 'a 12:01']);
  });

  it('starts nothing early by a clock that was learnt from a slow answer', async () => {
    const store = newStore();
    store.save('a', { cronExpression: '* * * * *', ...RUN });
    const lateMs: number[] = [];
    const a: JobFunction = (_kwargs, { scheduledAt }) => void lateMs.push(store.now() - scheduledAt.getTime());
    const engine = createEngine({ store, jobs: { a } });
    const asked = engine.link.holdNext('instances.renew');
    const started = engine.start();
    await store.time.advance(800);
    asked();
    await started;
    expect(engine.wired.time.now()).toBeGreaterThan(store.now() + 300);
    store.isAway = true;
    await store.time.advance(3 * MINUTE);
    expect(lateMs.length).toBeGreaterThan(2);
    for (const late of lateMs) expect([late, late >= 0 && late < 1_500]).toEqual([late, true]);
  });

  it('a failed attempt is retried once the database is back', async () => {
    const store = newStore();
    let attempts = 0;
    store.save('a', { cronExpression: '* * * * *', ...RUN, maxAttempts: 2, endAt: new Date('2026-01-02T12:01:30Z') });
    const fail = (): never => {
      attempts += 1;
      throw new Error('it broke');
    };
    const engine = createEngine({ store, jobs: { a: fail } });
    await engine.start();
    await store.time.advance(30 * SECOND);
    store.isAway = true;
    await store.time.advance(MINUTE);
    expect(attempts).toBe(3);
    store.isAway = false;
    await store.time.advance(NOTICE);
    expect(attempts).toBe(4);
    expect(store.runsOf('a').map(({ attempt, status }) => `${attempt} ${status}`)).toEqual([
      '1 FAILED',
      '2 FAILED',
      '1 FAILED',
      '2 FAILED',
    ]);
  });

  it('a stop during the outage says how many records it leaves unwritten, one after it says nothing', async () => {
    const stopLines = async (isAway: boolean) => {
      const { store, engines, time } = await withJobs({ a: RUN });
      store.isAway = true;
      await time.advance(2 * MINUTE);
      store.isAway = isAway;
      if (!isAway) await time.advance(NOTICE);
      const stopped = engines[0]!.stop();
      await time.advance(10 * SECOND);
      await stopped;
      return engines[0]!.logger.lines.filter(({ message }) => /could not be written before the stop/.test(message));
    };
    expect((await stopLines(true)).map(({ level, message }) => `${level} ${message.slice(0, 20)}`)).toEqual([
      'error 2 execution records ',
    ]);
    expect(await stopLines(false)).toEqual([]);
  });

  it('starts nothing between what is told and the records that are written after it', async () => {
    const { store, starts, engines, time } = await withJobs({ a: RUN });
    store.isAway = true;
    await time.advance(113 * SECOND);
    const goOn = engines[0]!.link.holdNext('executions.update');
    store.isAway = false;
    await time.advance(7 * SECOND);
    expect(starts).toEqual(['a 12:00', 'a 12:01']);
    goOn();
    await time.advance(10 * SECOND);
    expect(starts).toEqual(['a 12:00', 'a 12:01', 'a 12:02']);
  });

  it('starts nothing again because of a row that is read before the database knows what ran', async () => {
    const { store, starts, engines, time } = await withJobs({ a: RUN });
    store.isAway = true;
    await time.advance(80 * SECOND);
    expect(starts).toEqual(['a 12:00', 'a 12:01']);
    store.isAway = false;
    await engines[0]!.wired.loader.reload(['a']);
    store.isAway = true;
    await time.advance(60 * SECOND);
    expect(starts).toEqual(['a 12:00', 'a 12:01', 'a 12:02']);
  });
});
