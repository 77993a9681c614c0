/**
 * The check before a job is saved. Owns the invariant that what the API writes can be scheduled and run: a readable
 * schedule in a known zone, a registered function, arguments that fit it, policies within their ranges.
 */
import { closestName } from '../domain/closest-name.ts';
import { describeError } from '../domain/describe-error.ts';
import { InvalidKwargsError } from '../domain/errors.ts';
import { handlerOf, type JobSpec } from '../domain/job-config.ts';
import type { JsonObject, MergedJobRegistry, RegisteredJob } from '../domain/job-definition.ts';
import type { Dialect } from '../domain/schedule.ts';
import { validateKwargs } from './job-kwargs.ts';
import { InvalidJobError, type JobFault, kwargsFaults } from './job-spec-fault.ts';
import { JOB_ID_PATTERN, NUMERIC_POLICIES, POLICY_RANGES } from './job-spec-limits.ts';
import { type ScheduleSetting, settleSchedule } from './job-spec-schedule.ts';

/** A whole specification, but for the dialect, which its text may settle. */
export type SpecDraft = Omit<JobSpec, 'dialect'> & { readonly dialect: Dialect | null };

export interface SpecSetting extends ScheduleSetting {
  readonly registry: MergedJobRegistry;
  /** A row that exists keeps its id, whatever it is: SQL may have written it. */
  readonly isNew: boolean;
  readonly parts: SpecParts;
}

/**
 * What is checked. A patch is not refused for what it leaves alone: a job whose function is gone can still be disabled,
 * and a row that SQL broke can be mended in steps.
 */
export interface SpecParts {
  readonly schedule: boolean;
  readonly function: boolean;
}
export const ALL_PARTS: SpecParts = { schedule: true, function: true };

const SCHEDULE_FIELDS = ['cronExpression', 'dialect', 'timezone', 'dstGap', 'dstOverlap'] as const;
const FUNCTION_FIELDS = ['handler', 'jobKwargs'] as const;

/** Switching a job on checks all of it. */
export function partsTouched(patch: Partial<JobSpec>): SpecParts {
  if (patch.enabled === true) return ALL_PARTS;
  return {
    schedule: SCHEDULE_FIELDS.some((field) => field in patch),
    function: FUNCTION_FIELDS.some((field) => field in patch),
  };
}

/** @throws InvalidJobError naming every fault */
export async function checkSpec(draft: SpecDraft, setting: SpecSetting): Promise<JobSpec> {
  const settled = settle(draft, setting);
  const faults = [
    ...(setting.isNew ? idFaults(draft.jobId) : []),
    ...(settled.faults ?? []),
    ...(setting.parts.function ? await functionFaults(draft, setting.registry) : []),
    ...policyFaults(draft),
  ];
  if (faults.length > 0 || settled.faults !== undefined) throw new InvalidJobError(faults);
  return { ...draft, dialect: settled.dialect };
}

function settle(draft: SpecDraft, setting: SpecSetting): SettledDialect {
  if (draft.dialect !== null && !setting.parts.schedule) return { dialect: draft.dialect };
  return settleSchedule(draft, setting);
}

type SettledDialect = { readonly dialect: Dialect; readonly faults?: never } | { readonly faults: readonly JobFault[] };

/** @throws InvalidJobError where the function is missing or refuses the arguments */
export async function checkKwargs(
  job: Pick<JobSpec, 'jobId' | 'handler' | 'jobKwargs'>,
  registry: MergedJobRegistry,
): Promise<void> {
  const faults = await functionFaults(job, registry);
  if (faults.length > 0) throw new InvalidJobError(faults);
}

async function functionFaults(
  job: Pick<JobSpec, 'jobId' | 'handler' | 'jobKwargs'>,
  registry: MergedJobRegistry,
): Promise<JobFault[]> {
  const handler = registry.get(handlerOf(job));
  return handler === undefined ? [notRegistered(job, registry)] : await argumentFaults(handler, job.jobKwargs);
}

function notRegistered(job: Pick<JobSpec, 'jobId' | 'handler'>, registry: MergedJobRegistry): JobFault {
  const near = closestName(handlerOf(job), registry.keys());
  const elsewhere = "GET /admin/registry lists those that are registered; 'handler' names one of them.";
  return {
    code: 'JOB_NOT_REGISTERED',
    path: job.handler === null ? 'jobId' : 'handler',
    message: `No module registers a job function '${handlerOf(job)}'.`,
    hint: near === null ? elsewhere : `Did you mean '${near}'? ${elsewhere}`,
  };
}

async function argumentFaults(handler: RegisteredJob, jobKwargs: JsonObject): Promise<JobFault[]> {
  try {
    await validateKwargs(handler, jobKwargs);
    return [];
  } catch (error) {
    if (error instanceof InvalidKwargsError) return kwargsFaults(error);
    const message = `The schema of '${handler.id}' could not check them: ${describeError(error).message}`;
    return [{ code: 'KWARGS_INVALID', path: 'jobKwargs', message }];
  }
}

function idFaults(jobId: string): JobFault[] {
  if (JOB_ID_PATTERN.test(jobId)) return [];
  const message =
    'A job id is 1 to 200 ASCII letters, digits, dots, underscores, colons and hyphens, a letter or digit first.';
  return [{ code: 'INVALID_INPUT', path: 'jobId', message }];
}

function policyFaults(draft: SpecDraft): JobFault[] {
  const faults: JobFault[] = [];
  for (const path of NUMERIC_POLICIES) {
    const { min, max } = POLICY_RANGES[path];
    const value = draft[path];
    if (value === null || (Number.isInteger(value) && value >= min && value <= max)) continue;
    faults.push({
      code: 'INVALID_INPUT',
      path,
      message: `Must be a whole number from ${min} to ${max}, and is ${value}.`,
    });
  }
  if (draft.startAt !== null && draft.endAt !== null && draft.endAt < draft.startAt) {
    faults.push({ code: 'INVALID_INPUT', path: 'endAt', message: 'Lies before startAt: the job could never run.' });
  }
  return faults;
}
