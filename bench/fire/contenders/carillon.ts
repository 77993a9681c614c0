/** Carillon as it is: the application of `bootstrap`, one process, schedules that are rows. */
import postgres, { type Sql } from 'postgres';
import { PostgresDatabase } from '../../../src/modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import { carillonApplication, jobRows, startArmed } from '../carillon-application.ts';
import type { Contender, FireOrder, OnStart, StartedContender } from '../contender.ts';

async function schedule(order: FireOrder, dueAt: Date): Promise<void> {
  const database = new PostgresDatabase({ url: order.url });
  await database.open();
  await database.close();
  const sql = postgres(order.url, { max: 1 });
  await sql.unsafe(jobRows(order, dueAt));
  await sql`analyze`;
  await sql.end();
}

async function start(order: FireOrder, onStart: OnStart): Promise<StartedContender> {
  const bench = await carillonApplication({ DATABASE_URL: order.url }, () => onStart());
  return { armedMs: await startArmed(bench, order.enabled), stop: () => bench.application.stop() };
}

async function isRecorded(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ isDone: boolean }[]>`
    select /* bench_probe */ not exists (select from scheduler_execution_log where status = 'RUNNING') as "isDone"`;
  return row?.isDone === true;
}

export const contender: Contender = { schedule, start, isRecorded };
