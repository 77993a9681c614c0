/** Taking a job away. Its history stays; the runs that wait go with it, and are told as events. */
export interface Removal {
  readonly jobId: string;
  readonly actor: string;
  /** Only if the row still has this revision; left out: whatever it is at. */
  readonly ifRevision?: number;
}

export interface JobRemovals {
  /** With its audit event, in one statement. @returns whether there was one, at that revision */
  remove(removal: Removal): Promise<boolean>;
}
