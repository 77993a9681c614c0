/** DatabaseSupervisor that is started again: whatever was before, it begins anew. */
import { describe, expect, it } from 'vitest';
import { DatabaseLockedError } from '../../../../../src/modules/foundation/domain/errors.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';
import { settle } from '../../../../support/manual-time.ts';

const SECOND = 1_000;
const LOCKED = new DatabaseLockedError('served by process 7');

function setUp() {
  const store = newStore();
  const { wired, link, logger } = createEngine({ store });
  const levels = () => logger.lines.map(({ level }) => level).filter((level) => level === 'error' || level === 'info');
  return { store, wired, supervisor: wired.supervisor, link, time: store.time, levels };
}

describe('DatabaseSupervisor.start() after a stop', () => {
  it('opens the database, which was closed meanwhile, and recovers what was said since', async () => {
    const { supervisor, link } = setUp();
    const recovered: string[] = [];
    await supervisor.onReturn(async () => void recovered.push('before'));
    await supervisor.start();
    await supervisor.stop();
    expect(supervisor.isStarted).toBe(false);
    await supervisor.start();
    await supervisor.onReturn(async () => void recovered.push('since'));
    expect([supervisor.isStarted, supervisor.isUp, recovered]).toEqual([true, true, ['before', 'since']]);
    expect(link.countOf('connection.open')).toBe(2);
  });

  it('is not up before it has looked, and throws what no waiting heals', async () => {
    const { supervisor, link } = setUp();
    await supervisor.start();
    await supervisor.stop();
    link.failNext('connection.open', LOCKED);
    const started = supervisor.start();
    expect([supervisor.isUp, supervisor.isMigrated]).toEqual([false, false]);
    await expect(started).rejects.toBe(LOCKED);
    expect([supervisor.isUp, supervisor.isStarted]).toEqual([false, false]);
  });

  it('says again that the database is away, and nothing of a return from before', async () => {
    const { store, supervisor, time, levels } = setUp();
    store.isAway = true;
    await supervisor.start();
    await supervisor.stop();
    await supervisor.start();
    expect(levels()).toEqual(['error', 'error']);
    await supervisor.stop();
    store.isAway = false;
    await supervisor.start();
    await time.advance(10 * SECOND);
    expect([supervisor.isUp, levels()]).toEqual([true, ['error', 'error']]);
  });
});

it('DatabaseSupervisor.stop() leaves the lease alone: a doubt is looked into once after the next start', async () => {
  const { supervisor, wired, link, time } = setUp();
  await supervisor.start();
  await supervisor.stop();
  await supervisor.start();
  await time.advance(SECOND);
  wired.lease.doubt();
  await settle();
  expect(link.countOf('instances.renew')).toBe(3);
});

it('DatabaseSupervisor.start() after one that threw looks again, and beats', async () => {
  const { supervisor, link, time } = setUp();
  link.failNext('connection.open', LOCKED);
  await expect(supervisor.start()).rejects.toBe(LOCKED);
  await supervisor.start();
  expect(supervisor.isUp).toBe(true);
  await time.advance(20 * SECOND);
  expect(link.countOf('instances.renew')).toBe(5);
});

describe('DatabaseSupervisor.stop()', () => {
  it('leaves no timer', async () => {
    const { supervisor, time } = setUp();
    await supervisor.start();
    await supervisor.stop();
    expect(time.timerCount).toBe(0);
  });

  /** What happened first: the work was let go on, or the stop ended. */
  async function orderOf(stopped: Promise<void>, letGo: () => void): Promise<string[]> {
    const order: string[] = [];
    const told = stopped.then(() => order.push('stopped'));
    await settle();
    order.push('let go');
    letGo();
    await told;
    return order;
  }

  it('ends when the beat has ended that was under way', async () => {
    const { supervisor, link } = setUp();
    await supervisor.start();
    const letGo = link.holdNext('instances.renew');
    supervisor.beatNow();
    await settle();
    expect(await orderOf(supervisor.stop(), letGo)).toEqual(['let go', 'stopped']);
  });

  it('ends when the recovery has ended that was under way, and begins no other', async () => {
    const { supervisor, levels } = setUp();
    const { promise, resolve } = Promise.withResolvers<void>();
    await supervisor.onReturn(() => promise);
    await supervisor.onReturn(() => Promise.reject(new Error('nobody asks for this one any more')));
    const started = supervisor.start();
    await settle();
    expect(await orderOf(supervisor.stop(), resolve)).toEqual(['let go', 'stopped']);
    await started;
    expect(levels()).toEqual([]);
  });
});
