/** Executions in JSON, and the questions that their lists answer. */
import * as v from 'valibot';
import type { ExecutionView } from '../../../application/execution-view.ts';
import { FAILURE_REASONS, RUN_STATUSES, RUN_TRIGGERS } from '../../../domain/run.ts';
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
