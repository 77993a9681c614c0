/** Pausing and resuming a job. Owns the rule that a pause ends in the future, if it ends by itself at all. */
import { InvalidInputError, JobNotFoundError } from '../domain/errors.ts';
import { isStorableText } from '../domain/storable-json.ts';
import type { JobAdmin, JobDetail } from './job-admin.ts';
import type { JobPauses } from './ports/job-pauses.ts';

export interface JobPausingDeps {
  readonly pauses: JobPauses;
  readonly jobAdmin: JobAdmin;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export class JobPausing {
  readonly #deps: JobPausingDeps;

  constructor(deps: JobPausingDeps) {
    this.#deps = deps;
  }

  /** @throws JobNotFoundError, InvalidInputError */
  async pause(jobId: string, order: { actor: string; reason?: string; until?: Date }): Promise<JobDetail> {
    const { pauses, jobAdmin, now } = this.#deps;
    const { actor, reason = null, until = null } = order;
    if (until !== null && until.getTime() <= now()) {
      const message = `Must lie in the future; it is ${new Date(now()).toISOString()} now.`;
      throw new InvalidInputError(message, [{ path: 'until', message }]);
    }
    const paused = isStorableText(jobId) ? await pauses.pause({ jobId, actor, reason, until }) : null;
    if (paused === null) throw new JobNotFoundError(jobId);
    return await jobAdmin.get(jobId);
  }

  /** @throws JobNotFoundError */
  async resume(jobId: string, { actor, catchUp = false }: { actor: string; catchUp?: boolean }): Promise<JobDetail> {
    const { pauses, jobAdmin } = this.#deps;
    const resumed = isStorableText(jobId) ? await pauses.resume({ jobId, actor, catchUp }) : null;
    if (resumed === null) throw new JobNotFoundError(jobId);
    return await jobAdmin.get(jobId);
  }
}
