/** PostgresChangeFeed over a connection in the test's hands: heartbeats, a connection that died silently, an outage. */
import { expect, it } from 'vitest';
import type { Change } from '../../../../../../src/modules/foundation/application/ports/change-feed.ts';
import { DatabaseUnavailableError } from '../../../../../../src/modules/foundation/domain/errors.ts';
import { PostgresChangeFeed } from '../../../../../../src/modules/foundation/infrastructure/feed/postgres-change-feed.ts';
import type {
  Database,
  ListenHandlers,
} from '../../../../../../src/modules/foundation/infrastructure/persistence/database.ts';
import { InMemoryLogger } from '../../../../../support/in-memory-logger.ts';
import { ManualTimers } from '../../../../../support/manual-timers.ts';

class ChannelInHand {
  readonly open = new Set<ListenHandlers>();
  listens = 0;
  isAway = false;
  isDeaf = false;

  readonly database: Pick<Database, 'listen' | 'notify'> = {
    listen: async (_channel, handlers) => {
      this.listens += 1;
      if (this.isAway) throw new DatabaseUnavailableError('away');
      this.open.add(handlers);
      return async () => void this.open.delete(handlers);
    },
    notify: async (_channel, payload) => {
      if (this.isAway) throw new DatabaseUnavailableError('away');
      if (!this.isDeaf) for (const handlers of this.open) handlers.onMessage(payload);
    },
  };

  lose(): void {
    for (const handlers of this.open) {
      this.open.delete(handlers);
      handlers.onLost();
    }
  }
}

async function subscribe(isDeaf = false) {
  const channel = new ChannelInHand();
  channel.isDeaf = isDeaf;
  const timers = new ManualTimers();
  const logger = new InMemoryLogger();
  const changes: Change[] = [];
  const feed = new PostgresChangeFeed({ database: channel.database as Database, timers, logger });
  const stop = await feed.subscribe((change) => changes.push(change));
  const ring = async (): Promise<void> => {
    timers.ring();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { channel, feed, timers, logger, changes, stop, ring };
}

it('PostgresChangeFeed beats every 10 s and stays on a connection that hears it', async () => {
  const { channel, timers, changes, ring } = await subscribe();
  for (let beats = 0; beats < 5; beats += 1) {
    expect(timers.delays).toEqual([10_000]);
    await ring();
  }
  expect(channel.listens).toBe(1);
  expect(changes).toEqual([]);
});

it('PostgresChangeFeed gives up a connection that misses two beats, and says reconnected once', async () => {
  const { channel, changes, logger, ring } = await subscribe();
  channel.isDeaf = true;
  await ring();
  await ring();
  expect(channel.listens).toBe(1);
  await ring();
  expect(channel.listens).toBe(2);
  expect(channel.open.size).toBe(1);
  expect(changes).toEqual([{ kind: 'lost' }, { kind: 'reconnected' }]);
  expect(logger.lines.map((line) => line.level)).toEqual(['warn', 'info']);
});

it('PostgresChangeFeed does not count a beat that could not be sent', async () => {
  const { channel, ring } = await subscribe();
  channel.isAway = true;
  for (let beats = 0; beats < 5; beats += 1) await ring();
  expect(channel.listens).toBe(1);
});

it('PostgresChangeFeed tries once a second until the database is back', async () => {
  const { channel, timers, changes, ring } = await subscribe();
  channel.isAway = true;
  channel.lose();
  await new Promise((resolve) => setImmediate(resolve));
  for (let tries = 2; tries < 6; tries += 1) {
    expect([channel.listens, timers.delays]).toEqual([tries, [1_000]]);
    await ring();
  }
  expect(changes).toEqual([{ kind: 'lost' }]);
  channel.isAway = false;
  await ring();
  expect(changes).toEqual([{ kind: 'lost' }, { kind: 'reconnected' }]);
  expect(timers.delays).toEqual([10_000]);
});

it('PostgresChangeFeed is silent once stopped, while it reconnects too', async () => {
  const { channel, timers, changes, stop, ring } = await subscribe();
  channel.isAway = true;
  channel.lose();
  await ring();
  await stop();
  channel.isAway = false;
  await ring();
  expect([timers.delays, changes, channel.open.size]).toEqual([[], [{ kind: 'lost' }], 0]);
});

it('PostgresChangeFeed rejects when the first attempt fails', async () => {
  const channel = new ChannelInHand();
  channel.isAway = true;
  const deps = { database: channel.database as Database, timers: new ManualTimers(), logger: new InMemoryLogger() };
  await expect(new PostgresChangeFeed(deps).subscribe(() => undefined)).rejects.toThrow(DatabaseUnavailableError);
});

it('PostgresChangeFeed finds at once that notifications do not come through, and says so once', async () => {
  const { channel, feed, timers, changes, logger, ring } = await subscribe(true);
  expect([feed.state, timers.delays]).toEqual(['heard', [5_000]]);
  await ring();
  expect([feed.state, changes, channel.open.size]).toEqual(['deaf', [{ kind: 'deaf' }], 0]);
  for (let minute = 1; minute <= 3; minute += 1) {
    await ring();
    await ring();
    expect(channel.listens).toBe(1 + minute);
    await ring();
  }
  expect([feed.state, changes.length]).toEqual(['deaf', 1]);
  expect(logger.lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('pooler') }]);
});

it('PostgresChangeFeed hears again once notifications come through', async () => {
  const { channel, feed, changes, logger, ring } = await subscribe(true);
  await ring();
  channel.isDeaf = false;
  await ring();
  await ring();
  expect([feed.state, changes]).toEqual(['heard', [{ kind: 'deaf' }, { kind: 'reconnected' }]]);
  expect(logger.lines.map(({ level }) => level)).toEqual(['warn', 'info']);
});

it('PostgresChangeFeed stays deaf where its connection is lost meanwhile, and asks no oftener', async () => {
  const { channel, feed, timers, changes, ring } = await subscribe(true);
  await ring();
  channel.isAway = true;
  await ring();
  await ring();
  expect([feed.state, timers.delays, changes.length]).toEqual(['deaf', [30_000], 1]);
});

it('PostgresChangeFeed has one connection for all subscribers, and none once they are gone', async () => {
  const { channel, feed, stop, changes } = await subscribe();
  const others: Change[] = [];
  const stopOther = await feed.subscribe((change) => others.push(change));
  for (const handlers of channel.open) handlers.onMessage('{"kind":"pending"}');
  expect([channel.listens, changes, others]).toEqual([1, [{ kind: 'pending' }], [{ kind: 'pending' }]]);
  await stop();
  expect([channel.open.size, feed.state]).toEqual([1, 'heard']);
  await stopOther();
  await stopOther();
  expect([channel.open.size, feed.state]).toEqual([0, 'unsubscribed']);
});

it('PostgresChangeFeed lets no subscriber that throws harm another', async () => {
  const { channel, feed, logger, changes } = await subscribe();
  await feed.subscribe(() => {
    throw new Error('deaf ears');
  });
  const last: Change[] = [];
  await feed.subscribe((change) => last.push(change));
  for (const handlers of channel.open) handlers.onMessage('{"kind":"pending"}');
  expect([changes.length, last.length]).toEqual([1, 1]);
  expect(logger.lines).toMatchObject([{ level: 'error', properties: { change: 'pending' } }]);
});
