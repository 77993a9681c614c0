/**
 * A job that can be fired: its configuration, its schedule and its function. Invariant: of a hundred thousand jobs each keeps
 * what is its own; the terms, equal in nearly all, are one value between them, and `config` puts the two together, anew each
 * time.
 */
import type { RunnableConfig } from '../domain/job-config.ts';
import type { RegisteredJob } from '../domain/job-definition.ts';
import { type JobTerms, termsOf } from '../domain/job-terms.ts';
import type { Schedule } from '../domain/schedule.ts';

export interface ArmedJobParts {
  readonly config: RunnableConfig;
  /** Of `config`, shared with other jobs. Left out: its own. */
  readonly terms?: JobTerms | undefined;
  readonly schedule: Schedule;
  readonly handler: RegisteredJob;
  readonly isPersisted: boolean;
}

export class ArmedJob {
  readonly jobId: string;
  readonly jobName: string;
  readonly cronExpression: string;
  readonly revision: number;
  readonly terms: JobTerms;
  readonly schedule: Schedule;
  readonly handler: RegisteredJob;
  /** False: registered by hand in this process, with no row and no cursor. */
  readonly isPersisted: boolean;
  readonly #createdAtMs: number;
  /** Null: none, as of most jobs. */
  readonly #jobKwargs: RunnableConfig['jobKwargs'] | null;

  constructor({ config, terms = termsOf(config), schedule, handler, isPersisted }: ArmedJobParts) {
    this.jobId = config.jobId;
    this.revision = config.revision;
    this.terms = terms;
    this.schedule = schedule;
    this.handler = handler;
    this.isPersisted = isPersisted;
    this.jobName = config.jobName;
    this.cronExpression = config.cronExpression;
    this.#createdAtMs = config.createdAt.getTime();
    this.#jobKwargs = Object.keys(config.jobKwargs).length === 0 ? null : config.jobKwargs;
  }

  get config(): RunnableConfig {
    return {
      ...this.terms,
      jobId: this.jobId,
      jobName: this.jobName,
      cronExpression: this.cronExpression,
      jobKwargs: this.#jobKwargs ?? {},
      revision: this.revision,
      createdAt: new Date(this.#createdAtMs),
      enabled: true,
    };
  }
}
