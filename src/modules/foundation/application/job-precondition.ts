/**
 * On the strength of which reading somebody edits a job. Owns the rules of `If-Match` and `If-None-Match`: nothing is
 * overwritten that the caller has not seen.
 */
import { CarillonError, RevisionConflictError, RevisionRequiredError } from '../domain/errors.ts';
import type { JobConfig } from '../domain/job-config.ts';

export interface EditPrecondition {
  /** The revisions of which one must be current; '*': any, but the job must exist. */
  readonly ifMatch?: '*' | readonly number[];
  /** Only if there is no such job. */
  readonly ifNoneMatch?: boolean;
}

/** The job must exist and does not, or must not exist and does. */
export class JobPreconditionError extends CarillonError {
  readonly code = 'REVISION_CONFLICT';
}

/**
 * @returns what the row's revision must still be when it is written; null: there must be no row
 * @throws RevisionConflictError, JobPreconditionError; RevisionRequiredError where a job exists and nothing was said of it
 */
export function requireForPut(jobId: string, stored: JobConfig | null, precondition: EditPrecondition): number | null {
  if (stored === null) {
    if (precondition.ifMatch === undefined) return null;
    throw new JobPreconditionError(`There is no job '${jobId}' to overwrite. Leave out 'If-Match' to create it.`);
  }
  if (precondition.ifNoneMatch === true) {
    throw new JobPreconditionError(`Job '${jobId}' exists, at revision ${stored.revision}: it was not created.`);
  }
  if (precondition.ifMatch === undefined) throw new RevisionRequiredError(jobId);
  return requireMatch(stored, precondition.ifMatch);
}

/** @throws RevisionConflictError unless the current revision is among those */
export function requireMatch(stored: JobConfig, ifMatch: '*' | readonly number[]): number {
  if (ifMatch === '*' || ifMatch.includes(stored.revision)) return stored.revision;
  throw new RevisionConflictError(stored.jobId, stored.revision);
}
