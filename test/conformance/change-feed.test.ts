/** The port ChangeFeed, on each database. */
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { Change } from '../../src/modules/foundation/application/ports/change-feed.ts';
import type { LiveEvent } from '../../src/modules/foundation/domain/live-event.ts';
import { PostgresChangeFeed } from '../../src/modules/foundation/infrastructure/feed/postgres-change-feed.ts';
import { PostgresPendingRuns } from '../../src/modules/foundation/infrastructure/persistence/postgres-pending-runs.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';
import { InMemoryLogger } from '../support/in-memory-logger.ts';
import { ManualTimers } from '../support/manual-timers.ts';
import { saveJob } from './samples.ts';

describeOnEveryDatabase('PostgresChangeFeed', (database, kind) => {
  const subscribe = async () => {
    const timers = new ManualTimers();
    const feed = new PostgresChangeFeed({ database: database(), timers, logger: new InMemoryLogger() });
    const changes: Change[] = [];
    let wake: () => void = () => undefined;
    const stop = await feed.subscribe((change) => {
      changes.push(change);
      wake();
    });
    const next = async (): Promise<Change> => {
      if (changes.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return changes.shift()!;
    };
    return { feed, next, stop, timers, changes };
  };

  it('tells of saved and deleted jobs, and of waiting runs', async () => {
    const { next, stop } = await subscribe();
    const { jobId } = await saveJob(database());
    expect(await next()).toEqual({ kind: 'job', jobId });
    await new PostgresPendingRuns(database()).add({
      id: crypto.randomUUID(),
      jobId,
      trigger: 'manual',
      jobKwargs: {},
      reason: null,
      actor: 'test',
    });
    expect(await next()).toEqual({ kind: 'pending' });
    await database().rows(sql`delete from scheduler_job_config where job_id = ${jobId}`);
    expect(await next()).toEqual({ kind: 'job', jobId });
    await stop();
  });

  it('leaves alone what it does not understand', async () => {
    const { next, stop } = await subscribe();
    for (const payload of ['', '{', 'null', '3', '{"kind":"x"}', '{"kind":"job"}', '{"kind":"job","jobId":3}']) {
      await database().notify('carillon_changes', payload);
    }
    await database().notify('carillon_changes', '{"kind":"job","jobId":"last"}');
    expect(await next()).toEqual({ kind: 'job', jobId: 'last' });
    await stop();
  });

  it('tells what was published, whole and in its order, in one statement', async () => {
    const { feed, next, stop } = await subscribe();
    const events = Array.from({ length: 200 }, (_, at): LiveEvent => ({
      ...{ id: `test-${at}`, type: 'run.progress', at: '2026-01-02T03:04:05.678Z', jobId: 'a', executionId: null },
      data: { fraction: at / 200, message: '语'.repeat(200) },
    }));
    await feed.publish(events);
    const heard: LiveEvent[] = [];
    while (heard.length < events.length) {
      const change = await next();
      if (change.kind === 'live') heard.push(...change.events);
    }
    expect(heard).toEqual(events);
    await stop();
  });

  it('tells each of several subscribers, and none that has stopped', async () => {
    const [first, second, stopped] = [await subscribe(), await subscribe(), await subscribe()];
    await stopped.stop();
    const { jobId } = await saveJob(database());
    expect(await Promise.all([first.next(), second.next()])).toEqual([
      { kind: 'job', jobId },
      { kind: 'job', jobId },
    ]);
    await Promise.all([first.stop(), second.stop()]);
    expect(stopped.changes).toEqual([]);
    expect(stopped.timers.delays).toEqual([]);
  });

  // The embedded database has no connection that could be killed.
  if (kind === 'PGlite') return;
  it('listens again when its connection is killed, and says that it may have missed some', async () => {
    const { next, stop } = await subscribe();
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
