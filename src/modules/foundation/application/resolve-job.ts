/**
 * A configuration meets the registry: either it can be scheduled, or it is said why not. One bad row never touches another.
 */
import { type ArmableConfig, handlerOf } from '../domain/job-config.ts';
import type { MergedJobRegistry } from '../domain/job-definition.ts';
import { readJobRow } from '../domain/read-job-row.ts';
import type { JobTerms } from '../domain/job-terms.ts';
import { ArmedJob } from './armed-job.ts';

export type Resolution =
  | { readonly kind: 'armed'; readonly job: ArmedJob }
  | { readonly kind: 'unresolved'; readonly handler: string }
  | { readonly kind: 'invalid'; readonly reason: string };

/** @param terms those of the configuration, where they are shared. Never throws. */
export function resolveJob(config: ArmableConfig, registry: MergedJobRegistry, terms?: JobTerms): Resolution {
  const handler = registry.get(handlerOf(config));
  if (handler === undefined) return { kind: 'unresolved', handler: handlerOf(config) };
  const { schedule, reason } = readJobRow(config);
  if (schedule === null) return { kind: 'invalid', reason };
  return { kind: 'armed', job: new ArmedJob({ config, terms, schedule, handler, isPersisted: true }) };
}
