import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  DatabaseUnavailableError,
  RunCancelledError,
  RunLostError,
} from '../../../../../src/modules/foundation/domain/errors.ts';
import {
  defineJob,
  type JobContext,
  type JobFunction,
} from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { manualExecutor as setUp, raise, SCHEDULED_AT } from '../../../../support/manual-executor.ts';
import { settle } from '../../../../support/manual-time.ts';

describe('RunExecutor', () => {
  const rejections: unknown[] = [];
  const keep = (error: unknown): void => void rejections.push(error);
  beforeEach(() => void process.on('unhandledRejection', keep));
  afterEach(async () => {
    await settle();
    process.off('unhandledRejection', keep);
    expect(rejections.splice(0)).toEqual([]);
  });

  it('gives the function its arguments and all that it may know of its run', async () => {
    let given: { kwargs: unknown; context: JobContext } | null = null;
    const job: JobFunction = (kwargs, context) => void (given = { kwargs, context });
    const { execute, executions } = setUp(job, { jobKwargs: { n: 1 } });
    const lastSuccessAt = new Date('2026-01-01T00:00:00Z');
    executions.lastSuccessAt = async () => lastSuccessAt;
    await execute();
    expect(given).toMatchObject({
      kwargs: { n: 1 },
      context: {
        jobId: 'a',
        executionId: 'run-1',
        scheduledAt: SCHEDULED_AT,
        attempt: 2,
        trigger: 'schedule',
        idempotencyKey: 'a@2026-01-02T12:00:00.000Z',
        lastSuccessAt,
        signal: expect.objectContaining({ aborted: false }),
      },
    });
  });

  it('tells of the start and of the end', async () => {
    const { execute, events, tracker } = setUp(() => ({ pages: 3 }));
    await execute();
    expect(tracker.outcome).toEqual({ result: { pages: 3 } });
    expect(events).toMatchObject([
      {
        type: 'run.started',
        jobId: 'a',
        executionId: 'run-1',
        scheduledAt: SCHEDULED_AT,
        detail: { trigger: 'schedule', latenessMs: expect.any(Number) },
      },
      { type: 'run.finished', detail: { status: 'SUCCESS', durationMs: expect.any(Number) } },
    ]);
  });

  // oxlint-disable-next-line unicorn/no-thenable
  const hostileThenable = Object.defineProperty({}, 'then', { get: () => raise(new Error('then')) });
  const failures: Record<string, [JobFunction, unknown]> = {
    'throws synchronously': [() => raise(new Error('sync')), expect.objectContaining({ message: 'sync' })],
    rejects: [async () => raise(new Error('async')), expect.objectContaining({ message: 'async' })],
    'throws what is no error': [() => raise('a text'), 'a text'],
    'throws undefined': [() => raise(undefined), undefined],
    'gives a thenable that throws': [() => hostileThenable, expect.objectContaining({ message: 'then' })],
  };
  for (const [what, [job, error]] of Object.entries(failures)) {
    it(`a job that ${what} has failed`, async () => {
      const { execute, events, tracker, logger } = setUp(job);
      await execute();
      expect(tracker.outcome).toEqual({ error });
      expect(events.at(-1)).toMatchObject({
        type: 'run.finished',
        detail: { status: 'FAILED', failureReason: 'ERROR', durationMs: expect.any(Number) },
        reason: expect.any(String),
      });
      expect(logger.lines).toMatchObject([
        {
          level: 'warn',
          message: expect.stringMatching(/^The run failed: ./),
          properties: { jobId: 'a', executionId: 'run-1' },
        },
      ]);
    });
  }

  it('fails where the arguments do not fit, without calling the function', async () => {
    let calls = 0;
    const job = defineJob({ kwargs: v.object({ to: v.string() }), run: () => (calls += 1) });
    const { execute, tracker } = setUp(job);
    await execute();
    expect(calls).toBe(0);
    expect(tracker.outcome?.error).toMatchObject({ code: 'KWARGS_INVALID' });
  });

  it('fails where no module has the function any more', async () => {
    const { execute, tracker } = setUp(() => 1, { handler: 'gone' });
    await execute();
    expect(tracker.outcome?.error).toMatchObject({ code: 'JOB_NOT_REGISTERED', handler: 'gone' });
  });

  it('runs without knowing its last success where that cannot be read', async () => {
    let known: Date | null | undefined;
    const { execute, executions, tracker, logger } = setUp((_kwargs, context) => void (known = context.lastSuccessAt));
    executions.lastSuccessAt = () => Promise.reject(new DatabaseUnavailableError('away'));
    await execute();
    expect(known).toBeNull();
    expect(tracker.outcome).toEqual({ result: null });
    expect(logger.lines).toMatchObject([{ level: 'error' }]);
  });

  it('start() calls the function of a recorded run, and tells nothing of it before finish()', async () => {
    let calls = 0;
    const { executor, assignment, events, tracker } = setUp(() => (calls += 1));
    const lastSuccessAt = null;
    const begun = executor.start({ ...assignment, run: { ...assignment.run, lastSuccessAt } });
    await settle();
    expect([calls, events, tracker.outcome]).toEqual([1, [], null]);
    await executor.finish(begun);
    expect([calls, tracker.outcome]).toEqual([1, { result: 1 }]);
    expect(events.map(({ type }) => type)).toEqual(['run.started', 'run.finished']);
  });

  it('start() leaves a run without a record to finish(), which writes the record first', async () => {
    let calls = 0;
    const { executor, assignment } = setUp(() => (calls += 1));
    const begun = executor.start({ ...assignment, run: { ...assignment.run, isRecorded: false } });
    await settle();
    expect(calls).toBe(0);
    await executor.finish(begun);
    expect(calls).toBe(1);
  });

  for (const [what, job] of Object.entries({
    'throws at once': () => raise(new Error('broken')),
    'rejects before anybody asks': async () => raise(new Error('broken')),
  } satisfies Record<string, JobFunction>)) {
    it(`a job that start() calls and that ${what} fails its run, and nothing else`, async () => {
      const { executor, assignment, tracker } = setUp(job);
      let hasEnded = false;
      const onWorkEnd = (): void => void (hasEnded = true);
      const begun = executor.start({ ...assignment, run: { ...assignment.run, lastSuccessAt: null }, onWorkEnd });
      await settle();
      expect(hasEnded).toBe(true);
      await executor.finish(begun);
      expect(tracker.outcome).toMatchObject({ error: { message: 'broken' } });
    });
  }

  for (const [what, end] of Object.entries({
    returns: () => 'done',
    throws: () => raise(new Error('by the way')),
    'gives a promise': () => Promise.resolve('done'),
  } satisfies Record<string, () => unknown>)) {
    it(`a job that was told to stop and ${what} is cancelled`, async () => {
      const { executor, assignment, controller, tracker } = setUp(() => {
        controller.abort(new RunCancelledError('by itself'));
        return end();
      });
      await executor.finish(executor.start({ ...assignment, run: { ...assignment.run, lastSuccessAt: null } }));
      expect(tracker.outcome).toMatchObject({ error: { code: 'RUN_CANCELLED' } });
    });
  }

  it('a line that a run says before finish() is told after its start', async () => {
    const { executor, assignment, events, said } = setUp((_kwargs, { logger }) => logger.info('hello'));
    executor.start({ ...assignment, run: { ...assignment.run, lastSuccessAt: null } });
    expect(events).toMatchObject([{ type: 'run.started' }]);
    expect(said).toMatchObject([{ line: expect.arrayContaining(['hello']) }, 'closed']);
  });

  it('a job that ignores its cancellation is given up', async () => {
    const { execute, controller, tracker } = setUp(() => new Promise(() => {}));
    const done = execute();
    await settle();
    controller.abort(new RunCancelledError('told to stop'));
    await done;
    expect(tracker.outcome?.error).toMatchObject({ code: 'RUN_CANCELLED', message: 'told to stop' });
  });

  it('a run that was cancelled before it began does not call the function', async () => {
    let calls = 0;
    const { execute, controller, tracker } = setUp(() => (calls += 1));
    controller.abort(new RunCancelledError('too early'));
    await execute();
    await settle();
    expect(calls).toBe(0);
    expect(tracker.outcome?.error).toMatchObject({ message: 'too early' });
  });

  it.each([null, 2])(
    'a run whose lease ended before its function was called is lost, and not started (term %s)',
    async (term) => {
      let calls = 0;
      const { execute, executions, lease, tracker } = setUp(() => (calls += 1));
      // The process is stopped while it reads; when it goes on, the lease is over, or a new one.
      executions.lastSuccessAt = async () => {
        lease.term = term;
        return null;
      };
      await execute();
      expect(calls).toBe(0);
      expect(tracker.outcome?.error).toMatchObject({ code: 'RUN_LOST' });
    },
  );

  it('what a job logs goes to the log, with the run, and to the run itself, until it has ended', async () => {
    const { execute, logger, said } = setUp((_kwargs, context) => {
      context.progress(0.5, 'half way');
      context.logger.info('hello', { n: 1 });
    });
    await execute();
    expect(logger.lines).toEqual([
      { level: 'info', message: 'hello', properties: { jobId: 'a', executionId: 'run-1', n: 1 } },
    ]);
    expect(said).toEqual([{ progress: [0.5, 'half way'] }, { line: ['info', 'hello', { n: 1 }] }, 'closed']);
  });

  it('a progress that is no number hurts nobody', async () => {
    const { execute, logger, tracker } = setUp((_kwargs, context) => context.progress(Number.NaN));
    await execute();
    expect(tracker.outcome).toEqual({ result: null });
    expect(logger.lines).toMatchObject([{ level: 'debug', message: expect.stringContaining('no number') }]);
  });

  it('a run whose outcome was fenced is told as FAILED, reason LOST', async () => {
    const { execute, events, tracker } = setUp(() => 'done');
    tracker.track = () => Promise.reject(new RunLostError('not recorded'));
    await execute();
    expect(events.at(-1)).toMatchObject({
      type: 'run.finished',
      reason: expect.stringContaining('not recorded'),
      detail: { status: 'FAILED', failureReason: 'LOST' },
    });
  });
});
