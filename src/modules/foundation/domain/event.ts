/**
 * Facts that come up from the engine and the admin commands: the audit trail, and why an occurrence did not run.
 * Listeners (log, metrics, ledger) read them; nobody answers to one.
 */
import type { JsonObject } from './job-definition.ts';

export const EVENT_TYPES = [
  'job.created',
  'job.updated',
  'job.deleted',
  'job.triggered',
  'job.backfilled',
  'job.paused',
  'job.resumed',
  'job.invalid',
  'job.unresolved',
  'job.expired',
  'occurrence.held',
  'occurrence.misfired',
  'occurrence.skipped',
  'run.started',
  'run.finished',
  'run.lost',
  'run.unrecorded',
  'run.cancelRequested',
  'run.dropped',
  'instance.started',
  'instance.stopped',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** An event, and when it was recorded. */
export interface DatedEvent extends SchedulerEvent {
  readonly at: Date;
}

export interface SchedulerEvent {
  readonly type: EventType;
  readonly jobId: string | null;
  readonly executionId?: string | null;
  readonly scheduledAt?: Date | null;
  /** Why, in words that a person acts on. */
  readonly reason?: string | null;
  /** Who: a role, an instance, or null for the schedule itself. */
  readonly actor?: string | null;
  readonly detail?: JsonObject;
  /** Told again under the same key it is the same event, and its newest telling stands; left out: it is told once. */
  readonly key?: string;
}
