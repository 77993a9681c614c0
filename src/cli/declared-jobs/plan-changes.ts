/**
 * A file of declared jobs against a service: what would change, and what the service would refuse, before anything is
 * changed. Asks and writes nothing.
 */
import { closestName } from '../../modules/foundation/domain/closest-name.ts';
import { handlerOf } from '../../modules/foundation/domain/job-config.ts';
import type { ProblemJson } from '../../modules/foundation/interface/http/contracts/problem.ts';
import { CommandFault } from '../command-fault.ts';
import type { JobJson } from '../connection/answers.ts';
import { type Api, bodyOf } from '../connection/api.ts';
import { readPages } from '../connection/pages.ts';
import { compareJob, type JobChange, removalOf } from './compare-jobs.ts';
import type { DeclaredJob, FileFault, JobsFile } from './read-jobs-file.ts';

export interface PlanOptions {
  /** Whether jobs that the file does not declare are removed. */
  readonly prunes: boolean;
  readonly writesSecrets: boolean;
}

export interface Plan {
  readonly changes: readonly JobChange[];
  readonly faults: readonly FileFault[];
}

/** How many schedules are asked about at once. */
const AT_ONCE = 8;

export async function planChanges(api: Api, file: JobsFile, options: PlanOptions): Promise<Plan> {
  const [current, handlers] = await Promise.all([readJobs(api), readHandlers(api)]);
  const changes: JobChange[] = [];
  const faults: FileFault[] = [];
  for (let at = 0; at < file.jobs.length; at += AT_ONCE) {
    const asked = file.jobs.slice(at, at + AT_ONCE).map(async (declared) => {
      const missing = missingHandler(declared, handlers);
      if (missing !== null) faults.push(file.faultAt(declared.index, missing));
      const settled = await settle(api, declared);
      if ('faults' in settled) faults.push(...settled.faults.map((fault) => file.faultAt(declared.index, fault)));
      else changes.push(compareJob(declared, current.get(declared.jobId) ?? null, settled, options));
    });
    await Promise.all(asked);
  }
  const declared = new Set(file.jobs.map(({ jobId }) => jobId));
  const removed = options.prunes ? [...current.values()].filter(({ jobId }) => !declared.has(jobId)) : [];
  const order = new Map(file.jobs.map(({ jobId, index }) => [jobId, index]));
  changes.sort((a, b) => order.get(a.jobId)! - order.get(b.jobId)!);
  return { changes: [...changes, ...removed.map(removalOf)], faults: faults.toSorted((a, b) => a.line - b.line) };
}

export async function readJobs({ routes }: Api): Promise<Map<string, JobJson>> {
  const page = await readPages({ limit: 500, all: true }, (at) => bodyOf(routes.admin.jobs.$get({ query: at })));
  return new Map(page.items.map((job) => [job.jobId, job]));
}

export async function readHandlers({ routes }: Api): Promise<Set<string>> {
  const { items } = await bodyOf(routes.admin.registry.$get());
  return new Set(items.map(({ id }) => id));
}

/** The function that a declaration means. */
export function handlerNamed(jobId: string, { handler }: DeclaredJob['fields']): string {
  return handlerOf({ jobId, handler: typeof handler === 'string' ? handler : null });
}

interface FieldFault {
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
}

function missingHandler({ jobId, fields }: DeclaredJob, handlers: ReadonlySet<string>): FieldFault | null {
  const handler = handlerNamed(jobId, fields);
  if (handlers.has(handler)) return null;
  const near = closestName(handler, handlers);
  const hint = near === null ? `Registered are: ${[...handlers].join(', ')}.` : `Did you mean '${near}'?`;
  return { path: 'handler', message: `No module registers a job function '${handler}'.`, hint };
}

type Settled = { readonly dialect: string; readonly timezone: string } | { readonly faults: readonly FieldFault[] };

/** How the service reads the schedule. */
async function settle({ routes }: Api, { jobId, fields }: DeclaredJob): Promise<Settled> {
  const { cronExpression, timezone, dialect, dstGap, dstOverlap } = fields;
  const json = { cronExpression, timezone, dialect, dstGap, dstOverlap, jobId, count: 1 } as { cronExpression: string };
  try {
    const found = await bodyOf(routes.admin.schedules.preview.$post({ json }));
    return { dialect: found.dialect, timezone: found.timezone };
  } catch (error) {
    const problem = error instanceof CommandFault ? (error.problem as ProblemJson | null) : null;
    if (problem?.errors === undefined) throw error;
    return { faults: problem.errors };
  }
}
