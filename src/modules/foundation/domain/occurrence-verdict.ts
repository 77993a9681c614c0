/**
 * Why a job ran at an instant, or did not. Pure: the facts were read before.
 *
 * Invariant: what happened comes before what was told, what was told before what can be concluded from the configuration of
 * then, and only what none of these explains is unknown.
 */
import type { DatedEvent, EventType } from './event.ts';
import type { JobConfig } from './job-config.ts';
import type { JobThen } from './job-then.ts';
import { readJobRow } from './read-job-row.ts';
import type { Execution, RunTrigger } from './run.ts';

export const VERDICTS = [
  'ran',
  'failed',
  'running',
  'waiting',
  'misfired',
  'skippedOverlap',
  'paused',
  'disabled',
  'edited',
  'deleted',
  'held',
  'unresolved',
  'invalid',
  'expired',
  'notScheduled',
  'notYet',
  'beforeCreation',
  'unknown',
] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface OccurrenceFacts {
  /** Milliseconds since 1970, as all below. */
  readonly atMs: number;
  readonly nowMs: number;
  readonly past: JobThen;
  readonly current: JobConfig | null;
  /** All attempts, the first one first. */
  readonly executions: readonly Execution[];
  readonly pending: { readonly trigger: RunTrigger; readonly reason: string | null; readonly attempt: number } | null;
  /** Those that speak of this instant, newest first. */
  readonly events: readonly DatedEvent[];
  /** What the cursor says now; null: it is not armed, or exhausted. */
  readonly nextFireAt: Date | null;
  /** When the oldest event that is still kept was recorded; null: none is. */
  readonly oldestKeptAt: Date | null;
  /** Whether this process has the job's function. */
  readonly isRegistered: boolean;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** Whether the job has, or had, an occurrence at this instant. */
  readonly isOccurrence: boolean;
  /** The event that says so; null: it follows from the rest. */
  readonly event: DatedEvent | null;
}

/** An unarmed cursor, or one that was just due, is somebody's to take care of within this time. */
const SOON_MS = 60_000;

export function judgeOccurrence(facts: OccurrenceFacts): Judgement {
  const { executions, pending, past, atMs } = facts;
  const last = executions.at(-1);
  if (last !== undefined) return found(RAN[last.status]);
  if (pending !== null) return found('waiting');
  const fires = past.kind === 'there' && firesAt(past.config, atMs);
  const told = facts.events.find((event) => explains(event) && (fires || event.scheduledAt?.getTime() === atMs));
  if (told !== undefined) return { verdict: verdictOf(told), isOccurrence: true, event: told };
  const verdict = conclude(facts, fires);
  return { verdict, isOccurrence: fires, event: facts.events.find(({ type }) => type === ENDLESS[verdict]) ?? null };
}

const RAN = { SUCCESS: 'ran', FAILED: 'failed', RUNNING: 'running' } as const;

function found(verdict: Verdict): Judgement {
  return { verdict, isOccurrence: true, event: null };
}

function explains({ type }: DatedEvent): boolean {
  return type.startsWith('occurrence.') || type === 'job.unresolved' || type === 'run.dropped';
}

/** Told once, of all instants from theirs on: they say why only while the configuration of then says so too. */
const ENDLESS: Readonly<Partial<Record<Verdict, EventType>>> = { invalid: 'job.invalid', expired: 'job.expired' };

export function isEndless({ type }: DatedEvent): boolean {
  return type === ENDLESS.invalid || type === ENDLESS.expired;
}

const CAUSES: Readonly<Record<string, Verdict>> = {
  overlap: 'skippedOverlap',
  limit: 'skippedOverlap',
  paused: 'paused',
  disabled: 'disabled',
  edited: 'edited',
  deleted: 'deleted',
  outage: 'held',
  held: 'held',
  unresolved: 'unresolved',
  invalid: 'invalid',
  expired: 'expired',
};

function verdictOf({ detail }: DatedEvent): Verdict {
  const cause = detail?.['cause'];
  return (typeof cause === 'string' ? CAUSES[cause] : undefined) ?? 'misfired';
}

function conclude(facts: OccurrenceFacts, fires: boolean): Verdict {
  const { past, current, atMs, nowMs } = facts;
  if (past.kind === 'absent') return past.wasDeleted ? 'deleted' : 'beforeCreation';
  const { schedule } = readJobRow(past.config);
  if (schedule === null) return 'invalid';
  if (!fires) {
    const hasEnded = past.config.endAt !== null && past.config.endAt.getTime() < atMs;
    if (hasEnded && schedule.matches(atMs)) return 'expired';
    return current !== null && atMs <= nowMs && firesAt(current, atMs) ? 'edited' : 'notScheduled';
  }
  if (!past.config.enabled) return 'disabled';
  if (past.isPaused) return 'paused';
  return atMs > nowMs ? 'notYet' : concludeDue(facts);
}

/** It was due, and nothing is recorded: either somebody has still to take care of it, or what was recorded is gone. */
function concludeDue({ atMs, nowMs, current, nextFireAt, isRegistered }: OccurrenceFacts): Verdict {
  if (current === null || !current.enabled) return 'unknown';
  const isUntouched = nextFireAt === null ? current.updatedAt.getTime() <= atMs : nextFireAt.getTime() <= atMs;
  if (isUntouched && !isRegistered) return 'unresolved';
  if (nextFireAt !== null && isUntouched) return 'waiting';
  return nextFireAt === null && nowMs - atMs < SOON_MS ? 'waiting' : 'unknown';
}

/** Whether the schedule has an occurrence there, within the job's start and end. */
export function firesAt(config: JobConfig, atMs: number): boolean {
  const { schedule } = readJobRow(config);
  if (schedule === null || !schedule.matches(atMs)) return false;
  const isBefore = config.startAt !== null && atMs < config.startAt.getTime();
  return !isBefore && (config.endAt === null || atMs <= config.endAt.getTime());
}
