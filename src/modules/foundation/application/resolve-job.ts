/**
 * A configuration meets the registry: either it can be scheduled, or it is said why not. One bad row never touches another.
 */
import { handlerOf, type JobConfig } from '../domain/job-config.ts';
import type { MergedJobRegistry, RegisteredJob } from '../domain/job-definition.ts';
import { readJobRow } from '../domain/read-job-row.ts';
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
  const { schedule, reason } = readJobRow(config);
  if (schedule === null) return { kind: 'invalid', reason };
  return { kind: 'armed', job: { config, schedule, handler, isPersisted: true } };
}
