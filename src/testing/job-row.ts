/** A row of the configuration as plain SQL would write it, for the store in memory. */
import { DEFAULT_POLICIES, type JobConfig } from '../modules/foundation/domain/job-config.ts';

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
