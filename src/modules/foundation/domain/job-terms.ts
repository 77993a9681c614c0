/**
 * The part of a configuration that jobs have in common: of a hundred thousand jobs few differ in it. Invariant: names and
 * arguments, which are a job's own, are no part of it, so that whoever keeps it once for all that are equal mixes up nobody.
 */
import type { JobConfig } from './job-config.ts';

export const TERMS = [
  ...(['dialect', 'timezone', 'handler', 'misfirePolicy', 'misfireGraceMs', 'catchUpLimit'] as const),
  ...(['overlapPolicy', 'maxConcurrentRuns', 'maxAttempts', 'retryBackoffMs', 'retryBackoffMax', 'onLost'] as const),
  ...(['timeoutMs', 'jitterMs', 'outagePolicy', 'startAt', 'endAt', 'dstGap', 'dstOverlap'] as const),
  ...(['pausedAt', 'pausedUntil'] as const),
] as const satisfies readonly (keyof JobConfig)[];

export type JobTerms = Pick<JobConfig, (typeof TERMS)[number]>;

export function termsOf(config: JobTerms): JobTerms {
  return Object.fromEntries(TERMS.map((name) => [name, config[name]])) as unknown as JobTerms;
}
