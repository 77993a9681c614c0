/**
 * How the scheduler does as a whole: its instances, what runs, waits and is overdue, how late runs start, and how many
 * jobs are in which state. Invariant: a state here is the one that the list of jobs shows.
 */
import { JOB_STATES, type JobState } from '../domain/job-state.ts';
import type { MergedJobRegistry } from '../domain/job-definition.ts';
import { SCANNED_PAGES, SCANNED_ROWS } from './job-list.ts';
import { NO_WORDS, viewJob, type ViewSetting } from './job-view.ts';
import type { JobConfigRepository } from './ports/job-config-repository.ts';
import type { Readiness, ReadinessReport } from './ports/readiness.ts';
import type { Figures, SchedulerFigures } from './ports/scheduler-figures.ts';

export interface SchedulerStatusDeps {
  readonly figures: SchedulerFigures;
  readonly configs: JobConfigRepository;
  readonly readiness: Readiness;
  readonly registry: () => MergedJobRegistry;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Of the instance that answers. */
  readonly instanceId: string;
}

export interface SchedulerReport extends Figures, ReadinessReport {
  readonly instanceId: string;
  readonly jobs: JobCounts;
}

export interface JobCounts {
  readonly total: number;
  /** Of the first `SCANNED_ROWS * SCANNED_PAGES` by job id: states are judged and not stored. */
  readonly states: Readonly<Record<JobState, number>>;
}

export class SchedulerStatus {
  readonly #deps: SchedulerStatusDeps;

  constructor(deps: SchedulerStatusDeps) {
    this.#deps = deps;
  }

  /** @throws DatabaseUnavailableError */
  async report(): Promise<SchedulerReport> {
    const { figures, readiness, instanceId } = this.#deps;
    const [known, jobs] = await Promise.all([figures.read(), this.#countJobs()]);
    return { ...known, ...readiness.report(), instanceId, jobs };
  }

  async #countJobs(): Promise<JobCounts> {
    const { configs, registry, now } = this.#deps;
    const states = Object.fromEntries(JOB_STATES.map((state) => [state, 0])) as Record<JobState, number>;
    const setting: ViewSetting = { registry: registry(), nowMs: now(), describe: () => NO_WORDS };
    let cursor: string | undefined;
    for (let pages = 0; pages < SCANNED_PAGES; pages += 1) {
      const page = await configs.list({ limit: SCANNED_ROWS, ...(cursor === undefined ? {} : { cursor }) });
      for (const item of page.items) states[viewJob(item, setting).state] += 1;
      if (page.nextCursor === null) return { total: Object.values(states).reduce((sum, of) => sum + of, 0), states };
      cursor = page.nextCursor;
    }
    return { total: await configs.count(), states };
  }
}
