/** Runs that somebody wants to stop, over whole engines in virtual time. */
import { describe, expect, it } from 'vitest';
import type { JobFunction } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';

const SECOND = 1_000;

async function withHanging(run: JobFunction = () => new Promise(() => {}), store = newStore()) {
  store.save('a', { cronExpression: '0 12 * * *', maxAttempts: 3 });
  const engine = createEngine({ store, jobs: { a: run }, maxConcurrentRuns: 1 });
  await engine.start();
  await store.time.advance(4 * SECOND);
  return { store, engine, time: store.time, runId: store.runsOf('a')[0]!.id };
}

describe('a run that is cancelled', () => {
  it('ends at once, reason CANCELLED, though its job ignores it; its slot is free, and it is not tried again', async () => {
    const { store, engine, time, runId } = await withHanging();
    store.cancel(runId, 'enough');
    await time.advance(10);
    expect(store.runsOf('a')).toMatchObject([
      { status: 'FAILED', failureReason: 'CANCELLED', errorMessage: 'RunCancelledError: enough', durationMs: 1_000 },
    ]);
    expect(engine.wired.dispatcher.freeSlots).toBe(1);
    await time.advance(60 * SECOND);
    expect(store.runsOf('a')).toHaveLength(1);
    expect(store.pending.size).toBe(0);
  });

  it('hears of it through its signal', async () => {
    const heard: unknown[] = [];
    const { store, time, runId } = await withHanging((_kwargs, { signal }) => {
      signal.addEventListener('abort', () => heard.push(signal.reason));
      return new Promise(() => {});
    });
    store.cancel(runId, 'enough');
    await time.advance(10);
    expect(heard).toMatchObject([{ code: 'RUN_CANCELLED', message: 'enough' }]);
  });

  it('a result that comes after it changes nothing', async () => {
    const store = newStore();
    const { time, runId } = await withHanging(() => store.time.pass(10 * SECOND).then(() => 'late'), store);
    store.cancel(runId, 'enough');
    await time.advance(20 * SECOND);
    expect(store.runsOf('a')).toMatchObject([{ status: 'FAILED', failureReason: 'CANCELLED', result: null }]);
  });

  it('ends at the next beat where nobody tells of it', async () => {
    const { store, time, runId } = await withHanging();
    store.isFeedAlive = false;
    store.cancel(runId, 'enough');
    await time.advance(5_100);
    expect(store.runsOf('a')).toMatchObject([{ failureReason: 'CANCELLED' }]);
  });

  it.each(['deaf', 'lost', 'unsubscribed'] as const)('ends within 2 s where the feed is %s', async (state) => {
    const { store, engine, time, runId } = await withHanging();
    Object.defineProperty(engine.wired.feed, 'state', { get: () => state });
    store.isFeedAlive = false;
    await time.advance(5 * SECOND);
    engine.link.failNext('cancellations.getRequested', new Error('refused'));
    await time.advance(2 * SECOND);
    store.cancel(runId, 'enough');
    await time.advance(2 * SECOND);
    expect(store.runsOf('a')).toMatchObject([{ failureReason: 'CANCELLED' }]);
  });

  it('ends at the next beat where asking fails at first', async () => {
    const { store, engine, time, runId } = await withHanging();
    engine.link.failNext('cancellations.getRequested', new Error('refused'));
    store.cancel(runId, 'enough');
    await time.advance(10);
    expect(store.runsOf('a')).toMatchObject([{ status: 'RUNNING' }]);
    expect(engine.logger.lines.some(({ message }) => message.startsWith('A cancelled run could not'))).toBe(true);
    await time.advance(5_100);
    expect(store.runsOf('a')).toMatchObject([{ failureReason: 'CANCELLED' }]);
  });

  it('is stopped by the replica that runs it, and no other asks', async () => {
    const { store, time, runId } = await withHanging();
    const other = createEngine({ store, jobs: { a: () => null } });
    await other.start();
    store.cancel(runId, 'enough');
    await time.advance(10);
    expect(store.runsOf('a')).toMatchObject([{ failureReason: 'CANCELLED' }]);
    expect(other.link.countOf('cancellations.getRequested')).toBe(0);
  });

  it('nothing is asked while nothing runs', async () => {
    const store = newStore();
    const engine = createEngine({ store });
    await engine.start();
    await store.time.advance(60 * SECOND);
    expect(engine.link.countOf('cancellations.getRequested')).toBe(0);
  });
});
