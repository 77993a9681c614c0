/**
 * Rows become armed jobs. Reads configurations and cursors, arms the cursors that nobody has armed yet, and tells the
 * directory when to look.
 *
 * Invariants: a row that cannot be scheduled is named in the log once per revision, and touches no other row; one
 * reading at a time, so that an older one never overwrites a newer; a row counts as seen only once it is in the
 * directory, so that a reading that fails is made good by the next poll.
 */
import { describeError } from '../domain/describe-error.ts';
import { type ArmableConfig, handlerOf } from '../domain/job-config.ts';
import { isPaused, nextFire } from '../domain/next-fire.ts';
import type { ArmedJob } from './armed-job.ts';
import type { DatabaseTime } from './database-time.ts';
import type { JobDirectory } from './job-directory.ts';
import type { FireClaims, FireCursor } from './ports/fire-claims.ts';
import type { JobConfigRepository, StandingJob } from './ports/job-config-repository.ts';
import type { Logger } from './ports/logger.ts';
import { type Resolution, resolveJob } from './resolve-job.ts';
import { SeenRevisions } from './seen-revisions.ts';

/** Rows of a page: all at once they would take several times the memory that they leave behind, few arm one after another. */
const PAGE_SIZE = 1_000;

export interface JobLoaderDeps {
  readonly configs: JobConfigRepository;
  readonly claims: FireClaims;
  readonly directory: JobDirectory;
  readonly time: DatabaseTime;
  readonly logger: Logger;
}

type Armed = Extract<Resolution, { kind: 'armed' }>;
type Unarmed = { readonly jobId: string; readonly revision: number; readonly nextFireAt: Date | null };

/** An enabled row that nothing can be run of here. */
export interface LeftOutJob {
  readonly config: ArmableConfig;
  readonly resolution: Exclude<Resolution, { kind: 'armed' }>;
}

export class JobLoader {
  readonly #deps: JobLoaderDeps;
  readonly #seen = new SeenRevisions();
  readonly #leftOut = new Map<string, LeftOutJob>();
  #reading: Promise<void> = Promise.resolve();

  constructor(deps: JobLoaderDeps) {
    this.#deps = deps;
  }

  /** As of the last reading. */
  get leftOut(): LeftOutJob[] {
    return [...this.#leftOut.values()];
  }

  /** Every enabled row. @throws DatabaseUnavailableError with nothing counted as seen that is not in the directory */
  async loadAll(): Promise<void> {
    await this.#afterOthers(async () => {
      const { directory } = this.#deps;
      const seen = new Map<string, number>();
      const found = new Set<string>();
      const left: string[] = [];
      for await (const page of this.#pages()) {
        const waiting = await this.#arm(page.filter(({ config }) => config.enabled));
        for (const { config } of page) {
          if (!waiting.has(config.jobId)) seen.set(config.jobId, config.revision);
          if (config.enabled) found.add(config.jobId);
        }
        left.push(...waiting);
      }
      for (const jobId of [...directory.jobIds, ...this.#leftOut.keys(), ...this.#seen.jobIds])
        if (!found.has(jobId)) this.#takeOut(jobId, { isGone: !seen.has(jobId) });
      this.#seen.replaceBy(seen);
      // Those that somebody who starts as well had locked: by now he has armed them.
      await this.#reload(left);
    });
  }

  /** All rows. The next page is read while one is armed: the database and this process work at the same time. */
  async *#pages(): AsyncGenerator<StandingJob[]> {
    const { configs } = this.#deps;
    const read = (after: string | null): Promise<StandingJob[]> => {
      const page = configs.getStanding({ after, limit: PAGE_SIZE });
      page.catch(() => undefined);
      return page;
    };
    let after: string | null = null;
    for (let next: Promise<StandingJob[]> | null = read(null); next !== null;) {
      const page: StandingJob[] = await next;
      const last: string | null = page.at(-1)?.config.jobId ?? null;
      // A driver that reads an id as another one (a lone U+FEFF as nothing) would begin again for ever.
      next = page.length < PAGE_SIZE || last === after ? null : read(last);
      after = last;
      yield page;
    }
  }

  /** These rows, whatever became of them. */
  async reload(jobIds: readonly string[]): Promise<void> {
    await this.#afterOthers(() => this.#reload(jobIds));
  }

  /** What was changed unnoticed: compares the revisions of the rows with those last read. */
  async reloadChanged(): Promise<void> {
    await this.#afterOthers(async () => {
      const { configs } = this.#deps;
      if (!(await this.#seen.mayDiffer(() => configs.getRevisionSum()))) return;
      try {
        await this.#reload(this.#seen.differingFrom(await configs.getRevisions()));
      } catch (error) {
        this.#seen.noteGap();
        throw error;
      }
    });
  }

  /** Changes may have been missed: the next `reloadChanged` looks at every row. */
  noteGap(): void {
    this.#seen.noteGap();
  }

  #afterOthers(read: () => Promise<void>): Promise<void> {
    const reading = this.#reading.then(read);
    this.#reading = reading.catch(() => {});
    return reading;
  }

  async #reload(jobIds: readonly string[]): Promise<void> {
    for (let from = 0; from < jobIds.length; from += PAGE_SIZE)
      await this.#reloadPage(jobIds.slice(from, from + PAGE_SIZE));
  }

  async #reloadPage(jobIds: readonly string[]): Promise<void> {
    const page = await this.#deps.configs.getStanding({ jobIds });
    const enabled = page.filter(({ config }) => config.enabled);
    const waiting = await this.#arm(enabled);
    const found = new Map(page.map(({ config }) => [config.jobId, config]));
    for (const jobId of jobIds) {
      this.#seen.forget(jobId);
      const config = found.get(jobId);
      if (config?.enabled !== true) this.#takeOut(jobId, { isGone: config === undefined });
    }
    for (const { config } of page) if (!waiting.has(config.jobId)) this.#seen.note(config.jobId, config.revision);
  }

  #takeOut(jobId: string, { isGone }: { readonly isGone: boolean }): void {
    if (isGone) this.#deps.directory.forget(jobId);
    else this.#deps.directory.remove(jobId);
    this.#leftOut.delete(jobId);
  }

  /** @returns the jobs whose cursor nobody has armed after all: somebody else has it locked, or edited the row meanwhile */
  async #arm(jobs: readonly StandingJob[]): Promise<ReadonlySet<string>> {
    const unarmed: Unarmed[] = [];
    const resolutions = jobs.map((job) => {
      const resolution = resolveJob(job.config, this.#deps.directory.registry, job.terms);
      return resolution.kind === 'armed' && isUnarmed(job)
        ? this.#prepare(job.config, resolution, unarmed)
        : resolution;
    });
    const cursors = await this.#armCursors(unarmed);
    const waiting = new Set<string>();
    for (const [index, resolution] of resolutions.entries()) {
      const { config, cursor: read } = jobs[index]!;
      const cursor = cursors.get(config.jobId) ?? read;
      if (this.#isHeld(config)) this.#takeOut(config.jobId, { isGone: false });
      else if (resolution.kind !== 'armed') this.#leaveOut({ config, resolution });
      else this.#put(resolution.job, cursor);
      if (resolution.kind === 'armed' && cursor?.nextFireAt === 'unarmed') waiting.add(config.jobId);
    }
    return waiting;
  }

  /** @returns where they stand now, those that somebody else has armed meanwhile too */
  async #armCursors(unarmed: readonly Unarmed[]): Promise<ReadonlyMap<string, FireCursor>> {
    if (unarmed.length === 0) return new Map();
    const { claims } = this.#deps;
    const armed = await claims.arm(unarmed);
    const others = unarmed.filter(({ jobId }) => !armed.has(jobId)).map(({ jobId }) => jobId);
    const ours = unarmed.filter(({ jobId }) => armed.has(jobId));
    return new Map(
      [...ours.map(toCursor), ...(await claims.getCursors(others))].map((cursor) => [cursor.jobId, cursor]),
    );
  }

  /** One that is paused until an instant is looked at then: what fell into the pause is told, what follows is run. */
  #put(job: ArmedJob, cursor: FireCursor | null): void {
    const { directory, time } = this.#deps;
    const dueAt = lookAt(cursor);
    const until = isPaused(job.terms, time.now()) ? (job.terms.pausedUntil?.getTime() ?? null) : null;
    this.#leftOut.delete(job.jobId);
    directory.put(job, dueAt);
    if (dueAt !== null && until !== null && until > dueAt) directory.look(job, until);
  }

  /** Paused until somebody resumes it. Its cursor is armed all the same: it remembers what falls into the pause. */
  #isHeld(config: ArmableConfig): boolean {
    return config.pausedUntil === null && isPaused(config, this.#deps.time.now());
  }

  /**
   * What came due since the edit and before anybody read it is the misfire policy's to judge, as any other delay; and what
   * falls into a pause is told, or caught up, when that ends.
   */
  #prepare(config: ArmableConfig, armed: Armed, unarmed: Unarmed[]): Resolution {
    try {
      const now = this.#deps.time.now();
      const updatedAt = config.updatedAt.getTime();
      const editedAt = Number.isNaN(updatedAt) ? now : Math.min(updatedAt, now);
      const next = nextFire(config, armed.job.schedule, editedAt);
      unarmed.push({
        jobId: config.jobId,
        revision: config.revision,
        nextFireAt: next === null ? null : new Date(next),
      });
      return armed;
    } catch (error) {
      return { kind: 'invalid', reason: describeError(error).message };
    }
  }

  #leaveOut(leftOut: LeftOutJob): void {
    const { config, resolution } = leftOut;
    const { jobId, revision } = config;
    const isReported = this.#leftOut.get(jobId)?.config.revision === revision;
    this.#deps.directory.remove(jobId);
    this.#leftOut.set(jobId, leftOut);
    if (isReported) return;
    const handler = handlerOf(config);
    const message =
      resolution.kind === 'invalid'
        ? `Job '${jobId}' is invalid and will not run until its row is corrected: ${resolution.reason}`
        : `Job '${jobId}' is skipped: no module of this process registers '${handler}'. A process that has it will run it.`;
    this.#deps.logger.warn(message, { jobId, handler });
  }
}

function isUnarmed({ config, cursor }: StandingJob): boolean {
  return cursor?.nextFireAt === 'unarmed' && cursor.revision === config.revision;
}

function toCursor({ jobId, revision, nextFireAt }: Unarmed): FireCursor {
  return { jobId, revision, nextFireAt: nextFireAt ?? 'exhausted' };
}

/** One that is unarmed here is not to be looked at: the change feed, or the next poll, brings it again. */
function lookAt(cursor: FireCursor | null): number | null {
  return cursor?.nextFireAt instanceof Date ? cursor.nextFireAt.getTime() : null;
}
