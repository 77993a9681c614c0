import { describe, expect, it } from 'vitest';
import {
  DatabaseLockedError,
  DatabaseUnavailableError,
  DatabaseVersionError,
} from '../../../../../src/modules/foundation/domain/errors.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';
import { settle } from '../../../../support/manual-time.ts';

const SECOND = 1_000;
const AWAY = new DatabaseUnavailableError('nobody answers');

function setUp() {
  const store = newStore();
  const { wired, link, logger } = createEngine({ store });
  const recovered: number[] = [];
  const recover = async (): Promise<void> => void recovered.push(store.time.monotonicMs());
  const messages = (level: string) => logger.lines.filter((line) => line.level === level).map(({ message }) => message);
  return { store, supervisor: wired.supervisor, wired, link, time: store.time, recovered, recover, messages };
}

describe('DatabaseSupervisor.start()', () => {
  it('opens, renews the lease, rescues, recovers, and then is up', async () => {
    const { supervisor, wired, link, recovered, recover } = setUp();
    await supervisor.onReturn(recover);
    expect(supervisor.reason).toContain('not been asked');
    expect([supervisor.isUp, supervisor.isMigrated]).toEqual([false, false]);
    await supervisor.start();
    expect([supervisor.isUp, supervisor.isMigrated, supervisor.reason]).toEqual([true, true, '']);
    expect(wired.lease.isHeld).toBe(true);
    expect([...link.calls.keys()]).toEqual([
      'connection.open',
      'instances.renew',
      'instances.rescue',
      'ahead.giveBackOfDead',
    ]);
    expect(recovered).toEqual([0]);
  });

  it('a database that is away is no error: it is asked every second, and logged once', async () => {
    const { store, supervisor, time, link, messages, recovered, recover } = setUp();
    await supervisor.onReturn(recover);
    store.isAway = true;
    await supervisor.start();
    expect(supervisor.isUp).toBe(false);
    expect(supervisor.reason).toContain('The database is away.');
    await time.advance(20 * SECOND);
    expect(link.countOf('connection.open')).toBe(21);
    expect(messages('error')).toHaveLength(1);
    store.isAway = false;
    await time.advance(SECOND);
    expect(supervisor.isUp).toBe(true);
    expect(recovered).toEqual([21 * SECOND]);
    expect(messages('info')).toEqual([expect.stringContaining('is back')]);
  });

  for (const fatal of [new DatabaseLockedError('served by process 7'), new DatabaseVersionError('made by 17')]) {
    it(`throws ${fatal.name}, and asks no more`, async () => {
      const { supervisor, link, time } = setUp();
      link.failNext('connection.open', fatal);
      await expect(supervisor.start()).rejects.toBe(fatal);
      await time.advance(10 * SECOND);
      expect([link.countOf('connection.open'), time.timerCount]).toEqual([1, 0]);
      await supervisor.stop();
    });
  }

  it('an error that is fatal at the first start is none later', async () => {
    const { supervisor, link, time } = setUp();
    link.failNext('connection.open', AWAY);
    link.failNext('connection.open', new DatabaseLockedError('served by process 7'));
    await supervisor.start();
    await time.advance(SECOND);
    expect(supervisor.reason).toContain('served by process 7');
    await time.advance(SECOND);
    expect(supervisor.isUp).toBe(true);
  });

  it('start() twice beats once', async () => {
    const { supervisor, link, time } = setUp();
    await supervisor.start();
    await supervisor.start();
    await time.advance(20 * SECOND);
    expect(link.countOf('instances.renew')).toBe(5);
  });
});

describe('DatabaseSupervisor beats', () => {
  it('renews the lease every 5 s, and opens once', async () => {
    const { supervisor, wired, link, time } = setUp();
    await supervisor.start();
    for (let minutes = 0; minutes < 10; minutes += 1) {
      await time.advance(60 * SECOND);
      expect(wired.lease.isHeld).toBe(true);
    }
    expect(link.countOf('instances.renew')).toBe(121);
    expect(link.countOf('connection.open')).toBe(1);
  });

  it('beatNow() beats at once, and there is one chain of beats whatever happens', async () => {
    const { supervisor, link, time } = setUp();
    await supervisor.start();
    const letGo = link.holdNext('instances.renew');
    supervisor.beatNow();
    supervisor.beatNow();
    await settle();
    supervisor.beatNow();
    letGo();
    await settle();
    expect(link.countOf('instances.renew')).toBe(3);
    await time.advance(60 * SECOND);
    expect(link.countOf('instances.renew')).toBe(15);
    // The beat, and whoever asks for cancelled runs.
    expect(time.timerCount).toBe(2);
  });

  it('a doubted lease is renewed at once', async () => {
    const { supervisor, wired, link, time } = setUp();
    await supervisor.start();
    await time.advance(SECOND);
    wired.lease.doubt();
    await settle();
    expect(wired.lease.isHeld).toBe(true);
    expect(link.countOf('instances.renew')).toBe(2);
  });

  it('goes, comes back, and makes good each time', async () => {
    const { store, supervisor, time, recovered, recover, messages } = setUp();
    await supervisor.onReturn(recover);
    await supervisor.start();
    for (let times = 1; times <= 3; times += 1) {
      store.isAway = true;
      await time.advance(10 * SECOND);
      expect(supervisor.isUp).toBe(false);
      store.isAway = false;
      await time.advance(SECOND);
      expect(supervisor.isUp).toBe(true);
      expect(recovered).toHaveLength(times + 1);
    }
    expect([messages('error').length, messages('info').length]).toEqual([3, 3]);
  });

  it('writes what the journal holds, also where the database was never away', async () => {
    const { store, supervisor, wired, time } = setUp();
    await supervisor.start();
    const at = new Date(store.now());
    const run = {
      id: 'r',
      jobId: 'a',
      scheduledAt: at,
      startedAt: at,
      attempt: 1,
      maxAttempts: 1,
      trigger: 'manual',
    } as const;
    const outcome = { status: 'SUCCESS', finishedAt: at, durationMs: 0, result: null } as const;
    wired.journal.hold({ run: { ...run, instanceId: wired.instance.id, jobKwargs: {} }, outcome, isRecorded: false });
    await time.advance(5 * SECOND);
    expect(wired.journal.size).toBe(0);
    expect(store.runsOf('a')).toMatchObject([{ status: 'SUCCESS' }]);
    expect(supervisor.isUp).toBe(true);
  });

  it('stop() ends the beats, one that is under way too, and may come first', async () => {
    const { supervisor, link, time } = setUp();
    await supervisor.stop();
    await supervisor.start();
    const letGo = link.holdNext('instances.renew');
    supervisor.beatNow();
    await settle();
    const stopped = supervisor.stop();
    letGo();
    await stopped;
    supervisor.beatNow();
    await time.advance(60 * SECOND);
    expect([link.countOf('instances.renew'), time.timerCount]).toEqual([2, 0]);
  });
});

describe('DatabaseSupervisor.onReturn()', () => {
  it('runs at once where the database is up, and in order after each return', async () => {
    const { store, supervisor, time } = setUp();
    const order: string[] = [];
    await supervisor.start();
    await supervisor.onReturn(async () => void order.push('first'));
    await supervisor.onReturn(async () => void order.push('second'));
    expect(order).toEqual(['first', 'second']);
    store.isAway = true;
    await time.advance(6 * SECOND);
    store.isAway = false;
    await time.advance(SECOND);
    expect(order).toEqual(['first', 'second', 'first', 'second']);
  });

  it('one that throws is tried again a second later, and nobody is told that all is well', async () => {
    const { supervisor, time, messages } = setUp();
    let tries = 0;
    await supervisor.start();
    await supervisor.onReturn(async () => {
      tries += 1;
      if (tries < 4) throw new Error('not yet');
    });
    expect([supervisor.isUp, supervisor.reason]).toEqual([false, 'not yet']);
    await time.advance(2_500);
    expect([tries, supervisor.isUp]).toEqual([3, false]);
    await time.advance(SECOND);
    expect([tries, supervisor.isUp]).toEqual([4, true]);
    expect(messages('error')).toHaveLength(1);
  });

  it('one that finds the database away does not ask in a storm', async () => {
    const { supervisor, time, link } = setUp();
    await supervisor.start();
    await supervisor.onReturn(() => Promise.reject(AWAY));
    await time.advance(60 * SECOND);
    expect(link.countOf('instances.renew')).toBeLessThan(70);
    expect(supervisor.isUp).toBe(false);
  });

  it('one that takes minutes does not keep the lease from being renewed', async () => {
    const { store, supervisor, wired, time } = setUp();
    await supervisor.onReturn(() => store.time.pass(180 * SECOND));
    const started = supervisor.start();
    for (let minutes = 0; minutes < 3; minutes += 1) {
      expect(supervisor.isUp).toBe(false);
      await time.advance(60 * SECOND);
      expect(wired.lease.isHeld).toBe(true);
    }
    await started;
    expect(supervisor.isUp).toBe(true);
  });

  it('a database that goes away during it is made good again', async () => {
    const { store, supervisor, time } = setUp();
    let recoveries = 0;
    await supervisor.onReturn(() => ((recoveries += 1), store.time.pass(20 * SECOND)));
    const started = supervisor.start();
    await time.advance(SECOND);
    store.isAway = true;
    await time.advance(10 * SECOND);
    store.isAway = false;
    await time.advance(10 * SECOND);
    expect([recoveries, supervisor.isUp]).toEqual([2, false]);
    await time.advance(20 * SECOND);
    await started;
    expect([recoveries, supervisor.isUp]).toEqual([2, true]);
  });
});
