/** Thirty jobs that are due at noon, over a whole engine in virtual time: claimed ahead, half a second before. */
import { expect } from 'vitest';
import type { JobConfig } from '../../src/modules/foundation/domain/job-config.ts';
import type { JobFunction } from '../../src/modules/foundation/domain/job-definition.ts';
import { createEngine, newStore, recordingJob, START } from './engine.ts';

export const NOON = '2026-01-02T12:00:00.000Z';
/** From the start of the store until half a second before noon. */
export const UNTIL_CLAIMED = 2_500;
export const HERD = 30;

export function newHerd(edit: Partial<JobConfig> = {}, startAt: string = START) {
  const store = newStore(startAt);
  for (let at = 0; at < HERD; at += 1)
    store.save(`job-${at}`, { cronExpression: '0 12 * * *', handler: 'work', ...edit });
  return store;
}

interface HerdOptions {
  readonly job?: JobFunction & { calls?: string[] };
  readonly aliveForMs?: number;
  readonly maxConcurrentRuns?: number;
}

/** One replica, half a second before noon, with the whole herd claimed. */
export async function claimedHerd(edit: Partial<JobConfig> = {}, options: HerdOptions = {}) {
  const { job = recordingJob(), aliveForMs = UNTIL_CLAIMED, ...limits } = options;
  const store = newHerd(edit, new Date(Date.parse(NOON) - 500 - aliveForMs).toISOString());
  const engine = createEngine({ store, jobs: { work: job }, ...limits });
  await engine.start();
  await store.time.advance(aliveForMs);
  expect([...store.executions.values()].map(({ status }) => status)).toEqual(Array(HERD).fill('RUNNING'));
  return { store, engine, calls: job.calls ?? [], time: store.time };
}
