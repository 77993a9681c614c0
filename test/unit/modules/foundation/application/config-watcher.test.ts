import { describe, expect, it } from 'vitest';
import { DatabaseUnavailableError } from '../../../../../src/modules/foundation/domain/errors.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';
import type { StoredChangeFeed } from '../../../../support/stored-change-feed.ts';
import { settle } from '../../../../support/manual-time.ts';

const SECOND = 1_000;

/** A watcher that is started and listens, over a directory that is loaded. */
async function watching() {
  const store = newStore();
  store.save('a', { cronExpression: '0 13 * * *' });
  const engine = createEngine({ store, jobs: { a: () => 1, b: () => 1 } });
  const { directory, loader, watcher } = engine.wired;
  directory.useRegistry(engine.registry);
  watcher.start();
  await watcher.listen();
  await loader.loadAll();
  const listed = () => directory.list().map(({ jobId, cronExpression }) => `${jobId} ${cronExpression}`);
  return { store, engine, watcher, listed, link: engine.link, time: store.time, logger: engine.logger };
}

describe('ConfigWatcher', () => {
  it('an edit that is told of takes effect at once', async () => {
    const { store, listed } = await watching();
    store.save('a', { cronExpression: '0 14 * * *' });
    store.save('b', { cronExpression: '0 15 * * *' });
    await settle();
    expect(listed()).toEqual(['a 0 14 * * *', 'b 0 15 * * *']);
    store.remove('a');
    await settle();
    expect(listed()).toEqual(['b 0 15 * * *']);
  });

  it('an edit that nobody tells of is found within 30 s', async () => {
    const { store, listed, time } = await watching();
    store.isFeedAlive = false;
    store.save('a', { enabled: false });
    await time.advance(29 * SECOND);
    expect(listed()).toHaveLength(1);
    await time.advance(SECOND);
    expect(listed()).toEqual([]);
  });

  it('an edit is found within 2 s where the feed is deaf, and a waiting run too', async () => {
    const { store, listed, time, link, engine } = await watching();
    (engine.wired.feed as StoredChangeFeed).state = 'deaf';
    store.tell({ kind: 'deaf' });
    store.isFeedAlive = false;
    store.save('a', { enabled: false });
    const before = link.countOf('configs.getRevisionSum');
    await time.advance(2 * SECOND);
    expect(listed()).toEqual([]);
    await time.advance(8 * SECOND);
    expect(link.countOf('configs.getRevisionSum') - before).toBe(5);
  });

  it('reads no rows again while their revisions add up to what was read', async () => {
    const { store, listed, time, link } = await watching();
    store.save('b', { cronExpression: '0 15 * * *' });
    await settle();
    await time.advance(240 * SECOND);
    expect(link.countOf('configs.getRevisions')).toBe(0);
    store.isFeedAlive = false;
    store.remove('a');
    store.save('c', { cronExpression: '0 16 * * *' });
    await time.advance(30 * SECOND);
    expect(listed()).toEqual(['b 0 15 * * *']);
    expect(link.countOf('configs.getRevisions')).toBe(1);
  });

  it('takes a tenth of the time at most, however long a reading takes', async () => {
    const { store, time, link, engine } = await watching();
    (engine.wired.feed as StoredChangeFeed).state = 'deaf';
    store.tell({ kind: 'deaf' });
    link.latencyMs = 1_000;
    const before = link.countOf('configs.getRevisionSum');
    await time.advance(62 * SECOND);
    expect(link.countOf('configs.getRevisionSum') - before).toBeLessThanOrEqual(8);
  });

  it('after a reconnection it looks for what was missed', async () => {
    const { store, listed } = await watching();
    store.isFeedAlive = false;
    store.save('a', { cronExpression: '0 14 * * *' });
    store.isFeedAlive = true;
    store.tell({ kind: 'reconnected' });
    await settle();
    expect(listed()).toEqual(['a 0 14 * * *']);
  });

  it('reads once what is told many times while it reads', async () => {
    const { store, link, listed } = await watching();
    const letGo = link.holdNext('configs.getStanding');
    for (let minute = 0; minute < 50; minute += 1) store.save('a', { cronExpression: `${minute} 14 * * *` });
    await settle();
    letGo();
    await settle();
    expect(listed()).toEqual(['a 49 14 * * *']);
    expect(link.countOf('configs.getStanding')).toBe(1 + 2);
  });

  it('a reading that fails is logged, and made good by the next poll', async () => {
    const { store, link, listed, time, logger } = await watching();
    link.failNext('configs.getStanding', new DatabaseUnavailableError('away'));
    store.save('a', { cronExpression: '0 14 * * *' });
    await settle();
    expect(listed()).toEqual(['a 0 13 * * *']);
    expect(logger.lines.at(-1)).toMatchObject({
      level: 'error',
      properties: { reason: expect.stringContaining('away') },
    });
    await time.advance(30 * SECOND);
    expect(listed()).toEqual(['a 0 14 * * *']);
  });

  it('a waiting run wakes who starts it', async () => {
    const { store, engine } = await watching();
    let woken = 0;
    engine.wired.pendingStarter.wake = () => void (woken += 1);
    store.tell({ kind: 'pending' });
    store.tell({ kind: 'reconnected' });
    store.tell({ kind: 'job', jobId: 'a' });
    expect(woken).toBe(2);
    await settle();
  });

  it('listen() subscribes once, also where it is asked twice at the same time', async () => {
    const { store, watcher } = await watching();
    await Promise.all([watcher.listen(), watcher.listen()]);
    expect(store.listeners.size).toBe(1);
  });

  it('listen() that failed may be tried again', async () => {
    const store = newStore();
    const { wired, link } = createEngine({ store });
    wired.watcher.start();
    link.failNext('feed.subscribe', new DatabaseUnavailableError('away'));
    await expect(wired.watcher.listen()).rejects.toThrow('away');
    await wired.watcher.listen();
    expect(store.listeners.size).toBe(1);
  });

  it('stop() reads and hears no more, also where it still subscribes', async () => {
    const { store, watcher, listed, time, link } = await watching();
    await watcher.stop();
    await watcher.stop();
    store.save('a', { enabled: false });
    await time.advance(60 * SECOND);
    expect(listed()).toHaveLength(1);
    expect([store.listeners.size, time.timerCount]).toEqual([0, 0]);
    watcher.start();
    const letGo = link.holdAnswer('feed.subscribe');
    const listening = watcher.listen();
    await settle();
    const stopped = watcher.stop();
    letGo();
    await Promise.all([listening, stopped]);
    expect(store.listeners.size).toBe(0);
  });

  it('stop() may come before start()', async () => {
    const store = newStore();
    const { wired } = createEngine({ store });
    await wired.watcher.stop();
    await wired.watcher.listen();
    expect(store.listeners.size).toBe(0);
  });
});
