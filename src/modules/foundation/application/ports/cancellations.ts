/** Wishes that a run stop: written by any process, seen by the one that runs it. */
export interface CancelOrder {
  readonly executionId: string;
  /** What the record will say of it. */
  readonly reason: string;
  readonly actor: string;
}

export interface RequestedCancellation {
  readonly executionId: string;
  readonly reason: string;
}

export interface Cancellations {
  /**
   * Marks a RUNNING record, or turns a run that waits into a cancelled record, with its audit event, in one statement.
   * @returns false: it is neither running nor waiting, or has just passed from the one to the other
   */
  request(order: CancelOrder): Promise<boolean>;
  /** RUNNING records of this instance that somebody wants to stop. */
  getRequested(instanceId: string): Promise<RequestedCancellation[]>;
}
