/** When a job succeeded last, by the store in memory. */
import type { InMemoryStore } from './in-memory-store.ts';

export function lastSuccessOf(store: InMemoryStore, jobId: string): Date | null {
  const ended = store.runsOf(jobId).filter((run) => run.status === 'SUCCESS');
  return ended.at(-1)?.finishedAt ?? null;
}
