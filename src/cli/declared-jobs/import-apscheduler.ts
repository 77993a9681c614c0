/** APScheduler's exported jobs as jobs here. */
import type { JobSpec } from '../../modules/foundation/domain/job-config.ts';
import { DEFAULT_POLICIES } from '../../modules/foundation/domain/job-config.ts';
import {
  type ApschedulerRow,
  readApschedulerJobs,
} from '../../modules/foundation/domain/import/read-apscheduler-jobs.ts';
import { DECLARED_FIELDS } from './compare-jobs.ts';
import type { ImportedJob, ImportReading } from './imported-job.ts';

export function importApschedulerJobs(value: unknown, timezone: string): ImportReading {
  const { rows, faults } = readApschedulerJobs(value, { timezone });
  return {
    jobs: rows.map(toImported),
    faults: faults.map(({ index, id, field, message, hint }) => ({
      from: index === -1 ? 'the export' : `job ${index + 1}`,
      text: id ?? '',
      message: `${field === '' ? '' : `${field}: `}${message}${hint === undefined ? '' : ` (${hint})`}`,
    })),
  };
}

function toImported({ index, job, func, warnings }: ApschedulerRow): ImportedJob {
  return {
    from: `job ${index + 1}`,
    jobId: job.jobId,
    fields: declaredFields(job),
    runs: func === null ? (job.handler ?? job.jobId) : `${func} as ${job.handler ?? job.jobId}`,
    warnings: warnings.map(({ message }) => message),
  };
}

/** Without what is as by default; instants as text. */
function declaredFields(job: JobSpec): Record<string, unknown> {
  const values = JSON.parse(JSON.stringify(job)) as Record<string, unknown>;
  const standard: Readonly<Record<string, unknown>> = DEFAULT_POLICIES;
  const said = DECLARED_FIELDS.filter((field) => JSON.stringify(values[field]) !== JSON.stringify(standard[field]));
  return Object.fromEntries(said.map((field) => [field, values[field]]));
}
