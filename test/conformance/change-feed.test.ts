/** The port ChangeFeed, on each database and over the store of the testing kit. */
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { Change, ChangeFeed } from '../../src/modules/foundation/application/ports/change-feed.ts';
import type { LiveEvent } from '../../src/modules/foundation/domain/live-event.ts';
import { PostgresChangeFeed } from '../../src/modules/foundation/infrastructure/feed/postgres-change-feed.ts';
import type { Database } from '../../src/modules/foundation/infrastructure/persistence/database.ts';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryDatabase, describeOnEveryStore } from '../support/databases.ts';
import { InMemoryLogger } from '../support/in-memory-logger.ts';
import { KitDatabase } from '../support/kit-database.ts';
import { ManualTimers } from '../support/manual-timers.ts';
import { sampleRun, saveJob } from './samples.ts';

interface Subscriber {
  readonly feed: ChangeFeed;
  readonly next: () => Promise<Change>;
  readonly stop: () => Promise<void>;
  readonly changes: readonly Change[];
  readonly logger: InMemoryLogger;
  /** How long those timers wait that are set. */
  readonly delays: () => readonly number[];
}

/** A feed of its own over a database; the testing kit's engine has the one that it is given. */
function feedOn(database: Database): Pick<Subscriber, 'feed' | 'logger' | 'delays'> {
  if (database instanceof KitDatabase) {
    const { wired, logger } = database;
    return { feed: wired.feed, logger, delays: () => [] };
  }
  const timers = new ManualTimers();
  const logger = new InMemoryLogger();
  return { feed: new PostgresChangeFeed({ database, timers, logger }), logger, delays: () => timers.delays };
}

async function subscribe(database: Database): Promise<Subscriber> {
  const made = feedOn(database);
  const changes: Change[] = [];
  let wake: () => void = () => undefined;
  const stop = await made.feed.subscribe((change) => {
    changes.push(change);
    wake();
  });
  const next = async (): Promise<Change> => {
    if (changes.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return changes.shift()!;
  };
  return { ...made, next, stop, changes };
}

function liveEvents(count: number): LiveEvent[] {
  return Array.from({ length: count }, (_, at) => ({
    ...{ id: `test-${at}`, type: 'run.progress', at: '2026-01-02T03:04:05.678Z', jobId: 'a', executionId: null },
    data: { fraction: at / count, message: '语'.repeat(200) },
  }));
}

describeOnEveryStore('ChangeFeed', (database, onDatabases) => {
  it('tells of saved and deleted jobs, and of waiting runs', async () => {
    const { next, stop } = await subscribe(database());
    const { jobId } = await saveJob(database());
    expect(await next()).toEqual({ kind: 'job', jobId });
    await portsOn(database()).pending.add({
      id: crypto.randomUUID(),
      jobId,
      trigger: 'manual',
      jobKwargs: {},
      reason: null,
      actor: 'test',
    });
    expect(await next()).toEqual({ kind: 'pending' });
    await portsOn(database()).removals.remove({ jobId, actor: 'test' });
    expect(await next()).toEqual({ kind: 'job', jobId });
    await stop();
  });

  it('tells of a run that somebody wants to stop, and of nothing where nothing changes', async () => {
    const config = await saveJob(database());
    const run = sampleRun({ jobId: config.jobId });
    await portsOn(database()).executions.create(run);
    const { next, stop } = await subscribe(database());
    await portsOn(database()).configs.upsert(config, { actor: 'test' });
    await portsOn(database()).cancellations.request({ executionId: run.id, reason: 'enough', actor: 'test' });
    expect(await next()).toEqual({ kind: 'cancel', executionId: run.id });
    await stop();
  });

  onDatabases('leaves alone what it does not understand', async () => {
    const { next, stop } = await subscribe(database());
    for (const payload of ['', '{', 'null', '3', '{"kind":"x"}', '{"kind":"job"}', '{"kind":"job","jobId":3}']) {
      await database().notify('carillon_changes', payload);
    }
    await database().notify('carillon_changes', '{"kind":"job","jobId":"last"}');
    expect(await next()).toEqual({ kind: 'job', jobId: 'last' });
    await stop();
  });

  it('tells what was published, whole and in its order, and nothing where that is nothing', async () => {
    const { feed, next, stop } = await subscribe(database());
    const events = liveEvents(200);
    await feed.publish([]);
    await feed.publish(events);
    const heard: LiveEvent[] = [];
    while (heard.length < events.length) {
      const change = await next();
      const told = change.kind === 'live' ? change.events : [];
      expect(told.length).toBeGreaterThan(0);
      heard.push(...told);
    }
    expect(heard).toEqual(events);
    await stop();
  });

  it('tells each of several subscribers, and none that has stopped', async () => {
    const [first, second, stopped] = [
      await subscribe(database()),
      await subscribe(database()),
      await subscribe(database()),
    ];
    await stopped.stop();
    const { jobId } = await saveJob(database());
    expect(await Promise.all([first.next(), second.next()])).toEqual([
      { kind: 'job', jobId },
      { kind: 'job', jobId },
    ]);
    await Promise.all([first.stop(), second.stop()]);
    expect(stopped.changes).toEqual([]);
    expect(stopped.delays()).toEqual([]);
  });

  it('hears as long as somebody is subscribed, by one listener or by the same one twice', async () => {
    const { feed } = feedOn(database());
    expect(feed.state).toBe('unsubscribed');
    const heard = Promise.withResolvers<void>();
    let count = 0;
    const listener = (): void => {
      count += 1;
      if (count === 2) heard.resolve();
    };
    const [first, second] = [await feed.subscribe(listener), await feed.subscribe(listener)];
    await saveJob(database());
    await heard.promise;
    await first();
    await first();
    expect(feed.state).toBe('heard');
    await second();
    expect(feed.state).toBe('unsubscribed');
  });

  it('logs a listener that throws, and harms neither the others nor who made the change', async () => {
    const { feed, logger } = feedOn(database());
    const stopThrowing = await feed.subscribe(() => {
      throw new Error('a listener');
    });
    const heard = Promise.withResolvers<Change>();
    const stop = await feed.subscribe(heard.resolve);
    const { jobId } = await saveJob(database());
    expect(await heard.promise).toEqual({ kind: 'job', jobId });
    expect(logger.lines).toMatchObject([{ level: 'error', properties: { change: 'job' } }]);
    await Promise.all([stopThrowing(), stop()]);
  });
});

describeOnEveryDatabase('PostgresChangeFeed', (database, kind) => {
  // The embedded database has no connection that could be killed.
  it.skipIf(kind === 'PGlite')('listens again when its connection is killed, and says so', async () => {
    const { next, stop } = await subscribe(database());
    await database().rows(sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query like 'listen %'`);
    expect(await next()).toEqual({ kind: 'lost' });
    expect(await next()).toEqual({ kind: 'reconnected' });
    const { jobId } = await saveJob(database());
    expect(await next()).toEqual({ kind: 'job', jobId });
    await stop();
  });
});
