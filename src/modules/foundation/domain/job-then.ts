/**
 * What a job was at an instant, read from its audit trail: an edit's event holds the configuration before and after it.
 *
 * Invariant: what no event tells is taken from the row as it is now, and so is what was last changed before the instant: a row
 * that SQL edited left no event.
 */
import type { DatedEvent } from './event.ts';
import { DEFAULT_POLICIES, type JobConfig, type JobSpec } from './job-config.ts';
import type { JsonObject } from './json.ts';
import { isPaused } from './next-fire.ts';

export type JobThen =
  | { readonly kind: 'there'; readonly config: JobConfig; readonly isPaused: boolean }
  /** `nextAt`: when it was created, or created again; null: it was not since. */
  | { readonly kind: 'absent'; readonly wasDeleted: boolean; readonly nextAt: Date | null };

/**
 * @param audit events of the job around that instant, oldest first
 * @param current the row as it is now; null: there is none
 * @param atMs milliseconds since 1970
 */
export function jobThen(audit: readonly DatedEvent[], current: JobConfig | null, atMs: number): JobThen {
  const edits = audit.filter(({ type }) => EDITS.has(type));
  const last = edits.findLast(({ at }) => at.getTime() <= atMs);
  const next = edits.find(({ at }) => at.getTime() > atMs);
  if (last?.type === 'job.deleted') return { kind: 'absent', wasDeleted: true, nextAt: next?.at ?? null };
  // An edit by SQL left no event, and its row stands since.
  const isAsNow = next === undefined && current !== null && current.updatedAt.getTime() <= atMs;
  const told = isAsNow ? null : objectOf(last?.detail?.['after'] ?? next?.detail?.['before']);
  if (last === undefined) {
    if (next?.type === 'job.created') return { kind: 'absent', wasDeleted: false, nextAt: next.at };
    if (current !== null && current.createdAt.getTime() > atMs) {
      return { kind: 'absent', wasDeleted: false, nextAt: current.createdAt };
    }
  }
  const createdAt = edits.findLast(({ type, at }) => type === 'job.created' && at.getTime() <= atMs)?.at ?? null;
  const config = told === null ? current : configOf(told, current, createdAt);
  if (config === null) return { kind: 'absent', wasDeleted: true, nextAt: null };
  return { kind: 'there', config, isPaused: wasPaused(audit, current, atMs) };
}

const EDITS: ReadonlySet<string> = new Set(['job.created', 'job.updated', 'job.deleted']);
const PAUSES: ReadonlySet<string> = new Set(['job.paused', 'job.resumed']);

function wasPaused(audit: readonly DatedEvent[], current: JobConfig | null, atMs: number): boolean {
  const last = audit.findLast(({ type, at }) => PAUSES.has(type) && at.getTime() <= atMs);
  if (last?.type === 'job.paused') {
    const until = last.detail?.['until'];
    return typeof until !== 'string' || Date.parse(until) > atMs;
  }
  const since = current?.pausedAt?.getTime() ?? Number.POSITIVE_INFINITY;
  return current !== null && since <= atMs && isPaused(current, atMs);
}

/** The audit trail has a configuration's own property names, and instants as texts. */
function configOf(told: JsonObject, current: JobConfig | null, createdAt: Date | null): JobConfig {
  const anchor = createdAt ?? current?.createdAt ?? new Date(0);
  const row = {
    id: current?.id ?? '',
    createdAt: current?.createdAt ?? anchor,
    updatedAt: anchor,
    lastRunAt: null,
    lastSuccessAt: null,
    pausedAt: null,
    pausedUntil: null,
    pauseReason: null,
    revision: 0,
  };
  const spec = told as unknown as JobSpec;
  return {
    ...DEFAULT_POLICIES,
    ...row,
    ...spec,
    startAt: dateOf(told['startAt']),
    endAt: dateOf(told['endAt']),
  };
}

function dateOf(value: unknown): Date | null {
  return typeof value === 'string' ? new Date(value) : null;
}

function objectOf(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}
