import { describe, expect, test } from 'vitest';
import type { LiveEvent } from '../../../../../src/modules/foundation/domain/live-event.ts';
import { createEngine, type Engine, newStore } from '../../../../support/engine.ts';
import type { StoredChangeFeed } from '../../../../support/stored-change-feed.ts';
import { settle } from '../../../../support/manual-time.ts';

/** What is seen on a replica. */
function watch(engine: Engine) {
  const events: LiveEvent[] = [];
  const told: string[] = [];
  engine.wired.live.watch(
    {
      onEvent: (event) => void events.push(event),
      onGap: () => void told.push('gap'),
      onMode: ({ mode, detail }) => void told.push(`${mode}: ${detail}`),
      onEnd: () => {},
    },
    null,
  );
  return { events, told, types: () => events.map(({ type }) => type) };
}

async function twoReplicas() {
  const store = newStore();
  const engines = [createEngine({ store }), createEngine({ store })];
  for (const { wired } of engines) {
    wired.relay.start();
    await wired.relay.listen();
  }
  const [here, there] = engines as [Engine, Engine];
  const started = (number: number) =>
    here.wired.bus.emit({ type: 'run.started', jobId: 'a', executionId: `run-${number}`, detail: { attempt: 1 } });
  const published = () => here.link.countOf('feed.publish');
  return { store, here, there, started, published, time: store.time, seen: [watch(here), watch(there)] as const };
}

describe('LiveRelay', () => {
  test('what happens on one replica is seen on each, under the same ids, within 100 ms', async () => {
    const { started, time, seen } = await twoReplicas();
    started(1);
    await time.advance(100);
    expect(seen[1].events).toMatchObject([
      { type: 'run.started', jobId: 'a', executionId: 'run-1', at: '2026-01-02T11:59:57.000Z', data: { attempt: 1 } },
    ]);
    expect(seen[0].events).toEqual(seen[1].events);
  });

  test('changed jobs are seen with ids that all replicas share', async () => {
    const { store, started, time, seen } = await twoReplicas();
    started(1);
    await time.advance(100);
    store.save('b');
    store.save('c');
    started(2);
    await time.advance(1_000);
    expect(seen[0].types()).toEqual(['run.started', 'job.changed', 'job.changed', 'run.started']);
    expect(seen[1].events).toEqual(seen[0].events);
  });

  test('a herd costs a few statements, and is seen as numbers', async () => {
    const { here, started, time, published, seen } = await twoReplicas();
    for (let tenth = 0; tenth < 10; tenth += 1) {
      for (let number = 0; number < 1_000; number += 1) {
        started(number);
        here.wired.bus.emit({ type: 'run.finished', jobId: 'a', executionId: 'x', detail: { status: 'SUCCESS' } });
      }
      await time.advance(100);
    }
    await time.advance(1_000);
    expect(published()).toBeLessThanOrEqual(5);
    expect(new Set(seen[1].types())).toEqual(new Set(['runs.changed']));
    const sum = seen[1].events.reduce((total, { data }) => total + Number(data['succeeded']), 0);
    expect(sum).toBe(10_000);
  });

  test('publishes at most four times a second', async () => {
    const { started, time, published } = await twoReplicas();
    for (let number = 0; number < 200; number += 1) {
      started(number);
      await time.advance(10);
    }
    expect(published()).toBeLessThanOrEqual(9);
  });

  test('costs nothing where nothing happens', async () => {
    const { time, published } = await twoReplicas();
    await time.advance(60_000);
    expect([published(), time.timerCount]).toEqual([0, 0]);
  });

  test('where the feed is deaf this replica is seen alone, and that is said', async () => {
    const { store, here, started, time, seen } = await twoReplicas();
    (here.wired.feed as StoredChangeFeed).state = 'deaf';
    store.tell({ kind: 'deaf' });
    store.isFeedAlive = false;
    started(1);
    await time.advance(100);
    expect(seen[0].types()).toEqual(['run.started']);
    expect(seen[1].types()).toEqual([]);
    expect(seen[0].told).toEqual([expect.stringMatching(/^degraded: Only this replica/)]);
  });

  test('what was under way when the feed was lost is seen all the same, and once', async () => {
    const { store, started, time, seen } = await twoReplicas();
    store.isFeedAlive = false;
    started(1);
    await time.advance(100);
    expect(seen[0].types()).toEqual([]);
    store.isFeedAlive = true;
    store.tell({ kind: 'lost' });
    expect(seen[0].types()).toEqual(['run.started']);
    store.tell({ kind: 'reconnected' });
    expect(seen[0].told).toEqual([
      expect.stringMatching(/^degraded/),
      'gap',
      'normal: What happens on every replica is seen.',
    ]);
    started(2);
    await time.advance(500);
    expect(seen[0].events.map(({ executionId }) => executionId)).toEqual(['run-1', 'run-2']);
  });

  test('what cannot be published is seen here', async () => {
    const { here, started, time, seen } = await twoReplicas();
    here.link.failNext('feed.publish', new Error('away'));
    started(1);
    await time.advance(100);
    expect([seen[0].types(), seen[1].types()]).toEqual([['run.started'], []]);
  });

  test('publishes what is left when it stops, and notes nothing more', async () => {
    const { here, started, seen, time } = await twoReplicas();
    started(1);
    await here.wired.relay.stop();
    await settle();
    expect(seen[1].types()).toEqual(['run.started']);
    started(2);
    await time.advance(1_000);
    expect(seen[1].types()).toHaveLength(1);
  });
});
