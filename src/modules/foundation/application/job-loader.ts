/**
 * Rows become armed jobs. Reads configurations and cursors, arms the cursors that nobody has armed yet, and tells the
 * directory when to look.
 *
 * Invariants: a row that cannot be scheduled is named in the log once per revision, and touches no other row; one
 * reading at a time, so that an older one never overwrites a newer; a row counts as seen only once it is in the
 * directory, so that a reading that fails is made good by the next poll.
 */
import { describeError } from '../domain/describe-error.ts';
import { type JobConfig, handlerOf } from '../domain/job-config.ts';
import { isPaused, nextFire } from '../domain/next-fire.ts';
import type { DatabaseTime } from './database-time.ts';
import type { JobDirectory } from './job-directory.ts';
import type { FireClaims, FireCursor } from './ports/fire-claims.ts';
import type { JobConfigRepository } from './ports/job-config-repository.ts';
import type { Logger } from './ports/logger.ts';
import { type ArmedJob, type Resolution, resolveJob } from './resolve-job.ts';

/** More rows than this are read in pages: all at once they would take several times the memory that they leave behind. */
const PAGE_SIZE = 2_000;

export interface JobLoaderDeps {
  readonly configs: JobConfigRepository;
  readonly claims: FireClaims;
  readonly directory: JobDirectory;
  readonly time: DatabaseTime;
  readonly logger: Logger;
}

type Unarmed = { readonly jobId: string; readonly revision: number; readonly nextFireAt: Date | null };

/** An enabled row that nothing can be run of here. */
export interface LeftOutJob {
  readonly config: JobConfig;
  readonly resolution: Exclude<Resolution, { kind: 'armed' }>;
}

export class JobLoader {
  readonly #deps: JobLoaderDeps;
  /** Revision of each row as it was last read, the disabled ones too. */
  #seen = new Map<string, number>();
  readonly #reported = new Map<string, number>();
  readonly #leftOut = new Map<string, LeftOutJob>();
  #reading: Promise<void> = Promise.resolve();

  constructor(deps: JobLoaderDeps) {
    this.#deps = deps;
  }

  /** As of the last reading. */
  get leftOut(): LeftOutJob[] {
    return [...this.#leftOut.values()];
  }

  /** Every enabled row. @throws DatabaseUnavailableError with nothing counted as seen */
  async loadAll(): Promise<void> {
    await this.#afterOthers(async () => {
      const { configs, claims, directory } = this.#deps;
      const seen = await configs.getRevisions();
      const found = new Set<string>();
      const waiting = new Set<string>();
      const load = async (enabled: readonly JobConfig[], cursors: readonly FireCursor[]): Promise<void> => {
        for (const jobId of await this.#arm(enabled, cursors)) waiting.add(jobId);
        for (const { jobId } of enabled) found.add(jobId);
      };
      const jobIds = [...seen.keys()];
      if (jobIds.length <= PAGE_SIZE) await load(await configs.getAllEnabled(), await claims.getCursors());
      for (let from = 0; jobIds.length > PAGE_SIZE && from < jobIds.length; from += PAGE_SIZE) {
        const page = jobIds.slice(from, from + PAGE_SIZE);
        const [rows, cursors] = await Promise.all([configs.getByJobIds(page), claims.getCursors(page)]);
        await load(
          rows.filter((config) => config.enabled),
          cursors,
        );
      }
      for (const jobId of directory.jobIds) if (!found.has(jobId)) directory.remove(jobId);
      for (const jobId of this.#leftOut.keys()) if (!found.has(jobId)) this.#leftOut.delete(jobId);
      for (const jobId of waiting) seen.delete(jobId);
      this.#seen = seen;
    });
  }

  /** These rows, whatever became of them. */
  async reload(jobIds: readonly string[]): Promise<void> {
    await this.#afterOthers(() => this.#reload(jobIds));
  }

  /** What was changed unnoticed: compares the revisions of all rows with those last read. */
  async reloadChanged(): Promise<void> {
    await this.#afterOthers(async () => {
      const revisions = await this.#deps.configs.getRevisions();
      const changed = [...revisions].filter(([jobId, revision]) => this.#seen.get(jobId) !== revision);
      const gone = [...this.#seen.keys()].filter((jobId) => !revisions.has(jobId));
      if (changed.length + gone.length > 0) await this.#reload([...changed.map(([jobId]) => jobId), ...gone]);
    });
  }

  #afterOthers(read: () => Promise<void>): Promise<void> {
    const reading = this.#reading.then(read);
    this.#reading = reading.catch(() => {});
    return reading;
  }

  async #reload(jobIds: readonly string[]): Promise<void> {
    const configs = await this.#deps.configs.getByJobIds(jobIds);
    const enabled = configs.filter((config) => config.enabled);
    const waiting = await this.#arm(enabled, await this.#deps.claims.getCursors(jobIds));
    const runnable = new Set(enabled.map((config) => config.jobId));
    for (const jobId of jobIds) {
      this.#seen.delete(jobId);
      if (runnable.has(jobId)) continue;
      this.#deps.directory.remove(jobId);
      this.#leftOut.delete(jobId);
    }
    for (const { jobId, revision } of configs) if (!waiting.has(jobId)) this.#seen.set(jobId, revision);
  }

  /** @returns the jobs whose cursor nobody has armed after all: somebody else has it locked, or edited the row meanwhile */
  async #arm(configs: readonly JobConfig[], cursors: readonly FireCursor[]): Promise<ReadonlySet<string>> {
    const { claims } = this.#deps;
    const cursorOf = new Map(cursors.map((cursor) => [cursor.jobId, cursor]));
    const unarmed: Unarmed[] = [];
    const resolutions = configs.map((config) => {
      const resolution = resolveJob(config, this.#deps.directory.registry);
      if (resolution.kind !== 'armed' || !isUnarmed(config, cursorOf.get(config.jobId))) return resolution;
      return this.#prepare(resolution.job, unarmed);
    });
    if (unarmed.length > 0) {
      await claims.arm(unarmed);
      for (const cursor of await claims.getCursors(unarmed.map(({ jobId }) => jobId)))
        cursorOf.set(cursor.jobId, cursor);
    }
    const waiting = new Set<string>();
    for (const [index, resolution] of resolutions.entries()) {
      const config = configs[index]!;
      const cursor = cursorOf.get(config.jobId);
      this.#leftOut.delete(config.jobId);
      if (this.#isHeld(config)) this.#deps.directory.remove(config.jobId);
      else if (resolution.kind !== 'armed') this.#leaveOut({ config, resolution });
      else this.#put(resolution.job, cursor);
      if (resolution.kind === 'armed' && cursor?.nextFireAt === 'unarmed') waiting.add(config.jobId);
    }
    return waiting;
  }

  /** One that is paused until an instant is looked at then: what fell into the pause is told, what follows is run. */
  #put(job: ArmedJob, cursor: FireCursor | undefined): void {
    const { directory, time } = this.#deps;
    const dueAt = lookAt(cursor);
    const until = isPaused(job.config, time.now()) ? (job.config.pausedUntil?.getTime() ?? null) : null;
    directory.put(job, dueAt);
    if (dueAt !== null && until !== null && until > dueAt) directory.look(job, until);
  }

  /** Paused until somebody resumes it. Its cursor is armed all the same: it remembers what falls into the pause. */
  #isHeld(config: JobConfig): boolean {
    return config.pausedUntil === null && isPaused(config, this.#deps.time.now());
  }

  /**
   * What came due since the edit and before anybody read it is the misfire policy's to judge, as any other delay; and what
   * falls into a pause is told, or caught up, when that ends.
   */
  #prepare(job: ArmedJob, unarmed: Unarmed[]): Resolution {
    const { config, schedule } = job;
    try {
      const now = this.#deps.time.now();
      const updatedAt = config.updatedAt.getTime();
      const editedAt = Number.isNaN(updatedAt) ? now : Math.min(updatedAt, now);
      const next = nextFire(config, schedule, editedAt);
      unarmed.push({
        jobId: config.jobId,
        revision: config.revision,
        nextFireAt: next === null ? null : new Date(next),
      });
      return { kind: 'armed', job };
    } catch (error) {
      return { kind: 'invalid', reason: describeError(error).message };
    }
  }

  #leaveOut(leftOut: LeftOutJob): void {
    const { config, resolution } = leftOut;
    const { jobId, revision } = config;
    this.#deps.directory.remove(jobId);
    this.#leftOut.set(jobId, leftOut);
    if (this.#reported.get(jobId) === revision) return;
    this.#reported.set(jobId, revision);
    const handler = handlerOf(config);
    const message =
      resolution.kind === 'invalid'
        ? `Job '${jobId}' is invalid and will not run until its row is corrected: ${resolution.reason}`
        : `Job '${jobId}' is skipped: no module of this process registers '${handler}'. A process that has it will run it.`;
    this.#deps.logger.warn(message, { jobId, handler });
  }
}

function isUnarmed(config: JobConfig, cursor: FireCursor | undefined): boolean {
  return cursor?.nextFireAt === 'unarmed' && cursor.revision === config.revision;
}

/** One that is unarmed here is not to be looked at: the change feed, or the next poll, brings it again. */
function lookAt(cursor: FireCursor | undefined): number | null {
  return cursor?.nextFireAt instanceof Date ? cursor.nextFireAt.getTime() : null;
}
