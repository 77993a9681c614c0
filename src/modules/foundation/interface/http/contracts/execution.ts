/** Executions in JSON, and the questions that their lists answer. */
import * as v from 'valibot';
import type { ExecutionView } from '../../../application/execution-view.ts';
import type { ExecutionReport, RunLogPart } from '../../../application/run-logs.ts';
import type { RunLogLine } from '../../../domain/run-output.ts';
import { FAILURE_REASONS, RUN_LOG_LEVELS, RUN_STATUSES, RUN_TRIGGERS } from '../../../domain/run.ts';
import { instant, instantInput, instantOrNull, instantText, instantTextOrNull } from './instant.ts';
import { jsonObject, jsonValue } from './json-object.ts';
import { nextCursor, pageQuery } from './list.ts';

const integer = v.pipe(v.number(), v.metadata({ type: 'integer' }));
const progress = v.strictObject({ fraction: v.number(), message: v.exactOptional(v.string()) });

const entries = {
  id: v.pipe(v.string(), v.metadata({ format: 'uuid' })),
  jobId: v.string(),
  status: v.picklist(RUN_STATUSES),
  trigger: v.picklist(RUN_TRIGGERS),
  scheduledAt: instant,
  startedAt: v.pipe(instantOrNull, v.description('null: it waits for an instance.')),
  finishedAt: instantOrNull,
  durationMs: v.nullable(integer),
  latenessMs: v.nullable(integer),
  attempt: integer,
  maxAttempts: integer,
  instanceId: v.nullable(v.string()),
  errorMessage: v.nullable(v.string()),
  failureReason: v.nullable(v.picklist(FAILURE_REASONS)),
  result: jsonValue,
  progress: v.nullable(progress),
  jobKwargs: v.pipe(jsonObject, v.description("Secrets are '***'.")),
  idempotencyKey: v.string(),
};

export const executionSchema = v.pipe(v.strictObject(entries), v.metadata({ ref: 'Execution' }));
export type ExecutionJson = v.InferOutput<typeof executionSchema>;

export const executionDetailSchema = v.pipe(
  v.strictObject({ ...entries, errorStack: v.nullable(v.string()) }),
  v.metadata({ ref: 'ExecutionDetail' }),
);
export type ExecutionDetailJson = v.InferOutput<typeof executionDetailSchema>;

const logLine = v.pipe(
  v.strictObject({
    line: v.pipe(integer, v.description('Counts from 1.')),
    at: instant,
    level: v.picklist(RUN_LOG_LEVELS),
    message: v.string(),
    properties: v.pipe(jsonObject, v.description("Secrets are '***'.")),
  }),
  v.metadata({ ref: 'RunLogLine' }),
);

export const executionReportSchema = v.pipe(
  v.strictObject({ ...entries, errorStack: v.nullable(v.string()), logLines: v.array(logLine) }),
  v.metadata({ ref: 'ExecutionReport' }),
);
export type ExecutionReportJson = v.InferOutput<typeof executionReportSchema>;

export const runLogSchema = v.pipe(
  v.strictObject({
    items: v.array(logLine),
    nextAfter: v.pipe(integer, v.description("The next request's 'after'.")),
    isEnded: v.pipe(v.boolean(), v.description('The run has ended, and these are its last lines.')),
  }),
  v.metadata({ ref: 'RunLog' }),
);
export type RunLogJson = v.InferOutput<typeof runLogSchema>;

function isLineNumber(text: string): boolean {
  return /^\d{1,9}$/.test(text);
}
export const runLogQuerySchema = v.strictObject({
  after: v.pipe(
    v.optional(v.pipe(v.string(), v.check(isLineNumber, 'Must be the number of a line, or 0.')), '0'),
    v.transform(Number),
    v.metadata({ type: 'integer', minimum: 0, default: 0, description: 'Only lines after this one.' }),
  ),
});

export const executionPageSchema = v.pipe(
  v.strictObject({ items: v.array(executionSchema), nextCursor }),
  v.metadata({ ref: 'ExecutionPage' }),
);

const filters = {
  ...pageQuery,
  status: v.exactOptional(v.picklist(RUN_STATUSES)),
  trigger: v.exactOptional(v.picklist(RUN_TRIGGERS)),
  from: v.exactOptional(v.pipe(instantInput, v.description('Started at or after.'))),
  to: v.exactOptional(v.pipe(instantInput, v.description('Started before.'))),
};
export const jobExecutionQuerySchema = v.strictObject(filters);
export const executionQuerySchema = v.strictObject({ ...filters, jobId: v.exactOptional(v.string()) });

export function toExecutionJson(view: ExecutionView): ExecutionJson {
  const { errorStack: _errorStack, ...rest } = view;
  return {
    ...rest,
    scheduledAt: instantText(view.scheduledAt),
    startedAt: instantTextOrNull(view.startedAt),
    finishedAt: instantTextOrNull(view.finishedAt),
    progress: view.progress === null ? null : { ...view.progress },
  };
}

export function toExecutionDetailJson(view: ExecutionView): ExecutionDetailJson {
  return { ...toExecutionJson(view), errorStack: view.errorStack };
}

export function toExecutionReportJson({ execution, lines }: ExecutionReport): ExecutionReportJson {
  return { ...toExecutionDetailJson(execution), logLines: lines.map(toLogLineJson) };
}

export function toRunLogJson({ lines, nextAfter, isEnded }: RunLogPart): RunLogJson {
  return { items: lines.map(toLogLineJson), nextAfter, isEnded };
}

function toLogLineJson(line: RunLogLine): RunLogJson['items'][number] {
  return { ...line, at: instantText(line.at) };
}
