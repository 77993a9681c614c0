import { describe, expect, it } from 'vitest';
import type { TrackedRun } from '../../../../../src/modules/foundation/application/ports/run-tracker.ts';
import {
  DatabaseUnavailableError,
  RunCancelledError,
  RunLostError,
  RunTimeoutError,
} from '../../../../../src/modules/foundation/domain/errors.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';

function setUp(isRecorded = false) {
  const store = newStore();
  const { wired, link, logger } = createEngine({ store });
  const run: TrackedRun = {
    ...{ id: 'run-1', jobId: 'a', attempt: 1, maxAttempts: 1, trigger: 'schedule', jobKwargs: {}, isRecorded },
    ...{ scheduledAt: new Date(store.now()), startedAt: new Date(store.now()), instanceId: wired.instance.id },
  };
  const track = (work: () => unknown) => wired.tracker.track(run, work);
  const record = () => store.executions.get('run-1');
  return { store, track, record, link, logger, wired, run, time: store.time };
}

describe('ExecutionTracker.track()', () => {
  it('writes RUNNING before the work begins, and SUCCESS with its duration and result after it', async () => {
    const { store, track, record, time } = setUp();
    let during: string | undefined;
    const tracked = track(async () => {
      during = record()?.status;
      await time.pass(1_234);
      return { pages: 3 };
    });
    await time.advance(2_000);
    expect(await tracked).toEqual({ pages: 3 });
    expect(during).toBe('RUNNING');
    expect(record()).toMatchObject({ status: 'SUCCESS', durationMs: 1_234, result: { pages: 3 } });
    expect(record()!.finishedAt!.getTime()).toBe(store.now() - 2_000 + 1_234);
  });

  it('writes no second start where the claim has written one', async () => {
    const { track, link, wired, run, record } = setUp(true);
    await wired.executions.create(run);
    await track(() => 1);
    expect(link.countOf('executions.create')).toBe(1);
    expect(record()?.status).toBe('SUCCESS');
  });

  it('writes FAILED with message and stack, and throws what the work threw', async () => {
    const { track, record } = setUp();
    const error = new Error('it broke', { cause: new Error('no disk') });
    await expect(track(() => Promise.reject(error))).rejects.toBe(error);
    expect(record()).toMatchObject({
      ...{ status: 'FAILED', failureReason: 'ERROR', errorMessage: 'it broke: no disk', errorStack: error.stack },
      ...{ durationMs: 0, finishedAt: expect.any(Date) },
    });
  });

  it('tells timeouts and cancellations from errors', async () => {
    for (const [error, failureReason] of [
      [new RunTimeoutError(5), 'TIMEOUT'],
      [new RunCancelledError('told to'), 'CANCELLED'],
      [new RunLostError(), 'LOST'],
      ['a text', 'ERROR'],
    ] as const) {
      const { track, record } = setUp();
      await expect(track(() => Promise.reject(error))).rejects.toBe(error);
      expect(record()?.failureReason).toBe(failureReason);
    }
  });

  it('writes an outcome for a value that throws when it is asked what it is', async () => {
    const hostile = new Proxy(
      {},
      {
        getPrototypeOf() {
          throw new Error('nobody asks me');
        },
      },
    );
    const { track, record } = setUp();
    const thrown = await track(() => Promise.reject(hostile)).then(
      () => 'nothing',
      () => 'something',
    );
    expect(thrown).toBe('something');
    expect(record()).toMatchObject({ status: 'FAILED', failureReason: 'ERROR', errorMessage: expect.any(String) });
  });

  it('a result that is no JSON is described, and the run has succeeded', async () => {
    const { track, record } = setUp();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(await track(() => circle)).toMatch(/cannot be written as JSON/);
    expect(record()?.status).toBe('SUCCESS');
  });

  it('the work runs where its start cannot be written, and the record follows', async () => {
    const { track, record, link, logger } = setUp();
    link.failNext('executions.create', new DatabaseUnavailableError('away'));
    expect(await track(() => 'done')).toBe('done');
    expect(logger.lines).toMatchObject([
      { level: 'error', properties: { executionId: 'run-1', reason: expect.stringContaining('away') } },
    ]);
    expect(record()).toMatchObject({ status: 'SUCCESS', result: 'done' });
  });

  it('what cannot be written at the end is logged and held, and no fault of the work', async () => {
    const { track, record, link, logger, wired } = setUp();
    link.failNext('executions.update', new DatabaseUnavailableError('away'));
    expect(await track(() => 'done')).toBe('done');
    expect(logger.lines).toMatchObject([{ level: 'error', message: expect.stringContaining('held in memory') }]);
    expect(record()?.status).toBe('RUNNING');
    await wired.journal.flush();
    expect(record()).toMatchObject({ status: 'SUCCESS', result: 'done' });
  });

  it('the error of the work is thrown, not the one of its record', async () => {
    const { store, track, wired } = setUp();
    store.isAway = true;
    await expect(track(() => Promise.reject(new Error('the work’s own')))).rejects.toThrow('the work’s own');
    expect(wired.journal.size).toBe(1);
  });

  it('a lost answer to the start does not make two records', async () => {
    const { store, track, link } = setUp();
    link.loseAnswer('executions.create');
    await track(() => 1);
    expect([...store.executions.values()].map((run) => run.status)).toEqual(['SUCCESS']);
  });

  it('an outcome that comes after the run was taken away changes nothing, and says so', async () => {
    const { store, track, record } = setUp();
    const lose = (): void => {
      store.executions.set('run-1', { ...record()!, status: 'FAILED', failureReason: 'LOST' });
    };
    await expect(track(lose)).rejects.toThrow(RunLostError);
    expect(record()).toMatchObject({ status: 'FAILED', failureReason: 'LOST' });
  });

  it('measures by the monotonic clock, and ends no run before it started', async () => {
    const { store, track, record, run, time } = setUp();
    await track(() => {
      time.stepWallClock(-7_200_000);
    });
    expect(record()?.durationMs).toBe(0);
    expect(record()!.finishedAt!.getTime()).toBeGreaterThanOrEqual(run.startedAt.getTime());
    expect(store.executions.size).toBe(1);
  });

  it('holds the record of a run whose writing throws at once', async () => {
    const { track, wired } = setUp();
    wired.executions.update = () => {
      throw new TypeError('not to be written');
    };
    expect(await track(() => 'done')).toBe('done');
    expect(wired.journal.size).toBe(1);
  });
});
