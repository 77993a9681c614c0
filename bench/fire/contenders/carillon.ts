/** Carillon as it is: the application of `bootstrap`, one process, schedules that are rows. */
import postgres, { type Sql } from 'postgres';
import { bootstrap } from '../../../src/main/bootstrap.ts';
import { databaseOf } from '../../../src/main/database-of.ts';
import { parseSettings } from '../../../src/main/settings.ts';
import { LogTapeLogger } from '../../../src/modules/foundation/infrastructure/logging/logtape-logger.ts';
import { PostgresDatabase } from '../../../src/modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import { NodeHttpTransport } from '../../../src/modules/http/infrastructure/node-http-transport.ts';
import type { Contender, FireOrder, OnStart, StartedContender } from '../contender.ts';

async function schedule(order: FireOrder, dueAt: Date): Promise<void> {
  const database = new PostgresDatabase({ url: order.url });
  await database.open();
  await database.close();
  const cron = (at: Date): string => `${at.getUTCSeconds()} ${at.getUTCMinutes()} ${at.getUTCHours()} * * *`;
  const due = cron(dueAt);
  const later = cron(new Date(dueAt.getTime() + 12 * 3_600_000));
  const sql = postgres(order.url, { max: 1 });
  await sql`
    insert into scheduler_job_config (job_id, job_name, cron_expression, dialect, timezone, handler)
    select 'bench-' || n, 'Bench ' || n, case when n <= ${order.due} then ${due} else ${later} end, 'unix', 'UTC', 'bench.nothing'
    from generate_series(1, ${order.enabled}::int) n`;
  await sql`analyze`;
  await sql.end();
}

async function start(order: FireOrder, onStart: OnStart): Promise<StartedContender> {
  const startedAt = performance.now();
  const settings = parseSettings({ DATABASE_URL: order.url });
  const logger = new LogTapeLogger();
  const application = bootstrap(settings, {
    database: await databaseOf(settings, logger),
    runtime: 'bench',
    hostname: 'bench',
    logger,
    egress: { transport: new NodeHttpTransport(), resolver: null },
    modules: { bench: { 'bench.nothing': () => onStart() } },
  });
  await application.start();
  const armedMs = performance.now() - startedAt;
  const armed = application.scheduler.getJobs().length;
  if (armed < order.enabled) throw new Error(`Of ${order.enabled} jobs ${armed} are armed.`);
  return { armedMs, stop: () => application.stop() };
}

async function isRecorded(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ isDone: boolean }[]>`
    /* bench_probe */ select not exists (select from scheduler_execution_log where status = 'RUNNING') as "isDone"`;
  return row?.isDone === true;
}

export const contender: Contender = { schedule, start, isRecorded };
