/** What is to go wrong with the next runs of a job: they fail, or never end. Wraps the functions of a registry. */
import type { JobFunction, JobRegistry } from '../modules/foundation/domain/job-definition.ts';

type PlannedFault = { readonly kind: 'fails'; readonly error: unknown } | { readonly kind: 'hangs' };

export class PlannedFaults {
  readonly #faults = new Map<string, PlannedFault[]>();

  add(jobId: string, fault: PlannedFault): void {
    this.#faults.set(jobId, [...(this.#faults.get(jobId) ?? []), fault]);
  }

  /** The same registry, whose functions do what was planned. */
  wrap(registry: JobRegistry): JobRegistry {
    return Object.fromEntries(
      Object.entries(registry).map(([id, entry]) => {
        if (typeof entry === 'function') return [id, this.#wrapped(entry)];
        return [id, { ...entry, run: this.#wrapped(entry.run) }];
      }),
    );
  }

  #wrapped<Kwargs>(run: JobFunction<Kwargs>): JobFunction<Kwargs> {
    return async (kwargs, context) => {
      const fault = this.#faults.get(context.jobId)?.shift();
      if (fault?.kind === 'fails') throw fault.error;
      // It ends only where it is given up: by its timeout, by somebody who cancels it, or with its process.
      if (fault?.kind === 'hangs') await new Promise<never>(() => {});
      return await run(kwargs, context);
    };
  }
}
