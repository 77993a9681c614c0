/**
 * A configuration meets the registry: either it can be scheduled, or it is said why not. One bad row never touches another.
 */
import { describeError } from '../domain/describe-error.ts';
import { handlerOf, type JobConfig } from '../domain/job-config.ts';
import type { MergedJobRegistry, RegisteredJob } from '../domain/job-definition.ts';
import { scheduleOf } from '../domain/next-fire.ts';
import type { Schedule } from '../domain/schedule.ts';

export interface ArmedJob {
  readonly config: JobConfig;
  readonly schedule: Schedule;
  readonly handler: RegisteredJob;
  /** False: registered by hand in this process, with no row and no cursor. */
  readonly isPersisted: boolean;
}

export type Resolution =
  | { readonly kind: 'armed'; readonly job: ArmedJob }
  | { readonly kind: 'unresolved'; readonly handler: string }
  | { readonly kind: 'invalid'; readonly reason: string };

/** PostgreSQL's timestamps may be infinite; a schedule between such instants has no next occurrence, nor none. */
const INSTANTS = ['createdAt', 'startAt', 'endAt', 'pausedUntil'] as const;

/** Never throws. */
export function resolveJob(config: JobConfig, registry: MergedJobRegistry): Resolution {
  const handler = registry.get(handlerOf(config));
  if (handler === undefined) return { kind: 'unresolved', handler: handlerOf(config) };
  const endless = INSTANTS.find((name) => Number.isNaN(config[name]?.getTime()));
  if (endless !== undefined)
    return { kind: 'invalid', reason: `'${endless}' is not a date: 'infinity' is no instant.` };
  try {
    return { kind: 'armed', job: { config, schedule: scheduleOf(config), handler, isPersisted: true } };
  } catch (error) {
    return { kind: 'invalid', reason: describeError(error).message };
  }
}
