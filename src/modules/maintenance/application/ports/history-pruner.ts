/** Deletes old executions while the service runs; main binds it to the scheduler's own. */
export interface HistoryPruning {
  /** Only what finished before this instant. null: whatever its age. */
  readonly olderThan: Date | null;
  /** Keep at least so many executions of each job. null: none. */
  readonly keepLast: number | null;
  readonly signal: AbortSignal;
}

export interface HistoryPruner {
  prune(options: HistoryPruning): Promise<{ deleted: number }>;
}
