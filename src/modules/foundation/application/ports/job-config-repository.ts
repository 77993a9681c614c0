/** The job configurations, persisted. Every edit changes the row's `revision` and is announced on the change feed. */
import type { ArmableConfig, JobConfig, JobSpec } from '../../domain/job-config.ts';
import type { JobTerms } from '../../domain/job-terms.ts';
import type { RunStatus } from '../../domain/run.ts';
import type { FireCursor } from './fire-claims.ts';

/** Who edits, and on the strength of which reading. */
export interface Edit {
  /** A role or a person, for the audit event that is written in the same statement. */
  readonly actor: string;
  /** Only if the row still has this revision; null: only if there is no row; left out: whatever is there. */
  readonly ifRevision?: number | null;
}

/** A configuration and what is known of its runs, read in one statement. */
export interface JobOverview {
  readonly config: JobConfig;
  /** From the cursor; null: nothing armed (disabled, paused, invalid, exhausted). */
  readonly nextFireAt: Date | null;
  readonly lastStatus: RunStatus | null;
}

/** A configuration as it is armed, and where its schedule stands, read in one statement. */
export interface StandingJob {
  readonly config: ArmableConfig;
  /** Of `config`: one value for all the jobs that are equal in it. */
  readonly terms: JobTerms;
  readonly cursor: FireCursor | null;
}

/** These jobs, or those that follow an id in the order of ids; null: from the first. */
export type Standing =
  | { readonly jobIds: readonly string[] }
  | { readonly after: string | null; readonly limit: number };

export type JobSort = 'jobId' | 'nextRunAt' | 'lastRunAt' | 'updatedAt';

export interface JobQuery {
  readonly limit: number;
  /** Opaque, from the answer before. */
  readonly cursor?: string;
  /** Part of the job id or name, in any case. */
  readonly q?: string;
  readonly enabled?: boolean;
  readonly handler?: string;
  readonly tag?: string;
  readonly sort?: JobSort;
}

export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

/** Every edit takes a new revision, nearly always the highest there is: hardly any leaves all three as they were. */
export interface RevisionSum {
  readonly rows: number;
  readonly sum: number;
  readonly newest: number;
}

export interface JobConfigRepository {
  getAllEnabled(): Promise<JobConfig[]>;
  getByJobId(jobId: string): Promise<JobConfig | null>;
  getByJobIds(jobIds: readonly string[]): Promise<JobConfig[]>;
  /** Enabled or not, in the order of ids: what is armed of them. */
  getStanding(which: Standing): Promise<StandingJob[]>;
  /** Creates or replaces. @throws RevisionConflictError when `ifRevision` no longer holds */
  upsert(spec: JobSpec, edit: Edit): Promise<JobConfig>;
  /** Polling asks for it: while it stays the same nothing was edited, as far as that can be told at little cost. */
  getRevisionSum(): Promise<RevisionSum>;
  /** Job id → revision of every row: which of them were edited. */
  getRevisions(): Promise<Map<string, number>>;
  getOverview(jobId: string): Promise<JobOverview | null>;
  list(query: JobQuery): Promise<Page<JobOverview>>;
  count(): Promise<number>;
}
