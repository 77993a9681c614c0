/**
 * Claims: who starts which occurrence. One statement locks the cursors that it can have, moves them on and writes the RUNNING
 * records, so that an occurrence is started by at most one instance, and a cursor never moves without its record.
 */
import type { RunnableConfig } from '../../domain/job-config.ts';
import type { RunTrigger } from '../../domain/run.ts';
import type { SchedulerEvent } from '../../domain/event.ts';
import type { Run } from '../../domain/run.ts';

/** Where a job's schedule stands. */
export interface FireCursor {
  readonly jobId: string;
  /** The configuration that the cursor was computed for. */
  readonly revision: number;
  /** 'unarmed': to be computed, the configuration is new or changed; 'exhausted': no occurrence is left. */
  readonly nextFireAt: Date | 'unarmed' | 'exhausted';
}

/**
 * What becomes of a fire's run while an exclusive run of its job is RUNNING. `skip`: an event. `wait`: the cursor is left
 * alone. `waitBehindCatchUp`: so it is where that run catches up; otherwise an event. `queueOne`: it waits as a pending run, where no other occurrence waits behind the one that runs; otherwise an
 * event. `queueAll`: it waits as a pending run. `cancelPrevious`: it waits alone; what runs is to stop.
 */
export type WhenOverlapping = 'skip' | 'wait' | 'waitBehindCatchUp' | 'queueOne' | 'queueAll' | 'cancelPrevious';

/** One due cursor, and what is to become of it. */
export interface DueFire {
  readonly config: RunnableConfig;
  /** What the cursor says now; claimed only if it still does, at the same revision. */
  readonly dueAt: Date;
  /** What it will say; null: exhausted. */
  readonly nextFireAt: Date | null;
  /** The run to start; null: none of the missed occurrences is run. */
  readonly run: { readonly id: string; readonly scheduledAt: Date; readonly trigger: RunTrigger } | null;
  readonly whenOverlapping: WhenOverlapping;
  /** Why occurrences are not run, written in the same statement. */
  readonly event: SchedulerEvent | null;
}

export interface ClaimOptions {
  /** Cursors that become due within this time are taken too; their runs are held until `AheadClaims` confirms them. Default 0. */
  readonly aheadMs?: number;
  /** As often the lease had been renewed when the claim was sent: renewed twice since, nothing is claimed. Left out: not asked. */
  readonly renewals?: number;
}

export interface ClaimedRun extends Run {
  /** When its job had succeeded last, as the claim saw it when it began: what ends meanwhile is newer. Left out: not asked. */
  readonly lastSuccessAt?: Date | null;
}

export interface ClaimResult {
  /** Started by this instance: each has its RUNNING record. */
  readonly runs: ClaimedRun[];
  /** Job ids whose cursor this claim moved, with or without a run. */
  readonly moved: ReadonlySet<string>;
  /** Goes up with every change to a configuration, after the claim's cursors are free for it. */
  readonly tick: number;
}

export interface OverduePage {
  readonly limit: number;
  /** The last of the page before; null: from the oldest. */
  readonly after: FireCursor | null;
}

export interface FireClaims {
  /** Cursors that are not due by the database's clock, locked elsewhere, moved or re-armed are left alone; all are where
   * the instance has no lease by that clock. A cursor that is exhausted is told of, `job.expired`, once a configuration. */
  claim(instanceId: string, fires: readonly DueFire[], options?: ClaimOptions): Promise<ClaimResult>;
  /** Of these run ids, those that are RUNNING records of this instance: asked when the answer to a claim was lost. */
  getClaimed(instanceId: string, runIds: readonly string[]): Promise<Run[]>;
  /** Those of them that keep other runs of their job away: one that started without the database, while a record of its job was
   * RUNNING still, has a record that keeps nobody away. */
  getExclusive(instanceId: string, runIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Sets cursors that are 'unarmed' at that revision; others are left alone. One without an occurrence is told of, as by a claim.
   * @returns the jobs whose cursors it has set */
  arm(cursors: readonly { jobId: string; revision: number; nextFireAt: Date | null }[]): Promise<ReadonlySet<string>>;
  /** Of those of these jobs that have one. */
  getCursors(jobIds: readonly string[]): Promise<FireCursor[]>;
  /** Of enabled jobs: due by the database's clock and not paused, earliest first, then those that are 'unarmed'. */
  getDueOrUnarmed(limit: number): Promise<FireCursor[]>;
  /** Due for longer than `olderThanMs` by the database's clock: left over by whoever should have claimed them. */
  getOverdue(olderThanMs: number, page: OverduePage): Promise<FireCursor[]>;
}
