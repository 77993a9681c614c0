/**
 * APScheduler 3's rules for late and overlapping runs, as policies.
 *
 * Invariant: what a job leaves out has APScheduler's own default; where that is not known here, a warning says so.
 */
import type { MisfirePolicy, OverlapPolicy } from '../job-config.ts';
import { ImportFault, type ImportWarning } from './import-fault.ts';

export interface ImportedPolicies {
  readonly misfirePolicy: MisfirePolicy;
  readonly misfireGraceMs: number | null;
  readonly overlapPolicy: OverlapPolicy;
  readonly enabled: boolean;
  readonly warnings: readonly ImportWarning[];
}

const LONGEST_GRACE_MS = 365 * 86_400_000;

function readGrace(job: Readonly<Record<string, unknown>>): {
  misfireGraceMs: number | null;
  warnings: ImportWarning[];
} {
  const grace = job['misfire_grace_time'];
  if (grace === undefined) {
    const message = "misfire_grace_time is not stated: the default here is a day, APScheduler's own is 1 second.";
    return { misfireGraceMs: null, warnings: [{ code: 'GRACE_NOT_STATED', message }] };
  }
  if (grace !== null && !(typeof grace === 'number' && grace > 0)) {
    throw new ImportFault('misfire_grace_time is a number of seconds above 0, or null', {
      field: 'misfire_grace_time',
    });
  }
  const graceMs = grace === null ? Infinity : Math.round(grace * 1000);
  if (graceMs <= LONGEST_GRACE_MS) return { misfireGraceMs: graceMs, warnings: [] };
  const stated = grace === null ? 'without a limit' : `${grace} s`;
  const message = `misfire_grace_time is ${stated}, and 365 days here: a run that is later than that is skipped.`;
  return { misfireGraceMs: LONGEST_GRACE_MS, warnings: [{ code: 'GRACE_CAPPED', message }] };
}

function readInstances(instances: unknown): { overlapPolicy: OverlapPolicy; warnings: ImportWarning[] } {
  if (instances === undefined || instances === null || instances === 1) return { overlapPolicy: 'skip', warnings: [] };
  if (typeof instances !== 'number' || !Number.isInteger(instances) || instances < 1) {
    throw new ImportFault('max_instances is a whole number from 1', { field: 'max_instances' });
  }
  const message = `max_instances was ${instances}: overlapping runs are allowed here, without a limit.`;
  return { overlapPolicy: 'allow', warnings: [{ code: 'INSTANCES_UNLIMITED', message }] };
}

function readCoalesce(coalesce: unknown): MisfirePolicy {
  if (coalesce === undefined || coalesce === null || coalesce === true) return 'once';
  if (coalesce === false) return 'all';
  throw new ImportFault('coalesce is true or false', { field: 'coalesce' });
}

/**
 * Reads the policies of a job: `coalesce` true is `once`, false is `all`; seconds of `misfire_grace_time` become
 * milliseconds; one instance is `skip`, more are `allow`; a `next_run_time` of null is a paused job.
 * @throws {ImportFault} for a value that APScheduler would not have taken
 */
export function readPolicies(job: Readonly<Record<string, unknown>>): ImportedPolicies {
  const { misfireGraceMs, warnings: graceWarnings } = readGrace(job);
  const { overlapPolicy, warnings: overlapWarnings } = readInstances(job['max_instances']);
  const enabled = job['next_run_time'] !== null;
  const message = 'It was paused (next_run_time is null), and is disabled here.';
  return {
    misfirePolicy: readCoalesce(job['coalesce']),
    misfireGraceMs,
    overlapPolicy,
    enabled,
    warnings: [...graceWarnings, ...overlapWarnings, ...(enabled ? [] : [{ code: 'PAUSED', message } as const])],
  };
}
