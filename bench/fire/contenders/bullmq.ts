/** BullMQ on a Redis of its own that syncs every write to disk: jobs delayed to the due second, as many at once as Carillon runs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sql } from 'postgres';
import type { Contender, FireOrder, OnStart, StartedContender } from '../contender.ts';
import { importPeer } from '../import-peer.ts';

interface Queue {
  addBulk(jobs: readonly object[]): Promise<unknown>;
  getCompletedCount(): Promise<number>;
  close(): Promise<void>;
}

interface Worker {
  on(event: 'error', listener: (error: unknown) => void): void;
  waitUntilReady(): Promise<unknown>;
  close(force: boolean): Promise<void>;
}

interface BullMq {
  readonly Queue: new (name: string, options: object) => Queue;
  readonly Worker: new (name: string, run: () => Promise<void>, options: object) => Worker;
}

interface Redis {
  readonly socket: string;
  readonly process: ChildProcess;
  readonly directory: string;
}

const QUEUE = 'bench';
const BATCH = 1_000;
const CONCURRENCY = 256;

let redis: Redis;
let queue: Queue;

async function startRedis(): Promise<Redis> {
  const directory = await mkdtemp(join(tmpdir(), 'carillon-bench-redis-'));
  const socket = join(directory, 'redis.sock');
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
  const place = ['--port', '0', '--unixsocket', socket, '--dir', directory];
  const server = spawn('redis-server', [...place, ...durable], { stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => server.kill());
  await once(server, 'spawn');
  for await (const chunk of server.stdout) if (String(chunk).includes('eady to accept connections')) break;
  server.stdout.resume();
  return { socket, process: server, directory };
}

async function schedule(order: FireOrder, dueAt: Date): Promise<void> {
  redis = await startRedis();
  const bullMq = await importPeer<BullMq>('bullmq');
  queue = new bullMq.Queue(QUEUE, { connection: { path: redis.socket } });
  for (let from = 0; from < order.due; from += BATCH) {
    const length = Math.min(BATCH, order.due - from);
    const opts = { delay: dueAt.getTime() - Date.now() };
    await queue.addBulk(Array.from({ length }, () => ({ name: 'bench', data: {}, opts })));
  }
}

async function start(_order: FireOrder, onStart: OnStart): Promise<StartedContender> {
  const bullMq = await importPeer<BullMq>('bullmq');
  const options = { connection: { path: redis.socket, maxRetriesPerRequest: null }, concurrency: CONCURRENCY };
  const worker = new bullMq.Worker(QUEUE, async () => onStart(), options);
  worker.on('error', (error) => console.error('bullmq:', error));
  await worker.waitUntilReady();
  return {
    armedMs: null,
    async stop() {
      await worker.close(true);
      await queue.close();
      const gone = once(redis.process, 'exit');
      redis.process.kill();
      await gone;
      await rm(redis.directory, { recursive: true, force: true });
    },
  };
}

async function isRecorded(_sql: Sql, order: FireOrder): Promise<boolean> {
  return (await queue.getCompletedCount()) === order.due;
}

export const contender: Contender = { isOnPostgres: false, schedule, start, isRecorded };
