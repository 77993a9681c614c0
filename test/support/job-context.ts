/** A run's context for tests of job functions: fixed values, a signal that the test holds, and what the job said. */
import type { JobContext, JobLogger } from '../../src/modules/foundation/index.ts';

export interface LoggedLine {
  level: keyof JobLogger;
  message: string;
  properties: Record<string, unknown>;
}

export interface JobContextFixture {
  readonly context: JobContext;
  readonly abort: AbortController;
  readonly lines: LoggedLine[];
  readonly fractions: number[];
}

/** Attempt 1 of `test.job` at 2026-01-01T00:00:00.000Z, unless told otherwise. */
export function createJobContext(overrides: Partial<JobContext> = {}): JobContextFixture {
  const abort = new AbortController();
  const lines: LoggedLine[] = [];
  const fractions: number[] = [];
  const context: JobContext = {
    jobId: 'test.job',
    executionId: '00000000-0000-4000-8000-000000000001',
    scheduledAt: new Date('2026-01-01T00:00:00.000Z'),
    attempt: 1,
    trigger: 'schedule',
    idempotencyKey: 'test.job@2026-01-01T00:00:00.000Z',
    signal: abort.signal,
    logger: recordingLogger(lines),
    progress: (fraction) => void fractions.push(fraction),
    lastSuccessAt: null,
    ...overrides,
  };
  return { context, abort, lines, fractions };
}

function recordingLogger(lines: LoggedLine[]): JobLogger {
  const recordAt =
    (level: keyof JobLogger) =>
    (message: string, properties: Record<string, unknown> = {}): void =>
      void lines.push({ level, message, properties });
  return { debug: recordAt('debug'), info: recordAt('info'), warn: recordAt('warn'), error: recordAt('error') };
}
