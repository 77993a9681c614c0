/**
 * Rows become armed jobs. Reads configurations and cursors, arms the cursors that nobody has armed yet, and tells the
 * directory when to look. Invariant: a row that cannot be scheduled is named in the log once per revision, and touches
 * no other row.
 */
import { type JobConfig, handlerOf } from '../domain/job-config.ts';
import { isPaused, nextFire } from '../domain/next-fire.ts';
import type { DatabaseTime } from './database-time.ts';
import type { JobDirectory } from './job-directory.ts';
import type { FireClaims, FireCursor } from './ports/fire-claims.ts';
import type { JobConfigRepository } from './ports/job-config-repository.ts';
import type { Logger } from './ports/logger.ts';
import { type ArmedJob, resolveJob } from './resolve-job.ts';

export interface JobLoaderDeps {
  readonly configs: JobConfigRepository;
  readonly claims: FireClaims;
  readonly directory: JobDirectory;
  readonly time: DatabaseTime;
  readonly logger: Logger;
}

export class JobLoader {
  readonly #deps: JobLoaderDeps;
  /** Revision of each row as it was last read, the disabled ones too. */
  #seen = new Map<string, number>();
  readonly #reported = new Map<string, number>();

  constructor(deps: JobLoaderDeps) {
    this.#deps = deps;
  }

  /** Every enabled row. @throws DatabaseUnavailableError with nothing changed */
  async loadAll(): Promise<void> {
    const seen = await this.#deps.configs.getRevisions();
    const configs = await this.#deps.configs.getAllEnabled();
    const cursors = await this.#deps.claims.getCursors();
    const enabled = new Set(configs.map((config) => config.jobId));
    for (const jobId of this.#deps.directory.jobIds) if (!enabled.has(jobId)) this.#deps.directory.remove(jobId);
    this.#seen = seen;
    await this.#arm(configs, cursors);
  }

  /** These rows, whatever became of them. */
  async reload(jobIds: readonly string[]): Promise<void> {
    const configs = await this.#deps.configs.getByJobIds(jobIds);
    const cursors = await this.#deps.claims.getCursors(jobIds);
    const found = new Map(configs.map((config) => [config.jobId, config]));
    for (const jobId of jobIds) {
      const config = found.get(jobId);
      if (config === undefined) this.#seen.delete(jobId);
      else this.#seen.set(jobId, config.revision);
      if (config?.enabled !== true) this.#deps.directory.remove(jobId);
    }
    await this.#arm(
      configs.filter((config) => config.enabled),
      cursors,
    );
  }

  /** What was changed unnoticed: compares the revisions of all rows with those last read. */
  async reloadChanged(): Promise<void> {
    const revisions = await this.#deps.configs.getRevisions();
    const changed = [...revisions].filter(([jobId, revision]) => this.#seen.get(jobId) !== revision).map(([id]) => id);
    const gone = [...this.#seen.keys()].filter((jobId) => !revisions.has(jobId));
    if (changed.length + gone.length > 0) await this.reload([...changed, ...gone]);
  }

  async #arm(configs: readonly JobConfig[], cursors: readonly FireCursor[]): Promise<void> {
    const { directory, claims } = this.#deps;
    const cursorOf = new Map(cursors.map((cursor) => [cursor.jobId, cursor]));
    const jobs = configs.map((config) => this.#resolve(config)).filter((job) => job !== null);
    const unarmed = jobs.filter((job) => isUnarmed(job, cursorOf.get(job.config.jobId)));
    if (unarmed.length > 0) {
      const now = this.#deps.time.now();
      await claims.arm(unarmed.map(({ config, schedule }) => armed(config, nextFire(config, schedule, now))));
      for (const cursor of await claims.getCursors(unarmed.map((job) => job.config.jobId))) {
        cursorOf.set(cursor.jobId, cursor);
      }
    }
    for (const job of jobs) directory.put(job, lookAt(cursorOf.get(job.config.jobId)));
  }

  #resolve(config: JobConfig): ArmedJob | null {
    const resolution = isPaused(config, this.#deps.time.now())
      ? null
      : resolveJob(config, this.#deps.directory.registry);
    if (resolution?.kind === 'armed') return resolution.job;
    this.#deps.directory.remove(config.jobId);
    if (resolution !== null) this.#report(config, resolution.kind === 'invalid' ? resolution.reason : null);
    return null;
  }

  #report(config: JobConfig, invalidReason: string | null): void {
    const { jobId, revision } = config;
    if (this.#reported.get(jobId) === revision) return;
    this.#reported.set(jobId, revision);
    if (invalidReason === null) {
      this.#deps.logger.warn(
        `Job '${jobId}' is skipped: no module of this process registers '${handlerOf(config)}'. A process that has it will run it.`,
        { jobId, handler: handlerOf(config) },
      );
    } else {
      this.#deps.logger.warn(
        `Job '${jobId}' is invalid and will not run until its row is corrected: ${invalidReason}`,
        {
          jobId,
        },
      );
    }
  }
}

function isUnarmed(job: ArmedJob, cursor: FireCursor | undefined): boolean {
  return cursor?.nextFireAt === 'unarmed' && cursor.revision === job.config.revision;
}

function armed(config: JobConfig, next: number | null): { jobId: string; revision: number; nextFireAt: Date | null } {
  return { jobId: config.jobId, revision: config.revision, nextFireAt: next === null ? null : new Date(next) };
}

/** An unarmed cursor here means that the row was edited since it was read: the change feed brings it again. */
function lookAt(cursor: FireCursor | undefined): number | null {
  return cursor?.nextFireAt instanceof Date ? cursor.nextFireAt.getTime() : null;
}
