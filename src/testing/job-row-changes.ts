/**
 * What follows when a row of the configuration is edited or deleted, as the database's triggers have it
 * (`drizzle/0007_told_when_edited.sql`): which edits count, where the cursor is then, and what is told of the occurrences
 * that go with the schedule.
 */
import type { FireCursor } from '../modules/foundation/application/ports/fire-claims.ts';
import type { SchedulerEvent } from '../modules/foundation/domain/event.ts';
import type { JobConfig, RunnableConfig } from '../modules/foundation/domain/job-config.ts';
import type { PendingRun } from '../modules/foundation/application/ports/pending-runs.ts';

type Cause = 'deleted' | 'disabled' | 'paused' | 'edited';

const REASONS = {
  deleted: 'the job was deleted before this was claimed',
  disabled: 'the job was disabled before this was claimed',
  paused: 'the job was paused, and its schedule was edited meanwhile',
  edited: 'the schedule was edited before this was claimed',
} as const satisfies Record<Cause, string>;

const SCHEDULE_FIELDS = [
  ...['cronExpression', 'dialect', 'timezone', 'dstGap', 'dstOverlap', 'startAt', 'endAt', 'createdAt'],
] as (keyof RunnableConfig)[];
const KEPT_FIELDS: ReadonlySet<string> = new Set(['updatedAt', 'lastRunAt', 'lastSuccessAt', 'revision']);

const textOf = (config: RunnableConfig | undefined, fields: readonly string[]): string =>
  JSON.stringify(fields.map((field) => config?.[field as keyof RunnableConfig] ?? null));

export function isSameRow(one: JobConfig, other: JobConfig): boolean {
  const fields = Object.keys(other).filter((field) => !KEPT_FIELDS.has(field));
  return textOf(one, fields) === textOf(other, fields);
}

/** Where it is not, the cursor is computed anew. */
export function isSameSchedule(one: RunnableConfig | undefined, other: RunnableConfig | undefined): boolean {
  return textOf(one, SCHEDULE_FIELDS) === textOf(other, SCHEDULE_FIELDS);
}

/** What is told when a schedule goes of which something was due; null: nothing was. */
export function skippedWith(before: JobConfig, at: FireCursor['nextFireAt'], change: Change): SchedulerEvent | null {
  const from = before.enabled ? unclaimedFrom(before, at, change.at) : null;
  if (from === null) return null;
  const { pausedAt, pausedUntil, jobId } = before;
  const isPaused = pausedAt !== null && (pausedUntil === null || pausedUntil > from);
  const cause = change.cause === 'edited' && isPaused ? 'paused' : change.cause;
  const detail = { cause, from: from.toISOString(), to: change.at.toISOString() };
  return { type: 'occurrence.skipped', jobId, scheduledAt: from, reason: REASONS[cause], detail };
}

export interface Change {
  readonly at: Date;
  readonly cause: Exclude<Cause, 'paused'>;
}

/** An unarmed cursor was read by nobody since the last edit: all that lies between may hold occurrences. */
function unclaimedFrom({ updatedAt }: JobConfig, at: FireCursor['nextFireAt'], until: Date): Date | null {
  if (at instanceof Date) return at <= until ? at : null;
  const lastSecond = Math.floor(until.getTime() / 1_000) * 1_000;
  return at === 'unarmed' && lastSecond > updatedAt.getTime() ? new Date(updatedAt.getTime() + 1) : null;
}

/** A run that waited goes with its job. */
export function droppedRun({ attempt, trigger, jobId, id, scheduledAt }: PendingRun): SchedulerEvent {
  const isOccurrence = attempt === 1 && ['schedule', 'catchUp', 'backfill'].includes(trigger);
  return {
    ...{ type: isOccurrence ? 'occurrence.skipped' : 'run.dropped', jobId, executionId: id, scheduledAt },
    reason: 'the job was deleted while this run waited',
    detail: { cause: 'deleted', trigger, attempt },
  };
}
