/**
 * Jobs registered by hand: they have no row and no cursor, and fire in this process, once an occurrence each, whether
 * the database is there or not. Their record is written as they start. A job that cannot be planned harms no other.
 */
import type { DatabaseTime } from './database-time.ts';
import type { FireDispatcher } from './fire-dispatcher.ts';
import type { InstanceLease } from './instance-lease.ts';
import type { DirectoryEntry, JobDirectory } from './job-directory.ts';
import { planDueFire } from './plan-due-fire.ts';
import type { Logger } from './ports/logger.ts';

/** When a job is looked at again that could not be planned. */
const UNPLANNED_MS = 60_000;

export interface ManualFiresDeps {
  readonly directory: JobDirectory;
  readonly dispatcher: FireDispatcher;
  readonly lease: InstanceLease;
  readonly time: DatabaseTime;
  readonly logger: Logger;
  readonly newId: () => string;
}

export class ManualFires {
  readonly #deps: ManualFiresDeps;

  constructor(deps: ManualFiresDeps) {
    this.#deps = deps;
  }

  /** Starts what is due, as far as there are slots. Never throws. */
  fire(): void {
    const { directory, dispatcher, logger, time } = this.#deps;
    const now = time.now();
    for (const entry of directory.takeDue('manual', now, dispatcher.freeSlots)) {
      try {
        this.#fireOne(entry, now);
      } catch (error) {
        const { jobId } = entry.job;
        logger.error('A job registered by hand could not be started; it is looked at again in a minute.', {
          jobId,
          error,
        });
        directory.look(entry.job, now + UNPLANNED_MS);
      }
    }
  }

  #fireOne(entry: DirectoryEntry, now: number): void {
    const { directory, dispatcher, lease, logger, newId } = this.#deps;
    const { run, config, nextFireAt, event } = planDueFire(entry, now, newId());
    directory.put(entry.job, nextFireAt?.getTime() ?? null);
    if (event !== null)
      logger.warn(`Occurrences are not run: ${event.reason}.`, { jobId: config.jobId, ...event.detail });
    if (run === null) return;
    if (dispatcher.isRunning(config.jobId)) {
      logger.warn('The occurrence is skipped: the run before it still goes on.', { jobId: config.jobId });
      return;
    }
    const tracked = {
      ...run,
      jobId: config.jobId,
      startedAt: new Date(now),
      attempt: 1,
      maxAttempts: config.maxAttempts,
      instanceId: lease.instanceId,
      jobKwargs: config.jobKwargs,
      isRecorded: false,
    };
    dispatcher.dispatch(tracked, config, new Map([[config.jobId, entry.job.handler]]));
  }
}
