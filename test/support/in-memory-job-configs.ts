/** Job configurations in a Map. Keeps the port's promises on revisions and paging, and takes rows that no API would write. */
import type {
  Edit,
  JobConfigRepository,
  JobOverview,
  JobQuery,
  Page,
  RevisionSum,
  StandingJob,
} from '../../src/modules/foundation/application/ports/job-config-repository.ts';
import type { JobRemovals, Removal } from '../../src/modules/foundation/application/ports/job-removals.ts';
import { RevisionConflictError } from '../../src/modules/foundation/domain/errors.ts';
import type { JobConfig, JobSpec } from '../../src/modules/foundation/domain/job-config.ts';
import { jobConfig } from '../../src/testing/job-row.ts';
import type { RunStatus } from '../../src/modules/foundation/domain/run.ts';

export { jobConfig };

export interface KnownRuns {
  readonly nextFireAt?: Date | null;
  readonly lastStatus?: RunStatus | null;
}

export class InMemoryJobConfigs implements JobConfigRepository, JobRemovals {
  readonly #rows = new Map<string, JobOverview>();
  readonly edits: Edit[] = [];
  /** Thrown by every method, until it is null again. */
  failure: Error | null = null;
  /** Called before a row is written: a place for somebody else's edit. */
  beforeUpsert: (() => void) | null = null;
  lists = 0;

  insert(config: JobConfig, { nextFireAt = null, lastStatus = null }: KnownRuns = {}): JobConfig {
    this.#rows.set(config.jobId, { config, nextFireAt, lastStatus });
    return config;
  }

  /** As `JobRemovals` does. */
  async remove({ jobId, ifRevision }: Removal): Promise<boolean> {
    const revision = this.#rows.get(jobId)?.config.revision;
    return (ifRevision === undefined || ifRevision === revision) && this.#rows.delete(jobId);
  }

  stored(jobId: string): JobConfig {
    return this.#rows.get(jobId)!.config;
  }

  async upsert(spec: JobSpec, edit: Edit): Promise<JobConfig> {
    this.#mayFail();
    const hook = this.beforeUpsert;
    this.beforeUpsert = null;
    hook?.();
    const before = this.#rows.get(spec.jobId) ?? null;
    const revision = before?.config.revision ?? null;
    if (edit.ifRevision !== undefined && edit.ifRevision !== revision) {
      throw new RevisionConflictError(spec.jobId, revision ?? 0);
    }
    this.edits.push(edit);
    const base = before?.config ?? jobConfig(spec.jobId, { revision: 0 });
    return this.insert({ ...base, ...spec, revision: base.revision + 1 }, { lastStatus: before?.lastStatus ?? null });
  }

  async list(query: JobQuery): Promise<Page<JobOverview>> {
    this.#mayFail();
    this.lists += 1;
    const rows = [...this.#rows.values()]
      .filter(({ config }) => matches(config, query) && config.jobId > (query.cursor ?? ''))
      .toSorted((a, b) => (a.config.jobId < b.config.jobId ? -1 : 1));
    const items = rows.slice(0, query.limit);
    return { items, nextCursor: rows.length > items.length ? items.at(-1)!.config.jobId : null };
  }

  async getOverview(jobId: string): Promise<JobOverview | null> {
    this.#mayFail();
    return this.#rows.get(jobId) ?? null;
  }

  async getByJobId(jobId: string): Promise<JobConfig | null> {
    return (await this.getOverview(jobId))?.config ?? null;
  }

  async getByJobIds(jobIds: readonly string[]): Promise<JobConfig[]> {
    return this.#configs().filter((config) => jobIds.includes(config.jobId));
  }

  async getAllEnabled(): Promise<JobConfig[]> {
    return this.#configs().filter(({ enabled }) => enabled);
  }

  async getRevisions(): Promise<Map<string, number>> {
    return new Map(this.#configs().map(({ jobId, revision }) => [jobId, revision]));
  }

  async getRevisionSum(): Promise<RevisionSum> {
    throw new Error('Nobody polls what is here.');
  }

  async getStanding(): Promise<StandingJob[]> {
    throw new Error('Nobody arms what is here.');
  }

  async count(): Promise<number> {
    return this.#configs().length;
  }

  #configs(): JobConfig[] {
    this.#mayFail();
    return [...this.#rows.values()].map(({ config }) => config);
  }

  #mayFail(): void {
    if (this.failure !== null) throw this.failure;
  }
}

function matches(config: JobConfig, { q, enabled, handler, tag }: JobQuery): boolean {
  const text = `${config.jobId} ${config.jobName}`.toLowerCase();
  return (
    (q === undefined || text.includes(q.toLowerCase())) &&
    (enabled === undefined || config.enabled === enabled) &&
    (handler === undefined || config.handler === handler) &&
    (tag === undefined || config.tags.includes(tag))
  );
}
