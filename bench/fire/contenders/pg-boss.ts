/** pg-boss: jobs deferred to the due second, taken in batches at the shortest polling it allows. */
import type { Sql } from 'postgres';
import type { Contender, FireOrder, OnStart, StartedContender } from '../contender.ts';
import { importPeer } from '../import-peer.ts';

interface PgBoss {
  start(): Promise<unknown>;
  stop(options: object): Promise<void>;
  on(event: string, listener: (error: unknown) => void): void;
  createQueue(name: string): Promise<void>;
  insert(queue: string, jobs: readonly object[]): Promise<unknown>;
  work(queue: string, options: object, handler: (jobs: unknown[]) => Promise<void>): Promise<unknown>;
}

const QUEUE = 'bench';
const BATCH = 1_000;

async function open(url: string): Promise<PgBoss> {
  const { PgBoss } = await importPeer<{ PgBoss: new (url: string) => PgBoss }>('pg-boss');
  const boss = new PgBoss(url);
  boss.on('error', (error) => console.error('pg-boss:', error));
  await boss.start();
  return boss;
}

async function schedule(order: FireOrder, dueAt: Date): Promise<void> {
  const boss = await open(order.url);
  await boss.createQueue(QUEUE);
  for (let from = 0; from < order.due; from += BATCH) {
    const jobs = Array.from({ length: Math.min(BATCH, order.due - from) }, () => ({ startAfter: dueAt }));
    await boss.insert(QUEUE, jobs);
  }
  await boss.stop({ graceful: true });
}

async function start(order: FireOrder, onStart: OnStart): Promise<StartedContender> {
  const boss = await open(order.url);
  const options = { batchSize: BATCH, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true, localConcurrency: 2 };
  await boss.work(QUEUE, options, async (jobs) => {
    for (let index = 0; index < jobs.length; index += 1) onStart();
  });
  return { armedMs: null, stop: () => boss.stop({ graceful: false }) };
}

async function isRecorded(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ isDone: boolean }[]>`
    select /* bench_probe */ not exists (select from pgboss.job where name = ${QUEUE} and state < 'completed') as "isDone"`;
  return row?.isDone === true;
}

export const contender: Contender = { schedule, start, isRecorded };
