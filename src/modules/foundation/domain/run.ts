/**
 * A run: one attempt at one occurrence, or a manual start. Owns its states (RUNNING → SUCCESS | FAILED, never back)
 * and the idempotency key, which all attempts at an occurrence share.
 */
import type { Json, JsonObject } from './json.ts';

export const RUN_STATUSES = ['RUNNING', 'SUCCESS', 'FAILED'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];
export const RUN_TRIGGERS = ['schedule', 'manual', 'retry', 'backfill', 'catchUp'] as const;
export type RunTrigger = (typeof RUN_TRIGGERS)[number];
export const FAILURE_REASONS = ['ERROR', 'TIMEOUT', 'LOST', 'CANCELLED'] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

export const RUN_LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type RunLogLevel = (typeof RUN_LOG_LEVELS)[number];

export interface Run {
  /** The execution's id, a UUID. */
  readonly id: string;
  readonly jobId: string;
  readonly scheduledAt: Date;
  /** A run that was claimed ahead starts at `scheduledAt`, or as much later as it really did. */
  readonly startedAt: Date;
  /** When an instance took it; before `scheduledAt` where it was taken ahead. Null or left out: not known. */
  readonly claimedAt?: Date | null;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly trigger: RunTrigger;
  readonly instanceId: string;
  readonly jobKwargs: JsonObject;
}

export type Outcome =
  | { readonly status: 'SUCCESS'; readonly finishedAt: Date; readonly durationMs: number; readonly result: Json }
  | {
      readonly status: 'FAILED';
      readonly finishedAt: Date;
      readonly durationMs: number;
      readonly failureReason: FailureReason;
      readonly errorMessage: string;
      readonly errorStack: string | null;
      /** How long after `finishedAt` the next attempt starts; left out: there is none. */
      readonly retryAfterMs?: number;
    };

export interface Progress {
  fraction: number;
  message?: string;
}

/** A row of the execution log, as it is read back. */
export interface Execution extends Run {
  readonly status: RunStatus;
  readonly finishedAt: Date | null;
  readonly durationMs: number | null;
  readonly errorMessage: string | null;
  readonly errorStack: string | null;
  readonly failureReason: FailureReason | null;
  readonly result: Json;
  readonly progress: Progress | null;
}

/** An instance took it before it was due. */
export function wasClaimedAhead({ claimedAt, scheduledAt }: Pick<Run, 'claimedAt' | 'scheduledAt'>): boolean {
  return claimedAt != null && claimedAt < scheduledAt;
}

/** `jobId@scheduledAt`: stable over retries, so that a receiver can tell a repetition from a new occurrence. */
export function idempotencyKey(run: { jobId: string; scheduledAt: Date }): string {
  return `${run.jobId}@${instantText(run.scheduledAt.getTime())}`;
}

let lastInstant = { ms: 0, text: new Date(0).toISOString() };

/** A herd has one instant, asked for again and again. */
function instantText(ms: number): string {
  if (Number.isNaN(ms)) return 'infinity';
  if (lastInstant.ms !== ms) lastInstant = { ms, text: new Date(ms).toISOString() };
  return lastInstant.text;
}
