/** A run executor on its own: its tracker keeps the outcome, its time is a test's. */
import { type BusEvent, EventBus } from '../../src/modules/foundation/application/event-bus.ts';
import type { RunTracker, TrackedRun } from '../../src/modules/foundation/application/ports/run-tracker.ts';
import { RunController } from '../../src/modules/foundation/application/run-controller.ts';
import { RunExecutor } from '../../src/modules/foundation/application/run-executor.ts';
import type { RunVoice } from '../../src/modules/foundation/application/run-output-writer.ts';
import { readProgress } from '../../src/modules/foundation/domain/run-output.ts';
import type { JobConfig } from '../../src/modules/foundation/domain/job-config.ts';
import {
  type JobDefinition,
  type JobFunction,
  toRegisteredJob,
} from '../../src/modules/foundation/domain/job-definition.ts';
import { toJson } from '../../src/modules/foundation/domain/to-json.ts';
import { InMemoryExecutions } from './in-memory-executions.ts';
import { jobConfig } from './in-memory-job-configs.ts';
import { InMemoryLogger } from './in-memory-logger.ts';
import { ManualTime } from './manual-time.ts';

export const SCHEDULED_AT = new Date('2026-01-02T12:00:00.000Z');

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

export function manualExecutor(job: JobFunction | JobDefinition, edit: Partial<JobConfig> = {}) {
  const time = new ManualTime(SCHEDULED_AT.getTime());
  const logger = new InMemoryLogger();
  const executions = new InMemoryExecutions();
  const tracker = new OutcomeKeeper();
  const bus = new EventBus(logger);
  const events: BusEvent[] = [];
  bus.subscribe((event) => events.push(event));
  const lease: { term: number | null; isSuspended: boolean } = { term: 1, isSuspended: false };
  const said: unknown[] = [];
  const output = { open: () => keepingVoice(said) };
  const executor = new RunExecutor({ tracker, executions, lease, output, bus, logger, clock: time, timers: time });
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
  const controller = new RunController();
  const registry = new Map([['a', toRegisteredJob('a', 'test', job)]]);
  const assignment = { run, config, registry, controller };
  const execute = () => executor.finish(executor.start(assignment));
  return { execute, executor, assignment, controller, lease, time, logger, executions, tracker, events, said };
}

function keepingVoice(said: unknown[]): RunVoice {
  return {
    progress: (...progress) => {
      said.push({ progress });
      return readProgress(...progress) !== null;
    },
    log: (...line) => void said.push({ line }),
    close: () => void said.push('closed'),
  };
}

export function raise(error: unknown): never {
  throw error;
}
