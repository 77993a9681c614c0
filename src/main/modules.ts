/** The modules of this service, one line each, merged into one registry. A job id that two modules register is an error. */
import { DuplicateJobError } from '../modules/foundation/domain/errors.ts';
import {
  type JobRegistry,
  type MergedJobRegistry,
  type RegisteredJob,
  toRegisteredJob,
} from '../modules/foundation/domain/job-definition.ts';

/** Module name → what its `application/job-registry.ts` gives. */
export type ModuleRegistries = Readonly<Record<string, JobRegistry>>;

/** @throws DuplicateJobError naming both modules */
export function mergeRegistries(registries: ModuleRegistries): MergedJobRegistry {
  const merged = new Map<string, RegisteredJob>();
  for (const [module, registry] of Object.entries(registries)) {
    for (const [jobId, entry] of Object.entries(registry)) {
      const other = merged.get(jobId);
      if (other !== undefined) throw new DuplicateJobError(jobId, other.module, module);
      merged.set(jobId, toRegisteredJob(jobId, module, entry));
    }
  }
  return merged;
}
