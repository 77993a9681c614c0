/**
 * Removing a job. Invariant: nothing is removed that the caller, who names a revision, has not seen; what runs goes on, and
 * is recorded as ever.
 */
import { JobNotFoundError, RevisionConflictError } from '../domain/errors.ts';
import { isStorableText } from '../domain/storable-json.ts';
import { type EditPrecondition, requireMatch } from './job-precondition.ts';
import type { JobConfigRepository } from './ports/job-config-repository.ts';
import type { JobRemovals } from './ports/job-removals.ts';

export interface JobRemovalDeps {
  readonly configs: JobConfigRepository;
  readonly removals: JobRemovals;
}

export class JobRemoval {
  readonly #deps: JobRemovalDeps;

  constructor(deps: JobRemovalDeps) {
    this.#deps = deps;
  }

  /** @throws JobNotFoundError, RevisionConflictError */
  async remove(
    jobId: string,
    { actor, precondition }: { actor: string; precondition: EditPrecondition },
  ): Promise<void> {
    const { configs, removals } = this.#deps;
    const stored = isStorableText(jobId) ? await configs.getByJobId(jobId) : null;
    if (stored === null) throw new JobNotFoundError(jobId);
    const { ifMatch } = precondition;
    const ifRevision = ifMatch === undefined ? undefined : requireMatch(stored, ifMatch);
    const condition = ifRevision === undefined || ifMatch === '*' ? {} : { ifRevision };
    if (await removals.remove({ jobId, actor, ...condition })) return;
    const current = await configs.getByJobId(jobId);
    if (current === null) throw new JobNotFoundError(jobId);
    throw new RevisionConflictError(jobId, current.revision);
  }
}
