/**
 * The scheduler as the application sees it: started, given the persisted jobs, given jobs by hand, stopped. Invariant: no
 * failure of the database stops the application; what could not be loaded is loaded when the database is back.
 */
import { describeError } from '../domain/describe-error.ts';
import { type RunnableConfig, DEFAULT_POLICIES } from '../domain/job-config.ts';
import { type JobFunction, type MergedJobRegistry, toRegisteredJob } from '../domain/job-definition.ts';
import { nextFire, scheduleOf } from '../domain/next-fire.ts';
import type { Dialect } from '../domain/schedule.ts';
import { ArmedJob } from './armed-job.ts';
import type { ConfigWatcher } from './config-watcher.ts';
import type { DatabaseTime } from './database-time.ts';
import type { JobDirectory, ScheduledJob } from './job-directory.ts';
import type { JobLoader } from './job-loader.ts';
import type { PendingRunStarter } from './pending-run-starter.ts';
import type { Logger } from './ports/logger.ts';
import type { SchedulingLoop } from './scheduling-loop.ts';

export interface SchedulerApplicationServiceDeps {
  readonly directory: JobDirectory;
  readonly loader: JobLoader;
  readonly loop: SchedulingLoop;
  readonly pendingStarter: PendingRunStarter;
  readonly watcher: ConfigWatcher;
  readonly time: DatabaseTime;
  readonly logger: Logger;
}

/** A job registered in code: it fires in this process only, and has no row. */
export interface ManualJob {
  readonly jobId: string;
  readonly cronExpression: string;
  readonly timezone: string;
  readonly run: JobFunction;
  readonly jobName?: string;
  /** Default `apscheduler`. */
  readonly dialect?: Dialect;
  readonly jobKwargs?: RunnableConfig['jobKwargs'];
}

export class SchedulerApplicationService {
  readonly #deps: SchedulerApplicationServiceDeps;

  constructor(deps: SchedulerApplicationServiceDeps) {
    this.#deps = deps;
  }

  /** Starts the loop. Starting twice changes nothing. */
  startScheduler(): void {
    this.#deps.loop.start();
    this.#deps.pendingStarter.start();
    this.#deps.watcher.start();
  }

  /** Claims nothing more, and reads no more changes. Runs under way go on. */
  async stopScheduler(): Promise<void> {
    await Promise.all([this.#deps.loop.stop(), this.#deps.pendingStarter.stop(), this.#deps.watcher.stop()]);
  }

  /**
   * Registers every enabled configuration whose function is in the registry; the others are named in a WARNING and skipped.
   * Never throws: when the database cannot be read, that is logged at ERROR, nothing is registered, and jobs can still be
   * registered by hand until the database is back and this is called again.
   * @returns whether the configurations were read
   */
  async loadPersistedJobs(registry: MergedJobRegistry): Promise<boolean> {
    this.#deps.directory.useRegistry(registry);
    try {
      await this.#deps.loader.loadAll();
      this.#deps.logger.info(`Jobs scheduled: ${this.#deps.directory.size}.`);
      return true;
    } catch (error) {
      this.#deps.logger.error(
        `The persisted jobs could not be loaded (${describeError(error).message}). None of them runs until the database is back; jobs can be registered by hand.`,
      );
      return false;
    }
  }

  /**
   * Registers a job by hand, without a row. A persisted job of the same id takes its place.
   * @throws ScheduleError where the schedule cannot be read
   */
  registerJob(job: ManualJob): void {
    const now = this.#deps.time.now();
    const config: RunnableConfig = {
      ...DEFAULT_POLICIES,
      jobId: job.jobId,
      jobName: job.jobName ?? job.jobId,
      cronExpression: job.cronExpression,
      dialect: job.dialect ?? 'apscheduler',
      timezone: job.timezone,
      jobKwargs: job.jobKwargs ?? {},
      createdAt: new Date(now),
      pausedAt: null,
      pausedUntil: null,
      revision: 0,
    };
    const schedule = scheduleOf(config);
    const handler = toRegisteredJob(job.jobId, 'by hand', job.run);
    this.#deps.directory.put(
      new ArmedJob({ config, schedule, handler, isPersisted: false }),
      nextFire(config, schedule, now),
    );
  }

  /** What is registered now, persisted or by hand. */
  getJobs(): ScheduledJob[] {
    return this.#deps.directory.list();
  }
}
