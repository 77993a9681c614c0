/**
 * Jobs of APScheduler 3, exported as JSON, as specifications of jobs.
 *
 * Invariant: every job of the export ends as one row or one fault, in order; what of a row could not be carried over is a
 * named warning on it.
 */
import { closestName } from '../closest-name.ts';
import { DEFAULT_POLICIES, type JobSpec } from '../job-config.ts';
import { isStorableText } from '../storable-json.ts';
import { readFunction } from './apscheduler-function.ts';
import { readPolicies } from './apscheduler-policies.ts';
import { readTrigger, TRIGGER_ARGUMENTS } from './apscheduler-trigger.ts';
import { readTriggerText, type TriggerArguments, type TriggerKind } from './apscheduler-trigger-text.ts';
import { ImportFault, type ImportFaultDetail, type ImportWarning } from './import-fault.ts';
import { isUsableJobId, nameOf, shortHash, slugOf } from './imported-job-id.ts';
import { readPythonDate } from './python-date.ts';

export interface ApschedulerRow {
  readonly kind: 'row';
  /** 0-based place in the export. */
  readonly index: number;
  readonly job: JobSpec;
  /** `package.module:function`; null where the export has none. */
  readonly func: string | null;
  /** Positional arguments, which `job` cannot hold. */
  readonly args: readonly unknown[];
  readonly warnings: readonly ImportWarning[];
}

export interface ApschedulerFault extends ImportFaultDetail {
  readonly kind: 'fault';
  readonly index: number;
  readonly id: string | null;
  readonly message: string;
}

export interface ApschedulerOptions {
  /** The scheduler's zone, for triggers that name none. Without it such a cron trigger is a fault. */
  readonly timezone?: string;
}

export interface ApschedulerReading {
  readonly rows: readonly ApschedulerRow[];
  readonly faults: readonly ApschedulerFault[];
}

type Exported = Readonly<Record<string, unknown>>;

/** What APScheduler or its extensions export of a job. */
const MEMBERS: ReadonlySet<string> = new Set([
  ...['id', 'name', 'func', 'args', 'kwargs', 'trigger', 'misfire_grace_time', 'coalesce', 'max_instances'],
  ...['next_run_time', 'executor', 'jobstore', 'version', 'pending', 'replace_existing', 'timezone'],
]);

function isObject(value: unknown): value is Exported {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isKind(value: unknown): value is TriggerKind {
  return typeof value === 'string' && Object.hasOwn(TRIGGER_ARGUMENTS, value);
}

/** A trigger in any of its three spellings: printed, an object, or its kind with the arguments beside it. */
function triggerOf(job: Exported): TriggerArguments {
  const { trigger } = job;
  if (isKind(trigger)) {
    const beside = Object.entries(job).filter(([name]) => isTriggerArgument(name, trigger));
    return { kind: trigger, args: Object.fromEntries(beside) };
  }
  if (typeof trigger === 'string') return readTriggerText(trigger);
  if (isObject(trigger) && isKind(trigger['trigger'])) {
    const { trigger: kind, ...args } = trigger;
    return { kind, args };
  }
  const isPickled = isObject(trigger) && '__apscheduler_class__' in trigger;
  const hint = isPickled
    ? 'export_jobs() pickles what this needs: write str(job.trigger) or repr(job.trigger) instead'
    : 'say cron[…], interval[…], date[…], or {"trigger": "cron", …}';
  throw new ImportFault('the trigger cannot be read', { field: 'trigger', hint });
}

/** A misspelt argument counts as one, and is refused later: dropped, the job would run at other times. */
function isTriggerArgument(name: string, kind: TriggerKind): boolean {
  const known: readonly string[] = TRIGGER_ARGUMENTS[kind];
  if (known.includes(name)) return true;
  return !MEMBERS.has(name) && closestName(name, known) !== null;
}

function ignoredMembers(job: Exported): ImportWarning[] {
  const ownArguments = isKind(job['trigger']) ? (TRIGGER_ARGUMENTS[job['trigger']] as readonly string[]) : [];
  const isDefault = (name: string): boolean => job[name] === null || job[name] === 'default';
  const ignored = Object.keys(job).filter((name) => {
    if (name === 'executor' || name === 'jobstore') return !isDefault(name);
    return !MEMBERS.has(name) && !ownArguments.includes(name);
  });
  return ignored.map((name) => ({ code: 'FIELD_IGNORED', message: `'${name}' has no counterpart and is left out.` }));
}

/** `next_run_time` has the offset that a printed date leaves out; it is used where both show the same wall time. */
function withOffset({ kind, args }: TriggerArguments, nextRunTime: unknown): TriggerArguments {
  if (kind !== 'date' || typeof args['run_date'] !== 'string' || typeof nextRunTime !== 'string') return { kind, args };
  const [run, next] = [readPythonDate(args['run_date']), readPythonDate(nextRunTime)];
  const isSame = run?.offset === null && next !== null && next.offset !== null && next.wall.startsWith(run.wall);
  return isSame ? { kind, args: { ...args, run_date: nextRunTime } } : { kind, args };
}

function readId(job: Exported): { jobId: string; warnings: ImportWarning[] } {
  const { id } = job;
  if (typeof id !== 'string' || id === '' || !isStorableText(id)) {
    throw new ImportFault('a job has an id, a text', { field: 'id' });
  }
  if (isUsableJobId(id)) return { jobId: id, warnings: [] };
  const jobId = `${slugOf(id)}-${shortHash(id)}`;
  const message = `'${id}' is not an id that HTTP headers can carry; the job is '${jobId}' here.`;
  return { jobId, warnings: [{ code: 'JOB_ID_CHANGED', message }] };
}

function readJob(job: Exported, index: number, fallback: string | null): ApschedulerRow {
  const { jobId, warnings: idWarnings } = readId(job);
  const zone = typeof job['timezone'] === 'string' ? job['timezone'] : null;
  const trigger = withOffset(triggerOf(job), job['next_run_time']);
  const args = zone === null ? trigger.args : { timezone: zone, ...trigger.args };
  const { warnings: timeWarnings, ...schedule } = readTrigger({ ...trigger, args }, fallback);
  const { warnings: policyWarnings, ...policies } = readPolicies(job);
  const { warnings: functionWarnings, func, args: positional, ...called } = readFunction(job);
  const name = typeof job['name'] === 'string' && isStorableText(job['name']) ? nameOf(job['name']) : '';
  return {
    kind: 'row',
    index,
    job: {
      ...DEFAULT_POLICIES,
      jobId,
      jobName: name || jobId,
      dialect: 'apscheduler',
      ...schedule,
      ...policies,
      ...called,
    },
    func,
    args: positional,
    warnings: [...idWarnings, ...timeWarnings, ...policyWarnings, ...functionWarnings, ...ignoredMembers(job)],
  };
}

function readOne(job: unknown, index: number, fallback: string | null): ApschedulerRow | ApschedulerFault {
  const id = isObject(job) && typeof job['id'] === 'string' ? job['id'] : null;
  try {
    if (!isObject(job)) throw new ImportFault('a job is a JSON object', { field: '' });
    return readJob(job, index, fallback);
  } catch (error) {
    if (!(error instanceof ImportFault)) throw error;
    return { kind: 'fault', index, id, message: error.message, ...error.detail };
  }
}

/** The first of equal ids stays. */
function refuseRepeated(read: readonly (ApschedulerRow | ApschedulerFault)[]): (ApschedulerRow | ApschedulerFault)[] {
  const seen = new Set<string>();
  return read.map((each) => {
    if (each.kind === 'fault') return each;
    const { index, job } = each;
    const isFirst = !seen.has(job.jobId);
    seen.add(job.jobId);
    if (isFirst) return each;
    const message = `an earlier job of this export has the id '${job.jobId}' as well`;
    return { kind: 'fault', index, id: job.jobId, message, field: 'id' };
  });
}

/**
 * Reads job definitions of APScheduler 3 (3.11's `str`, `repr` and constructor arguments; its defaults).
 * @param jobs the export as JSON parses it: a list, or an object with the list as `jobs`
 * @returns a fault of index -1 where it is neither
 */
export function readApschedulerJobs(jobs: unknown, options: ApschedulerOptions = {}): ApschedulerReading {
  const list = isObject(jobs) ? jobs['jobs'] : jobs;
  if (!Array.isArray(list)) {
    const fault = {
      kind: 'fault',
      index: -1,
      id: null,
      field: '',
      message: 'the export is not a list of jobs',
    } as const;
    return { rows: [], faults: [fault] };
  }
  const read = refuseRepeated(list.map((job, index) => readOne(job, index, options.timezone ?? null)));
  return {
    rows: read.filter((each) => each.kind === 'row'),
    faults: read.filter((each) => each.kind === 'fault'),
  };
}
