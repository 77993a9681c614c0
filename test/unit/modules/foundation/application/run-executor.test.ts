import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventBus } from '../../../../../src/modules/foundation/application/event-bus.ts';
import { RunExecutor } from '../../../../../src/modules/foundation/application/run-executor.ts';
import type { RunTracker, TrackedRun } from '../../../../../src/modules/foundation/application/ports/run-tracker.ts';
import type { SchedulerEvent } from '../../../../../src/modules/foundation/domain/event.ts';
import { DatabaseUnavailableError, RunCancelledError } from '../../../../../src/modules/foundation/domain/errors.ts';
import type { JobConfig } from '../../../../../src/modules/foundation/domain/job-config.ts';
import {
  defineJob,
  type JobContext,
  type JobFunction,
  toRegisteredJob,
} from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { toJson } from '../../../../../src/modules/foundation/domain/to-json.ts';
import { InMemoryExecutions } from '../../../../support/in-memory-executions.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';
import { InMemoryLogger } from '../../../../support/in-memory-logger.ts';
import { ManualTime, settle } from '../../../../support/manual-time.ts';

const SCHEDULED_AT = new Date('2026-01-02T12:00:00.000Z');

/** Keeps what became of the work, and records nothing. */
class OutcomeKeeper implements RunTracker {
  outcome: { result?: unknown; error?: unknown } | null = null;

  async track(_run: TrackedRun, work: () => unknown) {
    try {
      const result = toJson(await work());
      this.outcome = { result };
      return result;
    } catch (error) {
      this.outcome = { error };
      throw error;
    }
  }
}

function setUp(job: JobFunction | ReturnType<typeof defineJob>, edit: Partial<JobConfig> = {}) {
  const time = new ManualTime(SCHEDULED_AT.getTime());
  const logger = new InMemoryLogger();
  const executions = new InMemoryExecutions();
  const tracker = new OutcomeKeeper();
  const bus = new EventBus(logger);
  const events: SchedulerEvent[] = [];
  bus.subscribe((event) => events.push(event));
  const executor = new RunExecutor({ tracker, executions, bus, logger, clock: time, timers: time });
  const config = jobConfig('a', edit);
  const run: TrackedRun = {
    id: 'run-1',
    jobId: 'a',
    scheduledAt: SCHEDULED_AT,
    startedAt: SCHEDULED_AT,
    attempt: 2,
    maxAttempts: 3,
    trigger: 'schedule',
    instanceId: 'here',
    jobKwargs: config.jobKwargs,
    isRecorded: true,
  };
  const controller = new AbortController();
  const registry = new Map([['a', toRegisteredJob('a', 'test', job)]]);
  const execute = () => executor.execute({ run, config, registry, controller });
  return { execute, controller, time, logger, executions, tracker, events };
}

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
      { type: 'run.started', jobId: 'a', executionId: 'run-1', scheduledAt: SCHEDULED_AT },
      { type: 'run.finished', detail: { status: 'SUCCESS' } },
    ]);
  });

  const failures: Record<string, [JobFunction, unknown]> = {
    'throws synchronously': [() => raise(new Error('sync')), expect.objectContaining({ message: 'sync' })],
    rejects: [async () => raise(new Error('async')), expect.objectContaining({ message: 'async' })],
    'throws what is no error': [() => raise('a text'), 'a text'],
    'throws undefined': [() => raise(undefined), undefined],
    'gives a thenable that throws': [
      () => Object.defineProperty({}, 'then', { get: () => raise(new Error('then')) }),
      expect.objectContaining({ message: 'then' }),
    ],
  };
  for (const [what, [job, error]] of Object.entries(failures)) {
    it(`a job that ${what} has failed`, async () => {
      const { execute, events, tracker, logger } = setUp(job);
      await execute();
      expect(tracker.outcome).toEqual({ error });
      expect(events.at(-1)).toMatchObject({
        type: 'run.finished',
        detail: { status: 'FAILED' },
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

  describe('with a timeout', () => {
    const timeoutMs = 90_000;

    it('a job that never settles ends at its timeout, and not before', async () => {
      const { execute, time, tracker } = setUp(() => new Promise(() => {}), { timeoutMs });
      const done = execute();
      await time.advance(timeoutMs - 1);
      expect(tracker.outcome).toBeNull();
      await time.advance(1);
      await done;
      expect(tracker.outcome?.error).toMatchObject({ code: 'RUN_TIMEOUT' });
      expect(time.timerCount).toBe(0);
    });

    it('a job that listens is told why, and its own rejection does not hide it', async () => {
      let reason: unknown;
      const job: JobFunction = (_kwargs, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            reason = signal.reason;
            reject(new Error('I was aborted'));
          }),
        );
      const { execute, time, tracker } = setUp(job, { timeoutMs });
      const done = execute();
      await time.advance(timeoutMs);
      await done;
      expect(reason).toMatchObject({ code: 'RUN_TIMEOUT' });
      expect(tracker.outcome?.error).toBe(reason);
    });

    it('a job that rejects long after it was given up changes nothing', async () => {
      const late = Promise.withResolvers<void>();
      const { execute, time, tracker, logger } = setUp(() => late.promise, { timeoutMs });
      const done = execute();
      await time.advance(timeoutMs);
      await done;
      late.reject(new Error('too late'));
      await settle();
      expect(tracker.outcome?.error).toMatchObject({ code: 'RUN_TIMEOUT' });
      expect(logger.lines.at(-1)).toMatchObject({ level: 'debug', message: expect.stringContaining('abandoned') });
    });

    it('a job that ends in time leaves no timer behind', async () => {
      const { execute, time, tracker } = setUp(() => 'done', { timeoutMs });
      await execute();
      expect(time.timerCount).toBe(0);
      await time.advance(2 * timeoutMs);
      expect(tracker.outcome).toEqual({ result: 'done' });
    });

    it('a schema that never settles is ended too, and the function is not called afterwards', async () => {
      const checked = Promise.withResolvers<{ value: unknown }>();
      let calls = 0;
      const kwargs = { '~standard': { version: 1, vendor: 'test', validate: () => checked.promise } } as const;
      const { execute, time, tracker } = setUp(defineJob({ kwargs, run: () => (calls += 1) }), { timeoutMs });
      const done = execute();
      await time.advance(timeoutMs);
      await done;
      expect(tracker.outcome?.error).toMatchObject({ code: 'RUN_TIMEOUT' });
      checked.resolve({ value: {} });
      await settle();
      expect(calls).toBe(0);
    });
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

  it('progress() and logger write lines that carry the run', async () => {
    const { execute, logger } = setUp((_kwargs, context) => {
      context.progress(0.5, 'half way');
      context.logger.info('hello', { n: 1 });
    });
    await execute();
    expect(logger.lines).toEqual([
      {
        level: 'debug',
        message: 'Progress',
        properties: { jobId: 'a', executionId: 'run-1', fraction: 0.5, message: 'half way' },
      },
      { level: 'info', message: 'hello', properties: { jobId: 'a', executionId: 'run-1', n: 1 } },
    ]);
  });
});

function raise(error: unknown): never {
  throw error;
}
