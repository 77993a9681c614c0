/** RunCanceller by itself: when it asks, what it says, and when it asks nobody. */
import { describe, expect, it } from 'vitest';
import type { FeedState } from '../../../../../src/modules/foundation/application/ports/change-feed.ts';
import {
  RunCanceller,
  type RunCancellerDeps,
} from '../../../../../src/modules/foundation/application/run-canceller.ts';
import { InMemoryLogger } from '../../../../support/in-memory-logger.ts';
import { settle } from '../../../../support/manual-time.ts';
import { ManualTimers } from '../../../../support/manual-timers.ts';

interface Scene {
  readonly active?: readonly string[];
  readonly held?: readonly string[];
  readonly state?: FeedState;
}

/** A process where `active` run and `held` wait; of all of them, and of one that is over, somebody wants them to stop. */
function setUp({ active = ['a'], held = [], state = 'deaf' }: Scene = {}) {
  const timers = new ManualTimers();
  const logger = new InMemoryLogger();
  const asked: string[] = [];
  const fault: { next: Error | null } = { next: null };
  const stopped: string[] = [];
  const stopIn = (ids: readonly string[], id: string): boolean => ids.includes(id) && stopped.push(id) > 0;
  const deps = {
    ...{ feed: { state }, timers, logger, lease: { instanceId: 'me' } },
    cancellations: {
      getRequested: async (instanceId: string) => {
        asked.push(instanceId);
        if (fault.next !== null) throw fault.next;
        return [...active, ...held, 'over'].map((executionId) => ({ executionId, reason: 'enough' }));
      },
    },
    dispatcher: { activeCount: active.length, activeRunIds: active, cancel: (id: string) => stopIn(active, id) },
    held: { size: held.length, cancel: (id: string) => stopIn(held, id) },
  } as unknown as RunCancellerDeps;
  const ring = async (): Promise<void> => {
    timers.ring();
    await settle();
  };
  return { canceller: new RunCanceller(deps), timers, logger, asked, fault, stopped, ring };
}

describe('RunCanceller.start()', () => {
  it('asks every 1.5 s, also after a reading that failed, and says so', async () => {
    const { canceller, timers, logger, asked, fault, stopped, ring } = setUp();
    canceller.start();
    canceller.start();
    expect(timers.delays).toEqual([1_500]);
    fault.next = new Error('refused');
    await ring();
    expect([asked, stopped, timers.delays]).toEqual([['me'], [], [1_500]]);
    expect(logger.lines).toMatchObject([{ level: 'debug', message: expect.stringContaining('read again within 2 s') }]);
    fault.next = null;
    await ring();
    expect([asked, stopped, timers.delays]).toEqual([['me', 'me'], ['a'], [1_500]]);
  });

  it('asks nobody where the feed is heard', async () => {
    const { canceller, asked, timers, ring } = setUp({ state: 'heard' });
    canceller.start();
    await ring();
    expect([asked, timers.delays]).toEqual([[], [1_500]]);
  });
});

describe('RunCanceller.stop()', () => {
  it('ends the asking, and may be called before the start; it starts again', () => {
    const { canceller, timers } = setUp();
    canceller.stop();
    canceller.start();
    canceller.stop();
    expect(timers.delays).toEqual([]);
    canceller.start();
    expect(timers.delays).toEqual([1_500]);
  });

  it('ends it too while something is asked', async () => {
    const { canceller, timers, asked } = setUp();
    canceller.start();
    timers.ring();
    canceller.stop();
    await settle();
    expect([asked, timers.delays]).toEqual([['me'], []]);
  });

  it('and a start, while something is asked, leave one timer', async () => {
    const { canceller, timers } = setUp();
    canceller.start();
    timers.ring();
    canceller.stop();
    canceller.start();
    await settle();
    expect(timers.delays).toEqual([1_500]);
  });
});

describe('RunCanceller.check()', () => {
  it('stops those that run and those that wait, and tells of these alone', async () => {
    const { canceller, logger, stopped } = setUp({ held: ['b'] });
    await canceller.check();
    expect(stopped).toEqual(['a', 'b']);
    expect(logger.lines).toMatchObject([
      { level: 'info', message: 'A run is cancelled: enough', properties: { executionId: 'a' } },
      { level: 'info', message: 'A run is cancelled: enough', properties: { executionId: 'b' } },
    ]);
  });

  it('asks where runs only wait, and nobody where there is none', async () => {
    const waiting = setUp({ active: [], held: ['b'] });
    await waiting.canceller.check();
    expect([waiting.asked, waiting.stopped]).toEqual([['me'], ['b']]);
    const idle = setUp({ active: [] });
    await idle.canceller.check();
    expect(idle.asked).toEqual([]);
  });
});

describe('RunCanceller.noted()', () => {
  it('asks about one that runs here, and about no other', async () => {
    const { canceller, asked, stopped } = setUp({ held: ['b'] });
    await canceller.noted('elsewhere');
    expect([asked, stopped]).toEqual([[], []]);
    await canceller.noted('b');
    expect([asked, stopped]).toEqual([[], ['b']]);
    await canceller.noted('a');
    expect([asked, stopped]).toEqual([['me'], ['b', 'a', 'b']]);
  });
});
