/**
 * What a function is handed of its run. Invariant: what most functions never look at (the signal, the loggers) is made
 * when it is asked for, so that a run of a herd is one small object; a copy (`{ ...context }`) asks for all, and has it.
 */
import type { JobContext, JobLogger } from '../domain/job-definition.ts';
import { idempotencyKey, type RunTrigger } from '../domain/run.ts';
import type { TrackedRun } from './ports/run-tracker.ts';
import type { RunController } from './run-controller.ts';
import type { RunLog } from './run-log.ts';

/** Whose context it is. */
export interface RunContextOwner {
  readonly run: TrackedRun;
  readonly controller: RunController;
  readonly log: RunLog;
}

/** What a console shows, which looks past the handler. */
const LATER: unknown = Symbol('made when it is asked for');

export class RunContext implements JobContext {
  /** One for all: getters of each context's own would cost as much again as the rest of it. */
  static readonly #made: ProxyHandler<RunContext> = {
    get(context, name) {
      const value: unknown = Reflect.get(context, name);
      return value === LATER ? context.#make(name) : value;
    },
    /** So it goes when the context is frozen or sealed: from then on a field holds what it is said to hold. */
    defineProperty(context, name, descriptor) {
      const value: unknown = Reflect.get(context, name);
      if (value === LATER) Reflect.defineProperty(context, name, { value: context.#make(name) });
      return Reflect.defineProperty(context, name, descriptor);
    },
  };

  readonly #owner: RunContextOwner;

  readonly jobId: string;
  readonly executionId: string;
  readonly scheduledAt: Date;
  readonly attempt: number;
  readonly trigger: RunTrigger;
  readonly idempotencyKey: string;
  readonly lastSuccessAt: Date | null;
  /** A place for what is made: a copy takes an object's own fields alone. */
  readonly signal = LATER as AbortSignal;
  readonly logger = LATER as JobLogger;

  constructor(owner: RunContextOwner, lastSuccessAt: Date | null) {
    const { run } = owner;
    this.#owner = owner;
    this.jobId = run.jobId;
    this.executionId = run.id;
    // Dates of its own: the function may set them.
    this.scheduledAt = new Date(run.scheduledAt);
    this.attempt = run.attempt;
    this.trigger = run.trigger;
    this.idempotencyKey = idempotencyKey(run);
    this.lastSuccessAt = lastSuccessAt && new Date(lastSuccessAt);
    return new Proxy(this, RunContext.#made);
  }

  #make(name: string | symbol): unknown {
    return name === 'signal' ? this.#owner.controller.signal : this.#owner.log.forJob;
  }

  readonly progress = (fraction: number, message?: string): void => this.#owner.log.progress(fraction, message);
}
