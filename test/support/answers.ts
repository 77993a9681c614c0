/** Whole answers of the API, for servers that stand in for a service. */
import type { JobDetailJson } from '../../src/modules/foundation/interface/http/contracts/job.ts';
import type { ExecutionReportJson } from '../../src/modules/foundation/interface/http/contracts/execution.ts';
import { DEFAULT_POLICIES } from '../../src/modules/foundation/domain/job-config.ts';

const AT = '2026-01-02T12:00:00.000Z';

/** `jobAnswer({ jobId: 'a' })`: a job that has never run. */
export function jobAnswer(fields: Partial<JobDetailJson> = {}): JobDetailJson {
  return {
    ...{ id: '0190a3c2-0000-7000-8000-000000000001', jobId: 'a', jobName: 'a', revision: 1 },
    ...{ cronExpression: '0 9 * * *', dialect: 'unix', timezone: 'UTC' },
    ...{ ...DEFAULT_POLICIES, jobKwargs: {}, tags: [], startAt: null, endAt: null },
    ...{ createdAt: AT, updatedAt: AT, lastRunAt: null, lastSuccessAt: null, nextRunAt: AT },
    ...{ state: 'neverRan', stateReason: null, description: null, descriptionZh: null },
    ...{ pausedAt: null, pausedUntil: null, pauseReason: null, nextOccurrences: [AT], warnings: [] },
    ...fields,
  };
}

/** `runAnswer({ status: 'SUCCESS' })`: a run that has started, unless something else is said. */
export function runAnswer(fields: Partial<ExecutionReportJson> = {}): ExecutionReportJson {
  return {
    ...{ id: '0a', jobId: 'a', status: 'RUNNING', trigger: 'manual', scheduledAt: AT, startedAt: AT },
    ...{ finishedAt: null, durationMs: null, latenessMs: 0, attempt: 1, maxAttempts: 1, instanceId: null },
    ...{ errorMessage: null, failureReason: null, result: null, progress: null, jobKwargs: {}, idempotencyKey: 'k' },
    ...{ errorStack: null, logLines: [] },
    ...fields,
  };
}
