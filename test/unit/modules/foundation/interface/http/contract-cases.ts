/** What brings each operation's own statuses about: the answers that succeed, and the refusals that are about a job or a run. */
import type { Send } from '../../../../../support/in-memory-client.ts';
import { execution } from '../../../../../support/in-memory-executions.ts';
import { jobConfig } from '../../../../../support/in-memory-job-configs.ts';
import type { InMemoryService } from '../../../../../support/in-memory-service.ts';

export interface Case extends Send {
  /** Left out: `warm-cache`, or the first execution. */
  readonly path?: string;
  readonly prepare?: (service: InMemoryService) => void | Promise<void>;
}

const PASSED = { from: '2026-01-01T00:00:00Z', to: '2026-01-01T01:00:00Z' };
const JOB = { jobName: 'Warm', cronExpression: '*/5 * * * *' };

/** Sent with every request to the operation, unless its case says otherwise. */
export const VALID_BODIES: Readonly<Record<string, unknown>> = {
  putJob: JOB,
  patchJob: { notes: 'changed' },
  backfillJob: PASSED,
  previewSchedule: { ...JOB, jobName: undefined },
};

const saved = ({ configs }: InMemoryService): void => void configs.insert(jobConfig('warm-cache', { revision: 7 }));
const ran = (service: InMemoryService): void => {
  saved(service);
  service.executions.rows.push(execution(1));
};
const running = (service: InMemoryService): void => {
  saved(service);
  service.executions.rows.push(execution(1, { status: 'RUNNING', finishedAt: null, durationMs: null, result: null }));
};
const degraded = ({ report }: InMemoryService): void => {
  report.current = { mode: 'degraded', checks: [{ name: 'database', ok: false, detail: 'It is away.' }] };
};

const OK: Readonly<Record<number, Case>> = { 200: {} };
const OF_JOB: Readonly<Record<number, Case>> = { 200: { prepare: saved }, 404: {} };
const OTHER_REVISION = { prepare: saved, headers: { 'if-match': '"6"' } };

export const CASES: Readonly<Record<string, Readonly<Record<number, Case>>>> = {
  getLiveness: OK,
  getReadiness: { 200: {}, 503: { prepare: degraded } },
  getDocument: OK,
  getMetrics: OK,
  getScheduler: OK,
  listRegistry: OK,
  listJobs: { 200: { prepare: saved } },
  getJob: OF_JOB,
  putJob: {
    200: { prepare: saved, headers: { 'if-match': '"7"' } },
    201: {},
    412: OTHER_REVISION,
    428: { prepare: saved },
  },
  patchJob: { ...OF_JOB, 412: OTHER_REVISION },
  deleteJob: { 204: { prepare: saved }, 404: {}, 412: OTHER_REVISION },
  backfillJob: { 200: { prepare: saved, body: { ...PASSED, dryRun: true } }, 202: { prepare: saved }, 404: {} },
  explainJob: OF_JOB,
  listEvents: OK,
  pauseJob: OF_JOB,
  resumeJob: OF_JOB,
  triggerJob: { 202: { prepare: saved }, 404: {} },
  listJobExecutions: { 200: { prepare: ran }, 404: {} },
  listExecutions: { 200: { prepare: ran } },
  getExecution: { 200: { prepare: ran }, 404: {} },
  getExecutionLog: { 200: { prepare: ran }, 404: {} },
  cancelExecution: { 202: { prepare: running }, 404: {}, 409: { prepare: ran } },
  retryExecution: { 202: { prepare: ran }, 404: {}, 409: { prepare: running } },
  previewSchedule: OK,
};
