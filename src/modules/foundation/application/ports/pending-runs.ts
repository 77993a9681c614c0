/** Runs that wait for an instance: any process adds one, a process that has the function starts it. */
import type { Run, RunTrigger } from '../../domain/run.ts';
import type { JsonObject } from '../../domain/job-definition.ts';
import type { ClaimedRun } from './fire-claims.ts';

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
  /** null: as many as its job says when it is started. */
  readonly maxAttempts: number | null;
  /** It is not started before. */
  readonly availableAt: Date;
  readonly createdAt: Date;
}

/** A person wants an execution to be run again. */
export interface RetryOrder {
  /** The new execution's. */
  readonly id: string;
  readonly executionId: string;
  readonly jobId: string;
  readonly reason: string | null;
  readonly actor: string;
}

export interface PendingClaim {
  /** Started by this instance: each has its RUNNING record, and says when its job had succeeded last. */
  readonly runs: ClaimedRun[];
  /** How long until the next waiting run becomes available, whoever may start it; null: none will by itself. */
  readonly nextInMs: number | null;
  /** Some are available and were not started: for want of a slot, of the function, or because a run of their job goes on. */
  readonly isAnyLeft: boolean;
}

export interface PendingClaimOptions {
  readonly handlers: readonly string[];
  readonly limit: number;
  /** As often the lease had been renewed when the claim was sent: renewed twice since, nothing is claimed. Left out: not asked. */
  readonly renewals?: number;
  /** Of these alone; left out: of all. */
  readonly only?: readonly string[];
  /** Left alone, and in no other's way. */
  readonly except?: readonly string[];
  /** Jobs whose waiting runs are left alone. */
  readonly exceptJobs?: readonly string[];
}

/** Who adds a run when nobody ordered it. What the scheduler added waits while its job is disabled or paused. */
export const SCHEDULER_ACTOR = 'scheduler';

export interface PendingRuns {
  /** Adds it with its audit event, in one statement; `scheduledAt` is the first free millisecond from now. */
  add(run: NewPendingRun): Promise<PendingRun>;
  /** The next attempt of an execution that has ended, with its audit event, in one statement. @returns null: there is none */
  addRetry(order: RetryOrder): Promise<PendingRun | null>;
  getById(id: string): Promise<PendingRun | null>;
  /** Turns waiting runs that are available by the database's clock into RUNNING records of this instance, in one
   * statement. Those that would overlap wait on, and so do those whose function (`coalesce(handler, job_id)` of the
   * configuration) is not among `handlers`; all do where the instance has no lease by that clock. */
  claim(instanceId: string, options: PendingClaimOptions): Promise<PendingClaim>;
  /** The ids of what a claim would take now, oldest first: asked when one was refused. */
  getReady(options: PendingClaimOptions): Promise<string[]>;
  /** RUNNING records of this instance that waited here: asked when the answer to a claim was lost. */
  getClaimed(instanceId: string): Promise<Run[]>;
}
