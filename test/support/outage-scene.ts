/** Whole engines over one store whose connections can be cut, with jobs that say when they were called. */
import type { JobConfig } from '../../src/modules/foundation/domain/job-config.ts';
import type { JobFunction } from '../../src/modules/foundation/domain/job-definition.ts';
import { createEngine, type Engine, newStore } from './engine.ts';

const SECOND = 1_000;
/** The replicas find out that the database is away, or back. */
export const NOTICE = 6 * SECOND;
export const minutesOf = (instants: readonly Date[]) => instants.map((at) => at.toISOString().slice(11, 16));

export async function withJobs(
  edits: Readonly<Record<string, Partial<JobConfig>>>,
  options: { replicas?: number; lastsMs?: number } = {},
) {
  const { replicas = 1, lastsMs = 0 } = options;
  const store = newStore();
  const starts: string[] = [];
  const work: JobFunction = async (_kwargs, { jobId, scheduledAt, signal }) => {
    starts.push(`${jobId} ${scheduledAt.toISOString().slice(11, 16)}`);
    if (lastsMs === 0) return;
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    await Promise.race([store.time.pass(lastsMs), aborted]);
  };
  for (const [jobId, edit] of Object.entries(edits)) {
    store.save(jobId, { cronExpression: '* * * * *', handler: 'work', ...edit });
  }
  const engines: Engine[] = [];
  for (let n = 0; n < replicas; n += 1) engines.push(createEngine({ store, jobs: { work } }));
  for (const engine of engines) await engine.start();
  await store.time.advance(NOTICE);
  const outage = async (ms: number, links: readonly { isAway: boolean }[] = [store]) => {
    for (const link of links) link.isAway = true;
    await store.time.advance(ms);
    for (const link of links) link.isAway = false;
    await store.time.advance(NOTICE);
  };
  const runsOf = (jobId: string) => minutesOf(store.runsOf(jobId).map((run) => run.scheduledAt));
  const eventsOf = (jobId: string, type: string) =>
    store.events.filter((event) => event.jobId === jobId && event.type === type);
  return { store, starts, engines, outage, runsOf, eventsOf, time: store.time };
}
