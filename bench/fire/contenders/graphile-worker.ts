/** graphile-worker: jobs with `run_at` at the due second; a pool of workers, and its own queue of jobs in memory. */
import type { Sql } from 'postgres';
import type { Contender, FireOrder, OnStart, StartedContender } from '../contender.ts';
import { importPeer } from '../import-peer.ts';

interface GraphileWorker {
  readonly Logger: new (factory: () => () => void) => object;
  readonly run: (options: object) => Promise<{ stop(): Promise<void> }>;
  readonly runMigrations: (options: object) => Promise<void>;
  readonly makeWorkerUtils: (
    options: object,
  ) => Promise<{ addJobs(jobs: readonly object[]): Promise<unknown>; release(): Promise<void> }>;
}

const BATCH = 1_000;
const CONCURRENCY = 100;

async function schedule(order: FireOrder, dueAt: Date): Promise<void> {
  const { makeWorkerUtils, runMigrations } = await importPeer<GraphileWorker>('graphile-worker');
  await runMigrations({ connectionString: order.url });
  const worker = await makeWorkerUtils({ connectionString: order.url });
  for (let from = 0; from < order.due; from += BATCH) {
    const length = Math.min(BATCH, order.due - from);
    await worker.addJobs(Array.from({ length }, () => ({ identifier: 'bench', payload: {}, runAt: dueAt })));
  }
  await worker.release();
}

async function start(order: FireOrder, onStart: OnStart): Promise<StartedContender> {
  const { run, Logger } = await importPeer<GraphileWorker>('graphile-worker');
  const runner = await run({
    connectionString: order.url,
    taskList: { bench: () => onStart() },
    noHandleSignals: true,
    logger: new Logger(() => () => undefined),
    preset: {
      worker: {
        concurrentJobs: CONCURRENCY,
        maxPoolSize: 10,
        pollInterval: 100,
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
        localQueue: { size: 500 },
      },
    },
  });
  return { armedMs: null, stop: () => runner.stop() };
}

async function isRecorded(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ isDone: boolean }[]>`
    select /* bench_probe */ not exists (select from graphile_worker._private_jobs) as "isDone"`;
  return row?.isDone === true;
}

export const contender: Contender = { schedule, start, isRecorded };
