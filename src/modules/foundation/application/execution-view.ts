/**
 * A run as it is shown. Owns the one shape for runs that have a record and runs that still wait for an instance: the
 * latter are RUNNING and not started.
 */
import type { Json, JsonObject } from '../domain/job-definition.ts';
import { maskSecrets } from '../domain/mask-secrets.ts';
import { maskUrlSecrets } from '../domain/url-secrets.ts';
import {
  type Execution,
  type FailureReason,
  idempotencyKey,
  type Progress,
  type RunStatus,
  type RunTrigger,
} from '../domain/run.ts';
import type { PendingRun } from './ports/pending-runs.ts';

export interface ExecutionView {
  readonly id: string;
  readonly jobId: string;
  readonly status: RunStatus;
  readonly trigger: RunTrigger;
  readonly scheduledAt: Date;
  /** null: it waits for an instance. */
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly durationMs: number | null;
  readonly latenessMs: number | null;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly instanceId: string | null;
  readonly errorMessage: string | null;
  readonly errorStack: string | null;
  readonly failureReason: FailureReason | null;
  readonly result: Json;
  readonly progress: Progress | null;
  /** Secrets are masked, in result and errors too. */
  readonly jobKwargs: JsonObject;
  readonly idempotencyKey: string;
}

export function viewExecution(execution: Execution): ExecutionView {
  const latenessMs = execution.startedAt.getTime() - execution.scheduledAt.getTime();
  return {
    ...execution,
    latenessMs: Math.max(0, latenessMs),
    jobKwargs: maskSecrets(execution.jobKwargs),
    result: maskSecrets(execution.result),
    errorMessage: execution.errorMessage === null ? null : maskUrlSecrets(execution.errorMessage),
    errorStack: execution.errorStack === null ? null : maskUrlSecrets(execution.errorStack),
    idempotencyKey: idempotencyKey(execution),
  };
}

export function viewPendingRun(run: PendingRun, jobMaxAttempts: number): ExecutionView {
  return {
    id: run.id,
    jobId: run.jobId,
    status: 'RUNNING',
    trigger: run.trigger,
    scheduledAt: run.scheduledAt,
    startedAt: null,
    finishedAt: null,
    durationMs: null,
    latenessMs: null,
    attempt: run.attempt,
    maxAttempts: run.maxAttempts ?? jobMaxAttempts,
    instanceId: null,
    errorMessage: null,
    errorStack: null,
    failureReason: null,
    result: null,
    progress: null,
    jobKwargs: maskSecrets(run.jobKwargs),
    idempotencyKey: idempotencyKey(run),
  };
}
