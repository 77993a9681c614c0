/** What is told of occurrences that a database that was away held, over whole engines in virtual time. */
import { describe, expect, it } from 'vitest';
import { createEngine, newStore } from '../../../../support/engine.ts';
import { NOTICE, withJobs } from '../../../../support/outage-scene.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOLD = { outagePolicy: 'hold' } as const;

describe('findHeld()', () => {
  it('counts up to the end of the job, the occurrence at the end itself included', async () => {
    const { outage, eventsOf } = await withJobs({
      at: { ...HOLD, endAt: new Date('2026-01-02T12:02:00Z') },
      before: { ...HOLD, endAt: new Date('2026-01-02T12:01:59.999Z') },
    });
    await outage(4 * MINUTE);
    expect(eventsOf('at', 'occurrence.held')).toMatchObject([
      { detail: { count: 2, from: '2026-01-02T12:01:00.000Z', to: '2026-01-02T12:02:00.000Z' } },
    ]);
    expect(eventsOf('before', 'occurrence.held')).toMatchObject([
      { detail: { count: 1, from: '2026-01-02T12:01:00.000Z', to: '2026-01-02T12:01:00.000Z' } },
    ]);
  });

  it('leaves out a job that is paused: nobody wanted it to run, and that is what is told of it', async () => {
    const pausedUntil = new Date('2026-01-02T12:06:00Z');
    const { store, time, outage, eventsOf, runsOf } = await withJobs({ a: HOLD });
    store.save('a', { pausedAt: new Date(store.now()), pausedUntil });
    await time.advance(SECOND);
    await outage(3 * MINUTE);
    await time.advance(3 * MINUTE);
    expect(eventsOf('a', 'occurrence.held')).toEqual([]);
    expect(eventsOf('a', 'occurrence.skipped')).toMatchObject([{ detail: { cause: 'paused', count: 5 } }]);
    expect(runsOf('a')).toEqual(['12:00', '12:06']);
  });

  it('leaves out what was due before the database went away: something else kept it', async () => {
    const { store, time, outage, eventsOf } = await withJobs(
      { a: { ...HOLD, misfirePolicy: 'all' } },
      { lastsMs: 10 * MINUTE },
    );
    await time.advance(MINUTE);
    store.save('a', { misfirePolicy: 'all', overlapPolicy: 'skip' });
    store.setCursor('a', new Date('2026-01-02T11:58:00Z'));
    await time.advance(MINUTE);
    await outage(3 * MINUTE);
    expect(eventsOf('a', 'occurrence.held')).toEqual([]);
  });

  it('leaves out a job that is registered by hand: no database has a say in it', async () => {
    const store = newStore();
    const gate = Promise.withResolvers<void>();
    store.save('long', { cronExpression: '0 12 * * *', ...HOLD });
    const engine = createEngine({ store, jobs: { long: () => gate.promise }, maxConcurrentRuns: 1 });
    await engine.start();
    await store.time.advance(10 * SECOND);
    const run = (): void => {};
    engine.wired.scheduler.registerJob({ jobId: 'by-hand', cronExpression: '* * * * *', timezone: 'UTC', run });
    store.isAway = true;
    await store.time.advance(3 * MINUTE);
    store.isAway = false;
    await store.time.advance(NOTICE);
    expect(engine.wired.directory.get('by-hand')!.dueAt).toBeLessThan(store.now() - MINUTE);
    expect(engine.logger.lines.filter(({ message }) => message.includes('were held'))).toEqual([]);
    gate.resolve();
    await engine.stop();
  });

  it('tells of what ran without the database nothing else', async () => {
    const { outage, eventsOf, runsOf } = await withJobs({ runs: { outagePolicy: 'run' }, holds: HOLD });
    await outage(150 * SECOND);
    expect(eventsOf('runs', 'occurrence.held')).toEqual([]);
    expect(eventsOf('holds', 'occurrence.held')).toMatchObject([{ detail: { count: 2 } }]);
    expect([runsOf('runs'), runsOf('holds')]).toEqual([
      ['12:00', '12:01', '12:02'],
      ['12:00', '12:02'],
    ]);
  });
});
