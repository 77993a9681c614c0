/** Arguments that throw when they are read: those of a job registered by hand, and a function's defaults, are a program's own. */
import { describe, expect, it } from 'vitest';
import { RunCancelledError } from '../../../../../src/modules/foundation/domain/errors.ts';
import type { JsonObject } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';
import { manualExecutor } from '../../../../support/manual-executor.ts';
import { settle } from '../../../../support/manual-time.ts';

const MINUTE = 60_000;

/** Reads well so many times, and throws from then on. */
function readableTimes(times: number): JsonObject {
  let left = times;
  return Object.defineProperty({}, 'token', {
    enumerable: true,
    get: () => {
      left -= 1;
      if (left < 0) throw new Error('nobody reads this');
      return 'canary-7f3a91';
    },
  });
}

describe('RunExecutor, of arguments that cannot be read', () => {
  it('a run that never looks at them succeeds, and keeps its result', async () => {
    const { execute, tracker } = manualExecutor(() => ({ pages: 3 }), { jobKwargs: { inner: readableTimes(0) } });
    await execute();
    expect(tracker.outcome).toEqual({ result: { pages: 3 } });
  });

  it('one that fails says why it failed, and none of the secrets that can be read', async () => {
    const kwargs = { jobKwargs: { inner: readableTimes(0), password: 'sesame-123' } };
    const late = manualExecutor(() => Promise.reject(new Error('it broke at sesame-123')), kwargs);
    const atOnce = manualExecutor(() => {
      throw new Error('it broke at sesame-123');
    }, kwargs);
    for (const { execute, tracker } of [late, atOnce]) {
      await execute();
      expect(tracker.outcome).toMatchObject({ error: { message: 'it broke at ***' } });
    }
  });

  it('one whose defaults hold themselves gives a result without the secrets of its row', async () => {
    const agent: Record<string, unknown> = {};
    agent['self'] = agent;
    const job = { run: () => 'sesame-123', defaults: { agent } as JsonObject };
    const { execute, tracker } = manualExecutor(job, { jobKwargs: { password: 'sesame-123' } });
    await execute();
    expect(tracker.outcome).toEqual({ result: '***' });
  });

  it('one whose arguments throw as they are handed over fails, with that reason, and its end is told', async () => {
    const { execute, tracker, events } = manualExecutor(() => 1, { jobKwargs: readableTimes(0) });
    await execute();
    expect(tracker.outcome).toMatchObject({ error: { message: 'nobody reads this' } });
    expect(events.map(({ type }) => type)).toEqual(['run.started', 'run.finished']);
  });

  it('its lines are written, and its progress, without the secrets that can be read', async () => {
    const { execute, said, logger } = manualExecutor(
      (_kwargs, context) => {
        context.logger.info('half of sesame-123', { pages: 3, at: 'sesame-123' });
        context.progress(0.5, 'half sesame-123');
      },
      { jobKwargs: { inner: readableTimes(0), password: 'sesame-123' } },
    );
    await execute();
    const line = ['info', 'half of ***', { pages: 3, at: '***' }];
    expect(said).toEqual([{ line }, { progress: [0.5, 'half ***'] }, 'closed']);
    expect(logger.lines).toMatchObject([{ message: 'half of ***' }]);
  });

  it('a run that is cancelled is CANCELLED, and work that breaks after that harms nothing', async () => {
    const work = Promise.withResolvers<void>();
    const { execute, tracker, controller, logger } = manualExecutor(() => work.promise, {
      jobKwargs: readableTimes(1),
    });
    const ended = execute();
    await settle();
    const reason = new RunCancelledError('not wanted');
    controller.abort(reason);
    work.reject(new Error('broke after all'));
    await ended;
    expect(tracker.outcome).toEqual({ error: reason });
    expect(logger.lines.map(({ message }) => message)).toContain(
      'The abandoned work ended in an error, which changes nothing.',
    );
  });
});

describe('SchedulingLoop, of a job registered by hand whose arguments throw', () => {
  it('each of its runs fails and says so, and the other jobs go on', async () => {
    const store = newStore();
    store.save('sound', { cronExpression: '* * * * *' });
    const engine = createEngine({ store, jobs: { sound: () => 1 } });
    await engine.start();
    const byHand = { jobId: 'by-hand', cronExpression: '* * * * *', timezone: 'UTC', run: () => 1 };
    engine.wired.scheduler.registerJob({ ...byHand, jobKwargs: readableTimes(0) });
    await store.time.advance(3 * MINUTE);
    expect(store.runsOf('sound').map(({ status }) => status)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
    expect(store.runsOf('by-hand').map(({ status, errorMessage }) => `${status} ${errorMessage}`)).toEqual(
      Array(3).fill('FAILED nobody reads this'),
    );
  });
});
