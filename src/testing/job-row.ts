/** A row of the configuration as plain SQL would write it, for the store in memory. */
import { DEFAULT_POLICIES, type JobConfig } from '../modules/foundation/domain/job-config.ts';
import type { Execution } from '../modules/foundation/domain/run.ts';

const CREATED_AT = new Date('2026-01-01T00:00:00.000Z');

/** A row as plain SQL would write it. */
export function jobConfig(jobId: string, overrides: Partial<JobConfig> = {}): JobConfig {
  return {
    ...DEFAULT_POLICIES,
    id: '11111111-1111-4111-8111-111111111111',
    jobId,
    jobName: `Job ${jobId}`,
    cronExpression: '*/5 * * * *',
    dialect: 'unix',
    timezone: 'UTC',
    createdAt: CREATED_AT,
    updatedAt: CREATED_AT,
    lastRunAt: null,
    lastSuccessAt: null,
    pausedAt: null,
    pausedUntil: null,
    pauseReason: null,
    revision: 1,
    ...overrides,
  };
}

/** The row once a run of the job has ended: its last run and success never go back. */
export function afterRun(config: JobConfig, { startedAt, status, finishedAt }: Execution): JobConfig {
  const successAt = status === 'SUCCESS' ? finishedAt : null;
  return {
    ...config,
    lastRunAt: later(config.lastRunAt, startedAt),
    lastSuccessAt: later(config.lastSuccessAt, successAt),
  };
}

function later(one: Date | null, other: Date | null): Date | null {
  return one !== null && (other === null || one > other) ? one : other;
}
