/** Where a run that somebody orders stands, in the store in memory. */
import type { InMemoryStore } from './in-memory-store.ts';

/**
 * The first millisecond from now that no run of the job stands for, nor an occurrence of its schedule may: those are whole
 * seconds, or whole seconds after its creation, or the one instant it says.
 */
export function freeInstant(store: InMemoryStore, jobId: string): number {
  const runs = [...store.waitingOf(jobId), ...store.runsOf(jobId)];
  const taken = new Set(runs.map((run) => run.scheduledAt.getTime()));
  const nextFireAt = store.cursors.get(jobId)?.nextFireAt;
  const scheduled = [store.configs.get(jobId)?.createdAt, nextFireAt instanceof Date ? nextFireAt : undefined];
  const millis = new Set([0, ...scheduled.map((instant) => instant?.getUTCMilliseconds())]);
  let at = store.now();
  while (taken.has(at) || millis.has(new Date(at).getUTCMilliseconds())) at += 1;
  return at;
}
