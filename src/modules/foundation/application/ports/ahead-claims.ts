/**
 * Runs that were claimed before they are due: confirmed when they are, or given back. One that is given back leaves no
 * record, and its cursor stands where it stood, unless somebody edited the job's schedule meanwhile; where later ones of its
 * job were claimed since, it waits to run as its misfire policy says. One that somebody wants to stop is recorded as
 * CANCELLED, and never starts.
 */
import type { RunnableConfig } from '../../domain/job-config.ts';
import type { ClaimedRun } from './fire-claims.ts';

/** Why an occurrence that was given back waits, or is not run. */
export const OVERTAKEN = 'overtaken: it was given back after a later occurrence of its job had been claimed';
export const EDITED = 'edited: the job was changed after this was claimed, and does not come back to it';

export interface AheadRun {
  readonly run: ClaimedRun;
  /** As it was when it was claimed. */
  readonly config: RunnableConfig;
  /** Where the claim moved the cursor; null: exhausted. */
  readonly nextFireAt: Date | null;
  /** As often its instance's lease had been renewed when the claim was sent. */
  readonly renewals: number;
}

export interface Confirming {
  /** The latest instant that any of the runs is due at. */
  readonly dueAt: Date;
  readonly leaseMs: number;
}

export interface Confirmation {
  /** The database's clock. */
  readonly now: Date;
  /** From which of its renewals on the lease has never ended; null: it was not renewed. */
  readonly heldFrom: number | null;
  /** Run ids that may be started. */
  readonly confirmed: ReadonlySet<string>;
  /** Run ids that are not to be started: their records are gone, or say that they were cancelled. */
  readonly givenBack: ReadonlySet<string>;
}

export interface DeadAheadRun {
  readonly id: string;
  readonly jobId: string;
  readonly scheduledAt: Date;
  readonly instanceId: string;
  /** False: its job was edited or deleted meanwhile, or it is too late; an event says that it is not run. */
  readonly isClaimable: boolean;
}

/** What a statement gave back, and where the next one goes on; null: there is nothing more. */
export interface DeadAheadRuns {
  readonly unstarted: DeadAheadRun[];
  readonly rest: string | null;
}

export interface AheadClaims {
  /**
   * Renews the lease, at or after `dueAt` by the database's clock, where it has never ended since that one of its `renewals` and no
   * configuration was changed since `tick`, nor a run cancelled that had been claimed ahead. A single row, however many runs it is for.
   * @returns false: nothing was done, and nothing may be started
   */
  confirmAll(
    instanceId: string,
    order: Confirming & { readonly tick: number; readonly renewals: number },
  ): Promise<{ readonly now: Date; readonly isConfirmed: boolean }>;
  /**
   * The same, looking at each: those that were cancelled, or edited since they were claimed, or claimed before the lease was
   * lost, are given back. Before `dueAt`, nothing is done.
   */
  confirmEach(instanceId: string, order: Confirming, runs: readonly AheadRun[]): Promise<Confirmation>;
  /** @returns the run ids that were given back; the others wait for somebody who is editing their job */
  giveBack(instanceId: string, runs: readonly AheadRun[]): Promise<ReadonlySet<string>>;
  /**
   * What instances without a lease had claimed and never confirmed; never those of `instanceId`. A portion, from where the one
   * before it ended: its `rest`; left out or null: from the first. All of a job's are in the same.
   */
  giveBackOfDead(instanceId: string, from?: string | null): Promise<DeadAheadRuns>;
}
