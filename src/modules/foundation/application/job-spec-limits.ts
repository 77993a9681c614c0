/**
 * How large and how long the parts of a job's configuration may be. Owns the numbers: the API's contracts and the check
 * before saving both read them here.
 */
import type { JobSpec } from '../domain/job-config.ts';

/**
 * 1 to 200 ASCII letters, digits, `.`, `_`, `:` and `-`, a letter or digit first. ASCII, because a job id travels in HTTP
 * headers; without `@` and `/`, which part it from an instant in an idempotency key and from the rest of a path.
 */
export const JOB_ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}$/;

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** A year. */
const MAX_MS = 365 * 86_400_000;

export const NUMERIC_POLICIES = [
  'misfireGraceMs',
  'catchUpLimit',
  'maxConcurrentRuns',
  'maxAttempts',
  'retryBackoffMs',
  'retryBackoffMax',
  'timeoutMs',
  'jitterMs',
] as const satisfies readonly (keyof JobSpec)[];
export type NumericPolicy = (typeof NUMERIC_POLICIES)[number];

export const POLICY_RANGES: Readonly<Record<NumericPolicy, Range>> = {
  misfireGraceMs: { min: 0, max: MAX_MS },
  catchUpLimit: { min: 0, max: 10_000 },
  maxConcurrentRuns: { min: 1, max: 100_000 },
  maxAttempts: { min: 1, max: 100 },
  retryBackoffMs: { min: 0, max: MAX_MS },
  retryBackoffMax: { min: 0, max: MAX_MS },
  timeoutMs: { min: 1, max: MAX_MS },
  jitterMs: { min: 0, max: 86_400_000 },
};

export const TEXT_LENGTHS = {
  jobName: { min: 1, max: 200 },
  cronExpression: { min: 1, max: 256 },
  timezone: { min: 1, max: 64 },
  notes: { min: 0, max: 4_000 },
  tag: { min: 1, max: 50 },
  reason: { min: 0, max: 1_000 },
} as const satisfies Record<string, Range>;

export const MAX_TAGS = 20;
