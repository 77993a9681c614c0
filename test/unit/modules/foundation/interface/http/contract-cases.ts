/** What brings each operation's own statuses about: the answers that succeed, and the refusals that are about a job or a run. */
import type { Send } from '../../../../../support/in-memory-client.ts';
import { execution } from '../../../../../support/in-memory-executions.ts';
import { jobConfig } from '../../../../../support/in-memory-job-configs.ts';
import { createApp } from '../../../../../../src/modules/foundation/interface/http/app.ts';
import { CAPACITY } from '../../../../../../src/modules/foundation/interface/http/failure-limit.ts';
import { MAX_BODY_BYTES } from '../../../../../../src/modules/foundation/interface/http/read-body.ts';
import { type InMemoryService, inMemoryService, TOKENS } from '../../../../../support/in-memory-service.ts';

export interface Case extends Send {
  /** Left out: one in memory, with everything. */
  readonly service?: () => Pick<InMemoryService, 'app'>;
  /** Left out: `warm-cache`, or the first execution. */
  readonly path?: string;
  readonly prepare?: (service: InMemoryService) => void | Promise<void>;
}

const PASSED = { from: '2026-01-01T00:00:00Z', to: '2026-01-01T01:00:00Z' };
const JOB = { jobName: 'Warm', cronExpression: '*/5 * * * *' };

/** Sent with every request to the operation, unless its case says otherwise. */
export const VALID_BODIES: Readonly<Record<string, unknown>> = {
  putJob: JOB,
  checkJobs: { jobs: [{ ...JOB, jobId: 'warm-cache' }] },
  signIn: { token: TOKENS.viewer },
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
/** A stream would go on for ever. */
const endsAtOnce = ({ live }: InMemoryService): void => {
  const watch = live.watch.bind(live);
  live.watch = (...of) => {
    queueMicrotask(() => live.end('the test is over'));
    return watch(...of);
  };
};

const exhausted = async ({ app }: InMemoryService): Promise<void> => {
  const init = { method: 'POST', body: '{"token": "wrong"}', headers: { 'content-type': 'application/json' } };
  for (let failure = 0; failure < CAPACITY; failure += 1) await app.request('/session', init);
};
const withoutFiles = (): Pick<InMemoryService, 'app'> => {
  const { readReferenceFile: _readReferenceFile, ...deps } = inMemoryService().deps;
  return { app: createApp(deps) };
};

const OK: Readonly<Record<number, Case>> = { 200: {} };
const OF_JOB: Readonly<Record<number, Case>> = { 200: { prepare: saved }, 404: {} };
const IN_FLIGHT: Case = {
  headers: { 'idempotency-key': 'a' },
  prepare: ({ idempotencyKeys }) => void (idempotencyKeys.areAllHeld = true),
};
const OTHER_REVISION = { prepare: saved, headers: { 'if-match': '"6"' } };

export const CASES: Readonly<Record<string, Readonly<Record<number, Case>>>> = {
  getLiveness: OK,
  getReadiness: { 200: {}, 503: { prepare: degraded } },
  getDocument: OK,
  getMetrics: OK,
  getScheduler: OK,
  signIn: {
    201: {},
    401: { as: null, body: { token: 'wrong' } },
    403: { as: null, headers: { origin: 'https://elsewhere.example' } },
    413: { body: 'x'.repeat(MAX_BODY_BYTES + 1) },
    429: { as: null, body: { token: 'wrong' }, prepare: exhausted },
  },
  signOut: { 204: {}, 403: { headers: { 'sec-fetch-site': 'cross-site' } } },
  getSignInPage: OK,
  getSignInScript: OK,
  getReference: OK,
  getReferenceStyle: { 200: {}, 404: { service: withoutFiles } },
  getReferenceProgram: { 200: {}, 404: { service: withoutFiles } },
  getReferenceStart: OK,
  listRegistry: OK,
  listJobs: { 200: { prepare: saved } },
  getJob: OF_JOB,
  checkJobs: OK,
  putJob: {
    200: { prepare: saved, headers: { 'if-match': '"7"' } },
    201: {},
    412: OTHER_REVISION,
    428: { prepare: saved },
  },
  patchJob: { ...OF_JOB, 412: OTHER_REVISION },
  deleteJob: { 204: { prepare: saved }, 404: {}, 412: OTHER_REVISION },
  backfillJob: {
    200: { prepare: saved, body: { ...PASSED, dryRun: true } },
    202: { prepare: saved },
    404: {},
    409: IN_FLIGHT,
  },
  explainJob: OF_JOB,
  listEvents: OK,
  pauseJob: OF_JOB,
  resumeJob: OF_JOB,
  triggerJob: { 202: { prepare: saved }, 404: {}, 409: IN_FLIGHT },
  listJobExecutions: { 200: { prepare: ran }, 404: {} },
  listExecutions: { 200: { prepare: ran } },
  getExecution: { 200: { prepare: ran }, 404: {} },
  getExecutionLog: { 200: { prepare: ran }, 404: {} },
  cancelExecution: { 202: { prepare: running }, 404: {}, 409: { prepare: ran } },
  retryExecution: { 202: { prepare: ran }, 404: {}, 409: { prepare: running } },
  previewSchedule: OK,
  getStream: { 200: { prepare: endsAtOnce } },
};
