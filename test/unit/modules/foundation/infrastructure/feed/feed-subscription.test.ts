/** FeedSubscription where things happen while it asks for a connection: it is lost, or nobody wants it any more. */
import { expect, it } from 'vitest';
import type { Change } from '../../../../../../src/modules/foundation/application/ports/change-feed.ts';
import { FeedSubscription } from '../../../../../../src/modules/foundation/infrastructure/feed/feed-subscription.ts';
import type {
  Database,
  ListenHandlers,
} from '../../../../../../src/modules/foundation/infrastructure/persistence/database.ts';
import { InMemoryLogger } from '../../../../../support/in-memory-logger.ts';
import { ManualTimers } from '../../../../../support/manual-timers.ts';

/** Each `listen` is answered when the test says so. */
function createSubscription() {
  const asked: { handlers: ListenHandlers; answer: () => void; isOpen: boolean }[] = [];
  const database: Pick<Database, 'listen' | 'notify'> = {
    listen: (_channel, handlers) => {
      const { promise, resolve } = Promise.withResolvers<() => Promise<void>>();
      const one = { handlers, isOpen: true, answer: () => resolve(async () => void (one.isOpen = false)) };
      asked.push(one);
      return promise;
    },
    notify: async (_channel, payload) => {
      for (const { handlers, isOpen } of asked) if (isOpen) handlers.onMessage(payload);
    },
  };
  const changes: Change[] = [];
  const timers = new ManualTimers();
  const deps = { database: database as Database, timers, logger: new InMemoryLogger() };
  const subscription = new FeedSubscription(deps, (change) => void changes.push(change));
  return { asked, changes, timers, subscription, open: () => asked.map(({ isOpen }) => isOpen) };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('keeps one connection and one beat where the first was lost before it was known to listen', async () => {
  const { asked, changes, timers, subscription, open } = createSubscription();
  const started = subscription.start();
  asked[0]!.handlers.onLost();
  await settle();
  asked[0]!.answer();
  await started;
  await settle();
  expect([subscription.state, open()]).toEqual(['lost', [false, true]]);
  asked[1]!.answer();
  await settle();
  expect([subscription.state, timers.delays]).toEqual(['heard', [10_000]]);
  expect(changes).toEqual([{ kind: 'lost' }, { kind: 'reconnected' }]);
  await subscription.stop();
  expect([timers.delays, open()]).toEqual([[], [false, false]]);
});

it('gives a connection back that was answered after the stop', async () => {
  const { asked, timers, subscription, open } = createSubscription();
  const started = subscription.start();
  await subscription.stop();
  asked[0]!.answer();
  await started;
  expect([subscription.state, timers.delays, open()]).toEqual(['unsubscribed', [], [false]]);
});

it('hears no word of a connection that it has given up', async () => {
  const { asked, changes, subscription } = createSubscription();
  const started = subscription.start();
  asked[0]!.answer();
  await started;
  await subscription.stop();
  asked[0]!.handlers.onLost();
  await settle();
  expect([changes, asked.length]).toEqual([[], 1]);
});
