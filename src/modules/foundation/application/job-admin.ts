/**
 * What the admin API does, one method a use case. Owns the invariant that commands go down as rows: it writes a
 * configuration or a pending run and never calls the engine, so that every replica can serve every route.
 */
import {
  type FieldError,
  InvalidInputError,
  JobNotFoundError,
  RevisionConflictError,
  RevisionRequiredError,
} from '../domain/errors.ts';
import { DEFAULT_POLICIES, type JobConfig, type JobSpec } from '../domain/job-config.ts';
import type { JsonObject, MergedJobRegistry } from '../domain/job-definition.ts';
import { readJobRow } from '../domain/read-job-row.ts';
import type { Dialect, Schedule } from '../domain/schedule.ts';
import { isStorableText } from '../domain/storable-json.ts';
import { describeSchedule } from '../domain/words/describe-schedule.ts';
import type { JobDefaults } from './job-defaults.ts';
import { findKnownExecution, listExecutions, listExecutionsOfJob } from './execution-lookup.ts';
import { type ExecutionView, viewPendingRun } from './execution-view.ts';
import { type JobListQuery, listJobs } from './job-list.ts';
import { type EditPrecondition, requireForPut, requireMatch } from './job-precondition.ts';
import { ALL_PARTS, checkKwargs, checkSpec, partsTouched, type SpecDraft, type SpecParts } from './job-spec-check.ts';
import { type JobView, type ScheduleWords, upcoming, viewJob, type ViewSetting } from './job-view.ts';
import { findWarnings } from './job-warnings.ts';
import type { ExecutionLogRepository, ExecutionQuery } from './ports/execution-log-repository.ts';
import type { JobConfigRepository, JobOverview, Page } from './ports/job-config-repository.ts';
import type { PendingRuns } from './ports/pending-runs.ts';
import { type RegistryEntryView, viewRegistry } from './registry-view.ts';
import { restoredKwargs } from './restored-kwargs.ts';
import { type PreviewRequest, previewSchedule, type SchedulePreview } from './schedule-preview.ts';

export interface JobAdminDeps {
  readonly configs: JobConfigRepository;
  readonly executions: ExecutionLogRepository;
  readonly pending: PendingRuns;
  readonly registry: () => MergedJobRegistry;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly defaults: JobDefaults;
  readonly newId: () => string;
}

/** What a caller sends to create or replace a job; what is left out gets its default. */
export type JobDraft = Pick<JobSpec, 'jobName' | 'cronExpression'> & JobPatch;
export type JobPatch = Partial<Omit<JobSpec, 'jobId'>>;

/** What `put` would say of a job, whatever stands at its id. */
export interface JobCheck {
  readonly jobId: string;
  /** As its text settles it; null where it has faults. */
  readonly dialect: Dialect | null;
  readonly timezone: string;
  readonly errors: readonly FieldError[];
}

export interface EditOrder {
  readonly actor: string;
  readonly precondition: EditPrecondition;
}

export interface TriggerOrder {
  readonly actor: string;
  /** The run's, the same for a repeated order; left out: a new one. */
  readonly id?: string;
  /** In place of the job's own. */
  readonly jobKwargs?: JsonObject;
  readonly reason?: string;
}

export interface JobDetail extends JobView {
  readonly nextOccurrences: readonly Date[];
  readonly warnings: readonly string[];
}

const SHOWN_OCCURRENCES = 10;
const PATCH_ATTEMPTS = 3;

export class JobAdmin {
  readonly #deps: JobAdminDeps;

  constructor(deps: JobAdminDeps) {
    this.#deps = deps;
  }

  async list(query: JobListQuery): Promise<Page<JobView>> {
    return await listJobs(this.#deps.configs, query, this.#viewSetting());
  }

  /** @throws JobNotFoundError */
  async get(jobId: string): Promise<JobDetail> {
    return await this.#detail(await this.#find(jobId));
  }

  /** @throws InvalidJobError, RevisionConflictError, JobPreconditionError, RevisionRequiredError */
  async put(jobId: string, draft: JobDraft, order: EditOrder): Promise<{ job: JobDetail; isNew: boolean }> {
    const stored = await this.#overview(jobId);
    const ifRevision = requireForPut(jobId, stored?.config ?? null, order.precondition);
    const whole = this.#whole(jobId, draft);
    const spec = await this.#check(whole, { stored: stored?.config ?? null, parts: ALL_PARTS });
    try {
      const config = await this.#deps.configs.upsert(spec, { actor: order.actor, ifRevision });
      return { job: await this.#saved(config, stored), isNew: stored === null };
    } catch (error) {
      // Somebody created it meanwhile: the caller has not seen it.
      const isUnseen =
        error instanceof RevisionConflictError && ifRevision === null && order.precondition.ifNoneMatch !== true;
      throw isUnseen ? new RevisionRequiredError(jobId) : error;
    }
  }

  /** Every fault of a job that `put` would refuse, and none of its revision. Writes nothing. */
  async check(jobId: string, draft: JobDraft): Promise<JobCheck> {
    const whole = this.#whole(jobId, draft);
    const { timezone } = whole;
    try {
      const stored = await this.#overview(jobId);
      const { dialect } = await this.#check(whole, { stored: stored?.config ?? null, parts: ALL_PARTS });
      return { jobId, dialect, timezone, errors: [] };
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      return { jobId, dialect: null, timezone, errors: error.errors };
    }
  }

  /** Fields that are left out stay. @throws JobNotFoundError, InvalidJobError, RevisionConflictError */
  async patch(jobId: string, patch: JobPatch, order: EditOrder): Promise<JobDetail> {
    for (let attempt = 1; ; attempt += 1) {
      const stored = await this.#find(jobId);
      const { ifMatch } = order.precondition;
      const ifRevision = requireMatch(stored.config, ifMatch ?? '*');
      const whole = { ...specOf(stored.config), ...patch };
      const spec = await this.#check(whole, { stored: stored.config, parts: partsTouched(patch) });
      try {
        return await this.#saved(await this.#deps.configs.upsert(spec, { actor: order.actor, ifRevision }), stored);
      } catch (error) {
        // Nobody named a revision: the patch is laid over what somebody else has just written.
        const mayRetry = error instanceof RevisionConflictError && ifMatch === undefined && attempt < PATCH_ATTEMPTS;
        if (!mayRetry) throw error;
      }
    }
  }

  /** The schedule is not moved. @throws JobNotFoundError, InvalidJobError */
  async trigger(jobId: string, order: TriggerOrder): Promise<ExecutionView> {
    const { config } = await this.#find(jobId);
    // A mask is not filled in here: an operator must not send a secret, which only an admin may set, to another place.
    const jobKwargs = order.jobKwargs === undefined ? config.jobKwargs : restoredKwargs(order.jobKwargs, {});
    await checkKwargs({ ...config, jobKwargs }, this.#deps.registry());
    const known = order.id === undefined ? null : await findKnownExecution(order.id, this.#deps);
    if (known !== null) return known;
    const run = await this.#deps.pending.add({
      id: order.id ?? this.#deps.newId(),
      jobId,
      trigger: 'manual',
      jobKwargs,
      reason: order.reason ?? null,
      actor: order.actor,
    });
    return viewPendingRun(run, config.maxAttempts);
  }

  /** Newest first. */
  async executions(query: ExecutionQuery): Promise<Page<ExecutionView>> {
    return await listExecutions(query, this.#deps);
  }

  /** Newest first. @throws JobNotFoundError where a job neither exists nor has left any run behind */
  async executionsOf(jobId: string, query: Omit<ExecutionQuery, 'jobId'>): Promise<Page<ExecutionView>> {
    if (!isStorableText(jobId)) throw new JobNotFoundError(jobId);
    return await listExecutionsOfJob({ ...query, jobId }, this.#deps);
  }

  registry(): RegistryEntryView[] {
    return viewRegistry(this.#deps.registry());
  }

  /** @throws InvalidJobError */
  async preview(request: PreviewRequest): Promise<SchedulePreview> {
    const stored = request.jobId === undefined ? null : await this.#overview(request.jobId);
    const { registry: _registry, ...view } = this.#viewSetting();
    return previewSchedule(request, { ...view, ...this.#deps.defaults, createdAt: stored?.config.createdAt ?? null });
  }

  #whole(jobId: string, draft: JobDraft): SpecDraft {
    return { ...DEFAULT_POLICIES, dialect: null, timezone: this.#deps.defaults.timezone, ...draft, jobId };
  }

  async #overview(jobId: string): Promise<JobOverview | null> {
    return isStorableText(jobId) ? await this.#deps.configs.getOverview(jobId) : null;
  }

  async #find(jobId: string): Promise<JobOverview> {
    const overview = await this.#overview(jobId);
    if (overview === null) throw new JobNotFoundError(jobId);
    return overview;
  }

  async #check(draft: SpecDraft, { stored, parts }: { stored: JobConfig | null; parts: SpecParts }): Promise<JobSpec> {
    const nowMs = this.#deps.now();
    const jobKwargs = restoredKwargs(draft.jobKwargs, stored?.jobKwargs ?? {});
    const anchorAt = stored?.createdAt.getTime() ?? nowMs;
    const setting = { ...this.#deps.defaults, registry: this.#deps.registry(), nowMs, anchorAt };
    return await checkSpec({ ...draft, jobKwargs }, { ...setting, parts, isNew: stored === null });
  }

  /** The cursor is not armed yet for what was just saved; its runs are those of before. */
  async #saved(config: JobConfig, before: JobOverview | null): Promise<JobDetail> {
    return await this.#detail({ config, nextFireAt: null, lastStatus: before?.lastStatus ?? null });
  }

  async #detail(overview: JobOverview): Promise<JobDetail> {
    const setting = this.#viewSetting();
    const view = viewJob(overview, setting);
    const { schedule } = readJobRow(overview.config);
    const occurrences = upcoming(overview.config, schedule, { nowMs: setting.nowMs, limit: SHOWN_OCCURRENCES });
    const facts = { ...this.#deps.defaults, ...setting, stateReason: view.stateReason, schedule, occurrences };
    return { ...view, nextOccurrences: occurrences, warnings: await findWarnings(overview.config, facts) };
  }

  #viewSetting(): ViewSetting {
    return {
      registry: this.#deps.registry(),
      nowMs: this.#deps.now(),
      describe: inBothLanguages,
    };
  }
}

function inBothLanguages(schedule: Schedule): ScheduleWords {
  return { description: describeSchedule(schedule, 'en'), descriptionZh: describeSchedule(schedule, 'zh-CN') };
}

function specOf(config: JobConfig): JobSpec {
  const {
    id: _id,
    createdAt: _createdAt,
    updatedAt: _updatedAt,
    lastRunAt: _lastRunAt,
    lastSuccessAt: _lastSuccessAt,
    revision: _revision,
    ...rest
  } = config;
  const { pausedAt: _pausedAt, pausedUntil: _pausedUntil, pauseReason: _pauseReason, ...spec } = rest;
  return spec;
}
