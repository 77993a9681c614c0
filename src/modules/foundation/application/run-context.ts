/**
 * What a function is handed of its run. Invariant: what most functions never look at (the signal, the loggers) is made
 * when it is asked for, so that a run of a herd is one small object.
 */
import type { JobContext, JobLogger } from '../domain/job-definition.ts';
import { idempotencyKey, type RunTrigger } from '../domain/run.ts';
import type { TrackedRun } from './ports/run-tracker.ts';
import type { RunController } from './run-controller.ts';
import type { RunLog } from './run-log.ts';

export interface RunContextParts {
  readonly run: TrackedRun;
  readonly controller: RunController;
  readonly log: RunLog;
  readonly lastSuccessAt: Date | null;
}

export class RunContext implements JobContext {
  readonly #parts: RunContextParts;

  readonly jobId: string;
  readonly executionId: string;
  readonly scheduledAt: Date;
  readonly attempt: number;
  readonly trigger: RunTrigger;
  readonly idempotencyKey: string;
  readonly lastSuccessAt: Date | null;

  constructor(parts: RunContextParts) {
    const { run, lastSuccessAt } = parts;
    this.#parts = parts;
    this.jobId = run.jobId;
    this.executionId = run.id;
    this.scheduledAt = run.scheduledAt;
    this.attempt = run.attempt;
    this.trigger = run.trigger;
    this.idempotencyKey = idempotencyKey(run);
    this.lastSuccessAt = lastSuccessAt;
  }

  get signal(): AbortSignal {
    return this.#parts.controller.signal;
  }

  get logger(): JobLogger {
    return this.#parts.log.forJob;
  }

  readonly progress = (fraction: number, message?: string): void => this.#parts.log.progress(fraction, message);
}
