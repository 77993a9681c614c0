/** Tells that rows changed, on whichever replica or by plain SQL. A hint only: what it misses, polling finds. */
export type Change =
  | { readonly kind: 'job'; readonly jobId: string }
  | { readonly kind: 'pending' }
  /** Somebody wants this run to stop. */
  | { readonly kind: 'cancel'; readonly executionId: string }
  | { readonly kind: 'reconnected' };

export interface ChangeFeed {
  /** @returns how to stop; 'reconnected' means that changes may have been missed */
  subscribe(listener: (change: Change) => void): Promise<() => Promise<void>>;
}
