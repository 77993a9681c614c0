/**
 * Whether a row can be scheduled. Somebody may have written it by SQL: what the database accepts and a schedule cannot
 * use is found here, once, for whoever fires the job and for whoever shows it.
 */
import { describeError } from './describe-error.ts';
import type { RunnableConfig } from './job-config.ts';
import { scheduleOf } from './next-fire.ts';
import type { Schedule } from './schedule.ts';

export type JobRowReading =
  | { readonly schedule: Schedule; readonly reason: null }
  | { readonly schedule: null; readonly reason: string };

/** PostgreSQL's timestamps may be infinite; a schedule between such instants has no next occurrence, nor none. */
const INSTANTS = ['createdAt', 'startAt', 'endAt', 'pausedUntil'] as const;

/** The row's schedule, or why there is none. Never throws. */
export function readJobRow(config: RunnableConfig): JobRowReading {
  if (!isJsonObject(config.jobKwargs)) return { schedule: null, reason: 'job_kwargs is not a JSON object.' };
  const endless = INSTANTS.find((name) => Number.isNaN(config[name]?.getTime()));
  if (endless !== undefined) return { schedule: null, reason: `'${endless}' is not a date: 'infinity' is no instant.` };
  try {
    return { schedule: scheduleOf(config), reason: null };
  } catch (error) {
    return { schedule: null, reason: describeError(error).message };
  }
}

export function isJsonObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
