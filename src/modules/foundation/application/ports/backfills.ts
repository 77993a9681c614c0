/** Running occurrences that have passed: which of them ran already, and waiting runs for the others. */
export interface BackfillOrder {
  readonly jobId: string;
  readonly actor: string;
  readonly reason: string | null;
  /** Occurrences with the id that their run would have, oldest first. */
  readonly occurrences: readonly { readonly id: string; readonly scheduledAt: Date }[];
  /** Run those again that have an execution, as its next attempt. */
  readonly includeCompleted: boolean;
  /** What the audit event says of the order, instants included at the beginning and excluded at the end. */
  readonly range: { readonly from: Date; readonly to: Date };
}

/**
 * `added`: its run waits now. `completed`: an execution of it exists, whatever came of it. `waiting`: a run of it waited
 * before. `open`: none of these, and nothing was asked for.
 */
export type BackfillFate = 'added' | 'completed' | 'waiting' | 'open';

export interface BackfilledOccurrence {
  readonly scheduledAt: Date;
  readonly fate: BackfillFate;
  /** The run that waits, or the newest execution; null: there is none. */
  readonly executionId: string | null;
}

export interface Backfills {
  /** What became of each, oldest first. Nothing is written. */
  look(jobId: string, occurrences: BackfillOrder['occurrences']): Promise<BackfilledOccurrence[]>;
  /** Adds the runs with their audit event, in one statement. @returns null: there is no such job */
  add(order: BackfillOrder): Promise<BackfilledOccurrence[] | null>;
}
