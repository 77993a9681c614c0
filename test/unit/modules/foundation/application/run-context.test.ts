import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { RunContext } from '../../../../../src/modules/foundation/application/run-context.ts';
import { RunController } from '../../../../../src/modules/foundation/application/run-controller.ts';
import type { RunLog } from '../../../../../src/modules/foundation/application/run-log.ts';
import type { JobContext, JobLogger } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import type { TrackedRun } from '../../../../../src/modules/foundation/application/ports/run-tracker.ts';

const LOGGER = { info: () => {} } as unknown as JobLogger;
const RUN = {
  ...{ id: '0190a3c2-0000-7000-8000-000000000001', jobId: 'a', attempt: 2, trigger: 'retry' },
  scheduledAt: new Date('2026-01-02T12:00:00Z'),
} as TrackedRun;

function contextOf() {
  const made: string[] = [];
  const said: unknown[] = [];
  const controller = new (class extends RunController {
    override get signal(): AbortSignal {
      made.push('signal');
      return super.signal;
    }
  })();
  const log = {
    get forJob() {
      made.push('logger');
      return LOGGER;
    },
    progress: (...all: unknown[]) => void said.push(all),
  } as unknown as RunLog;
  const context: JobContext = new RunContext({ run: RUN, controller, log }, null);
  return { context, controller, made, said };
}

test('RunContext has in a copy, and by name, all that it has, the signal and the logger too', () => {
  const { context, controller, said } = contextOf();
  const copy: JobContext = { ...context };
  expect(copy).toEqual({
    ...{ jobId: 'a', executionId: RUN.id, scheduledAt: RUN.scheduledAt, attempt: 2, trigger: 'retry' },
    ...{ idempotencyKey: context.idempotencyKey, lastSuccessAt: null },
    ...{ signal: controller.signal, logger: LOGGER, progress: expect.any(Function) },
  });
  expect(copy.signal).toBe(context.signal);
  controller.abort('enough');
  expect(copy.signal.reason).toBe('enough');
  copy.progress(0.5, 'half');
  expect(said).toEqual([[0.5, 'half']]);
  const { signal, logger, ...rest } = context;
  expect([signal, logger, Object.keys(rest)]).toEqual([
    controller.signal,
    LOGGER,
    expect.not.arrayContaining(['signal', 'logger']),
  ]);
});

test('RunContext makes neither signal nor logger before they are asked for, nor for a console', () => {
  const { context, made } = contextOf();
  expect([context.jobId, context.attempt, context.trigger]).toEqual(['a', 2, 'retry']);
  expect(inspect(context)).toContain('signal: Symbol(made when it is asked for)');
  expect(made).toEqual([]);
  expect(context.logger).toBe(LOGGER);
  expect(made).toEqual(['logger']);
});

test.each([
  ['freeze', (context: JobContext) => Object.freeze(context)],
  ['seal', (context: JobContext) => Object.seal(context)],
  ['preventExtensions', (context: JobContext) => Object.preventExtensions(context)],
] as const)('RunContext has all that it has after Object.%s()', (_name, close) => {
  const { context, controller } = contextOf();
  const closed: JobContext = close(context);
  expect([closed.signal, closed.logger, closed.jobId]).toEqual([controller.signal, LOGGER, 'a']);
  expect({ ...closed }).toMatchObject({ signal: controller.signal, logger: LOGGER, attempt: 2 });
  controller.abort('enough');
  expect(closed.signal).toMatchObject({ aborted: true, reason: 'enough' });
});

test('RunContext takes the value that a field is defined with', () => {
  const { context } = contextOf();
  const other = new AbortController().signal;
  Object.defineProperty(context, 'signal', { value: other, writable: false, configurable: false });
  expect([context.signal, { ...context }.signal]).toEqual([other, other]);
});
