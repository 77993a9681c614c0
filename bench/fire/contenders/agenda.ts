/** agenda on its PostgreSQL backend: one job each at the due second, as many at once as Carillon runs. */
import type { Sql } from 'postgres';
import type { Contender, FireOrder, OnStart, StartedContender } from '../contender.ts';
import { importPeer } from '../import-peer.ts';

interface Agenda {
  define(name: string, run: () => Promise<void>, options: object): void;
  schedule(at: Date, name: string, data: object): Promise<unknown>;
  start(): Promise<void>;
  stop(): Promise<void>;
  ready: Promise<unknown>;
}

const CONCURRENCY = 256;

async function open(url: string): Promise<Agenda> {
  const { Agenda } = await importPeer<{ Agenda: new (options: object) => Agenda }>('agenda');
  const { PostgresBackend } = await importPeer<{ PostgresBackend: new (options: object) => object }>(
    '@agendajs/postgres-backend',
  );
  const agenda = new Agenda({
    backend: new PostgresBackend({ connectionString: url }),
    processEvery: 100,
    maxConcurrency: CONCURRENCY,
    defaultConcurrency: CONCURRENCY,
  });
  await agenda.ready;
  return agenda;
}

async function schedule(order: FireOrder, dueAt: Date): Promise<void> {
  const agenda = await open(order.url);
  for (let from = 0; from < order.due; from += 50) {
    const length = Math.min(50, order.due - from);
    await Promise.all(Array.from({ length }, (_, index) => agenda.schedule(dueAt, 'bench', { n: from + index })));
  }
  await agenda.stop();
}

async function start(order: FireOrder, onStart: OnStart): Promise<StartedContender> {
  const agenda = await open(order.url);
  agenda.define('bench', async () => onStart(), { concurrency: CONCURRENCY, lockLimit: 0 });
  await agenda.start();
  return { armedMs: null, stop: () => agenda.stop() };
}

async function isRecorded(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ isDone: boolean }[]>`
    select /* bench_probe */ not exists (select from agenda_jobs where last_finished_at is null) as "isDone"`;
  return row?.isDone === true;
}

export const contender: Contender = { schedule, start, isRecorded };
