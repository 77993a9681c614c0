/**
 * What went on without the database, told to it when it is back. One statement a call: the records of runs that started
 * without one, the cursors moved past what they stand for, what waits behind them, and the events.
 */
import type { SchedulerEvent } from '../../domain/event.ts';
import type { RunnableConfig } from '../../domain/job-config.ts';
import type { Run, RunTrigger } from '../../domain/run.ts';
import type { AheadRun } from './ahead-claims.ts';

/** Why an occurrence that ran without the database has no record of this run. */
export const RECORDED_ELSEWHERE =
  'recorded: another instance ran this occurrence too while this one could not reach the database';

/** One job's outage. */
export interface OutageSettlement {
  readonly config: RunnableConfig;
  /** What the cursor said when the database went away. */
  readonly firstDueAt: Date;
  /** Where the cursor goes, null: exhausted; left out: the job was held, and its cursor stays. */
  readonly nextFireAt?: Date | null;
  /** Runs that were claimed ahead and have not started; left out: none. */
  readonly unstarted?: readonly AheadRun[];
  /** Runs that have ended, whose outcome is still to be written, and runs that go on. */
  readonly ended: readonly Run[];
  readonly active: readonly Run[];
  /** Occurrences that wait for one of these to end. */
  readonly waiting: readonly { readonly id: string; readonly scheduledAt: Date; readonly trigger: RunTrigger }[];
  /** Of a job that was held they are told only while its cursor stands where it stood: otherwise another instance ran it. */
  readonly events: readonly SchedulerEvent[];
}

export interface OutageSettlements {
  /**
   * Writes it all, RUNNING records beside those that stand already. A cursor that was moved further meanwhile, or that
   * somebody has locked, is left alone; one whose schedule was edited meanwhile is unarmed, to be computed anew. Where
   * another instance's record of the same occurrence stands, an event says that the occurrence was run here too. The
   * records of what was claimed ahead and not started are removed, and the cursor of a job that was held goes back to it;
   * of a job that was edited meanwhile, or is locked, they stand, for `AheadClaims` to give back.
   * @returns the jobs that ran and whose cursor is locked: to be given again
   * @throws DatabaseUnavailableError; giving the same again is safe
   */
  settle(instanceId: string, settlements: readonly OutageSettlement[]): Promise<ReadonlySet<string>>;
}
