/** Deletes old executions and events in bounded batches, by a watermark, while the service runs. */
export interface HistoryPruning {
  readonly olderThan: Date | null;
  /** Keep at least so many of each job. */
  readonly keepLast: number | null;
  readonly signal: AbortSignal;
}

export interface HistoryPruner {
  prune(pruning: HistoryPruning): Promise<{ deleted: number }>;
}
