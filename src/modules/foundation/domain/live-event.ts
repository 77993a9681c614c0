/**
 * What a person who watches sees happen: runs, what they say, and changed jobs. Owns the form in which replicas tell one
 * another. Invariant: an event is small enough for a notification of PostgreSQL, which carries less than 8,000 bytes.
 */
import type { JsonObject } from './json.ts';

export const LIVE_EVENT_TYPES = [
  'run.started',
  'run.progress',
  'run.log',
  'run.finished',
  'runs.changed',
  'job.changed',
] as const;
export type LiveEventType = (typeof LIVE_EVENT_TYPES)[number];

export interface LiveEvent {
  /** Unique, and the same on every replica. */
  readonly id: string;
  readonly type: LiveEventType;
  /** RFC 3339, in UTC. */
  readonly at: string;
  /** null: it is about many. */
  readonly jobId: string | null;
  readonly executionId: string | null;
  readonly data: JsonObject;
}

export const MAX_LIVE_EVENT_BYTES = 7_500;
const ID = /^[\w~-]{1,64}$/;

/** @returns null for what is none: anybody may notify a channel */
export function readLiveEvent(value: unknown): LiveEvent | null {
  if (typeof value !== 'object' || value === null) return null;
  const { id, type, at, jobId, executionId, data } = value as Record<string, unknown>;
  const known = LIVE_EVENT_TYPES.find((one) => one === type);
  if (typeof id !== 'string' || !ID.test(id) || known === undefined || typeof at !== 'string') return null;
  if (!isTextOrNull(jobId) || !isTextOrNull(executionId)) return null;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null;
  return { id, type: known, at, jobId, executionId, data: data as JsonObject };
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}
