/** The job configurations over the store in memory. */
import type {
  Edit,
  JobConfigRepository,
  JobOverview,
  JobQuery,
  Page,
  RevisionSum,
  Standing,
  StandingJob,
} from '../modules/foundation/application/ports/job-config-repository.ts';
import { RevisionConflictError } from '../modules/foundation/domain/errors.ts';
import { DEFAULT_POLICIES, type JobConfig, type JobSpec } from '../modules/foundation/domain/job-config.ts';
import type { JsonObject } from '../modules/foundation/domain/job-definition.ts';
import { maskSecrets } from '../modules/foundation/domain/mask-secrets.ts';
import { termsOf } from '../modules/foundation/domain/job-terms.ts';
import type { InMemoryStore } from './in-memory-store.ts';
import type { StoreLink } from './store-link.ts';
import { pageOf } from './stored-job-list.ts';

export class StoredJobConfigs implements JobConfigRepository {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  async getAllEnabled(): Promise<JobConfig[]> {
    const enabled = await this.#read('getAllEnabled', (config) => config.enabled);
    return enabled.toSorted((a, b) => (a.jobId < b.jobId ? -1 : 1));
  }

  getByJobIds(jobIds: readonly string[]): Promise<JobConfig[]> {
    return this.#read('getByJobIds', (config) => jobIds.includes(config.jobId));
  }

  async getByJobId(jobId: string): Promise<JobConfig | null> {
    return (await this.getByJobIds([jobId]))[0] ?? null;
  }

  getRevisions(): Promise<Map<string, number>> {
    const { store } = this.#link;
    return this.#link.call('configs.getRevisions', () => {
      return new Map([...store.configs.values()].map(({ jobId, revision }) => [jobId, revision]));
    });
  }

  getRevisionSum(): Promise<RevisionSum> {
    const { configs } = this.#link.store;
    return this.#link.call('configs.getRevisionSum', () => ({
      rows: configs.size,
      sum: [...configs.values()].reduce((sum, { revision }) => sum + revision, 0),
      newest: Math.max(0, ...[...configs.values()].map(({ revision }) => revision)),
    }));
  }

  getStanding(which: Standing): Promise<StandingJob[]> {
    const { configs, cursors } = this.#link.store;
    return this.#link.call('configs.getStanding', () => {
      const rows = [...configs.values()].toSorted((a, b) => (a.jobId < b.jobId ? -1 : 1));
      const asked =
        'jobIds' in which
          ? rows.filter(({ jobId }) => which.jobIds.includes(jobId))
          : rows.filter(({ jobId }) => which.after === null || jobId > which.after).slice(0, which.limit);
      return asked.map((config) => toStanding(config, cursors.get(config.jobId) ?? null));
    });
  }

  upsert(spec: JobSpec, { actor, ifRevision }: Edit): Promise<JobConfig> {
    const { store } = this.#link;
    return this.#link.call('configs.upsert', () => {
      const { jobId } = spec;
      const before = store.configs.get(jobId);
      if (ifRevision !== undefined && (before?.revision ?? null) !== ifRevision)
        throw new RevisionConflictError(jobId, before?.revision ?? 0);
      const saved = store.save(jobId, specOf(spec));
      if (saved.revision === before?.revision) return saved;
      const detail = { before: before === undefined ? null : auditedSpec(before), after: auditedSpec(saved) };
      store.addEvent({ type: before === undefined ? 'job.created' : 'job.updated', jobId, actor, detail });
      return saved;
    });
  }

  async count(): Promise<number> {
    return (await this.getRevisions()).size;
  }

  getOverview(jobId: string): Promise<JobOverview | null> {
    const { store } = this.#link;
    return this.#link.call('configs.getOverview', () => {
      const config = store.configs.get(jobId);
      return config === undefined ? null : toOverview(store, config);
    });
  }

  list(query: JobQuery): Promise<Page<JobOverview>> {
    const { store } = this.#link;
    return this.#link.call('configs.list', () =>
      pageOf(
        [...store.configs.values()].map((config) => toOverview(store, config)),
        query,
      ),
    );
  }

  #read(name: string, isAsked: (config: JobConfig) => boolean): Promise<JobConfig[]> {
    return this.#link.call(`configs.${name}`, () => [...this.#link.store.configs.values()].filter(isAsked));
  }
}

function toOverview(store: InMemoryStore, config: JobConfig): JobOverview {
  const nextFireAt = store.cursors.get(config.jobId)?.nextFireAt;
  const last = store.runsOf(config.jobId).toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime())[0];
  return { config, nextFireAt: nextFireAt instanceof Date ? nextFireAt : null, lastStatus: last?.status ?? null };
}

/** What is armed of a row. */
function toStanding(row: JobConfig, cursor: StandingJob['cursor']): StandingJob {
  const terms = termsOf(row);
  const { jobId, jobName, cronExpression, revision, enabled, jobKwargs, createdAt, updatedAt } = row;
  const own = { jobId, jobName, cronExpression, revision, enabled, jobKwargs, createdAt, updatedAt };
  return { config: { ...terms, ...own }, terms, cursor };
}

const SPEC_FIELDS = [
  ...['jobId', 'jobName', 'cronExpression', 'dialect', 'timezone'],
  ...Object.keys(DEFAULT_POLICIES),
] as (keyof JobSpec)[];

/** Without what a row has besides. */
function specOf(spec: JobSpec): JobSpec {
  return Object.fromEntries(SPEC_FIELDS.map((field) => [field, spec[field]])) as unknown as JobSpec;
}

/** As an audit event says it: secrets masked, instants as texts. */
export function auditedSpec(spec: JobSpec): JsonObject {
  return maskSecrets(JSON.parse(JSON.stringify(specOf(spec))) as JsonObject);
}
