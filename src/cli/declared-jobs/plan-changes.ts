/**
 * A file of declared jobs against a service: what would change, and what the service would refuse, before anything is
 * changed. Asks and writes nothing.
 */
import { jobPageSchema } from '../../modules/foundation/interface/http/contracts/job.ts';
import { registryPageSchema } from '../../modules/foundation/interface/http/contracts/registry.ts';
import { handlerOf } from '../../modules/foundation/domain/job-config.ts';
import type { JobJson } from '../connection/answers.ts';
import { type Api, bodyOf } from '../connection/api.ts';
import { readPages } from '../connection/pages.ts';
import type { WatchedWork } from '../connection/watched-work.ts';
import { checkDeclared } from './check-declared.ts';
import { compareJob, type JobChange, removalOf } from './compare-jobs.ts';
import type { DeclaredJob, FileFault, JobsFile } from './read-jobs-file.ts';

export interface PlanOptions {
  /** Whether jobs that the file does not declare are removed. */
  readonly prunes: boolean;
  readonly writesSecrets: boolean;
  readonly work: WatchedWork;
}

export interface Plan {
  /** None where there is a fault. */
  readonly changes: readonly JobChange[];
  /** Of the file itself, and what the service says of it, by line. */
  readonly faults: readonly FileFault[];
}

/** @throws CommandFault where the service cannot be asked, or it is cut off */
export async function planChanges(api: Api, file: JobsFile, options: PlanOptions): Promise<Plan> {
  const checked = await checkDeclared(api, file, options.work);
  const faults = [...file.faults, ...checked.faults].toSorted((a, b) => a.line - b.line);
  if (faults.length > 0) return { changes: [], faults };
  const current = await readJobs(api);
  const changes = file.jobs.map((job) => {
    const { dialect, timezone } = checked.settled.get(job.index)!;
    return compareJob(job, current.get(job.jobId) ?? null, { dialect, timezone }, options);
  });
  const declared = new Set(file.jobs.map(({ jobId }) => jobId));
  const removed = options.prunes ? [...current.values()].filter(({ jobId }) => !declared.has(jobId)) : [];
  return { changes: [...changes, ...removed.map(removalOf)], faults: [] };
}

export async function readJobs({ routes }: Api): Promise<Map<string, JobJson>> {
  const page = await readPages({ limit: 500, all: true }, (at) =>
    bodyOf(jobPageSchema, routes.admin.jobs.$get({ query: at })),
  );
  return new Map(page.items.map((job) => [job.jobId, job]));
}

export async function readHandlers({ routes }: Api): Promise<Set<string>> {
  const { items } = await bodyOf(registryPageSchema, routes.admin.registry.$get());
  return new Set(items.map(({ id }) => id));
}

/** The function that a declaration means. */
export function handlerNamed(jobId: string, { handler }: DeclaredJob['fields']): string {
  return handlerOf({ jobId, handler: typeof handler === 'string' ? handler : null });
}
