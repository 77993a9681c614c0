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

/** Never throws. */
export function resolveJob(config: JobConfig, registry: MergedJobRegistry): Resolution {
  const handler = registry.get(handlerOf(config));
  if (handler === undefined) return { kind: 'unresolved', handler: handlerOf(config) };
  try {
    return { kind: 'armed', job: { config, schedule: scheduleOf(config), handler, isPersisted: true } };
  } catch (error) {
    return { kind: 'invalid', reason: describeError(error).message };
  }
}
