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

async function subscribe() {
  const channel = new ChannelInHand();
  const timers = new ManualTimers();
  const logger = new InMemoryLogger();
  const changes: Change[] = [];
  const feed = new PostgresChangeFeed({ database: channel.database as Database, timers, logger });
  const stop = await feed.subscribe((change) => changes.push(change));
  const ring = async (): Promise<void> => {
    timers.ring();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { channel, timers, logger, changes, stop, ring };
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
  expect(changes).toEqual([{ kind: 'reconnected' }]);
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
  expect(changes).toEqual([]);
  channel.isAway = false;
  await ring();
  expect(changes).toEqual([{ kind: 'reconnected' }]);
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
  expect([timers.delays, changes, channel.open.size]).toEqual([[], [], 0]);
});

it('PostgresChangeFeed rejects when the first attempt fails', async () => {
  const channel = new ChannelInHand();
  channel.isAway = true;
  const deps = { database: channel.database as Database, timers: new ManualTimers(), logger: new InMemoryLogger() };
  await expect(new PostgresChangeFeed(deps).subscribe(() => undefined)).rejects.toThrow(DatabaseUnavailableError);
});
