/** Runs that wait for an instance: any process adds one, a process that has the function starts it. */
import type { Run, RunTrigger } from '../../domain/run.ts';
import type { JsonObject } from '../../domain/job-definition.ts';

export interface NewPendingRun {
  /** The execution will have this id. */
  readonly id: string;
  readonly jobId: string;
  readonly trigger: RunTrigger;
  readonly jobKwargs: JsonObject;
  readonly reason: string | null;
  readonly actor: string;
}

export interface PendingRun extends NewPendingRun {
  readonly scheduledAt: Date;
  readonly attempt: number;
  readonly createdAt: Date;
}

export interface PendingRuns {
  /** Adds it with its audit event, in one statement; `scheduledAt` is the first free millisecond from now. */
  add(run: NewPendingRun): Promise<PendingRun>;
  getById(id: string): Promise<PendingRun | null>;
  /** Turns waiting runs into RUNNING records of this instance, in one statement. Those that would overlap wait on,
   * and so do those whose function (`coalesce(handler, job_id)` of the configuration) is not among `handlers`. */
  claim(instanceId: string, options: { handlers: readonly string[]; limit: number }): Promise<Run[]>;
}
