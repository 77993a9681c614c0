/** The modules of this service, one line each, merged into one registry. A job id that two modules register is an error. */
import type { HistoryPruner } from '../modules/foundation/application/ports/history-pruner.ts';
import { DuplicateJobError, InvalidInputError } from '../modules/foundation/domain/errors.ts';
import {
  type JobRegistry,
  type MergedJobRegistry,
  type RegisteredJob,
  toRegisteredJob,
} from '../modules/foundation/domain/job-definition.ts';
import { createJobRegistry as createHttpRegistry } from '../modules/http/application/job-registry.ts';
import type { AddressResolver } from '../modules/http/application/ports/address-resolver.ts';
import type { HttpTransport } from '../modules/http/application/ports/http-transport.ts';
import { createJobRegistry as createMaintenanceRegistry } from '../modules/maintenance/application/job-registry.ts';
import { checkModules } from './check-modules.ts';
import type { Settings } from './settings.ts';

/** What modules may be given. */
export interface ModuleDependencies {
  readonly settings: Pick<Settings, 'httpAllowPrivateAddresses' | 'historyRetentionMs'>;
  readonly pruner: HistoryPruner;
  /** Milliseconds since 1970, by the database's clock. */
  readonly now: () => number;
  readonly egress: Egress;
}

/** How requests leave this runtime; a resolver of null: it resolves names itself. */
export interface Egress {
  readonly transport: HttpTransport;
  readonly resolver: AddressResolver | null;
}

/** One line a module. */
export function moduleRegistries({ settings, pruner, now, egress }: ModuleDependencies): ModuleRegistries {
  return {
    http: createHttpRegistry({ ...egress, allowPrivateAddresses: settings.httpAllowPrivateAddresses }),
    maintenance: createMaintenanceRegistry({ pruner, now, defaultOlderThanMs: settings.historyRetentionMs }),
  };
}

/** Module name → what its `application/job-registry.ts` gives. */
export type ModuleRegistries = Readonly<Record<string, JobRegistry>>;

/** A host's modules beside the service's own. @throws InvalidInputError where one has the name of the service's own */
export function besideOwn(modules: ModuleRegistries, own: ModuleRegistries): ModuleRegistries {
  const faults = Object.keys(modules)
    .filter((name) => Object.hasOwn(own, name))
    .map((name) => ({ path: `modules.${name}`, message: "is the name of one of the service's own modules" }));
  if (faults.length === 0) return { ...modules, ...own };
  const told = faults.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new InvalidInputError(`The modules cannot be used: ${told}. Name it otherwise.`, faults);
}

/** @throws InvalidInputError naming what is no registry or no function; DuplicateJobError naming both modules */
export function mergeRegistries(registries: ModuleRegistries): MergedJobRegistry {
  checkModules(registries);
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
