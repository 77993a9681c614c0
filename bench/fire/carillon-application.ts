/** Carillon as a host gets it: the application of `bootstrap`, with one function that says when it was started. */
import { bootstrap, type Application } from '../../src/main/bootstrap.ts';
import { databaseOf } from '../../src/main/database-of.ts';
import { parseSettings } from '../../src/main/settings.ts';
import { LogTapeLogger } from '../../src/modules/foundation/infrastructure/logging/logtape-logger.ts';
import type { Database } from '../../src/modules/foundation/infrastructure/persistence/database.ts';
import { NodeHttpTransport } from '../../src/modules/http/infrastructure/node-http-transport.ts';

export interface BenchApplication {
  readonly application: Application;
  readonly database: Database;
}

/** Neither opened nor started. @param environment what the service would be started with */
export async function carillonApplication(
  environment: Readonly<Record<string, string>>,
  onStart: () => void,
  hostname = 'bench',
): Promise<BenchApplication> {
  const settings = parseSettings(environment);
  const logger = new LogTapeLogger();
  const database = await databaseOf(settings, logger);
  const application = bootstrap(settings, {
    ...{ database, logger, hostname, runtime: 'bench' },
    egress: { transport: new NodeHttpTransport(), resolver: null },
    modules: { bench: { 'bench.nothing': () => onStart() } },
  });
  return { application, database };
}

/** Starts it, and waits until as many jobs are armed. @returns how long that took, in milliseconds */
export async function startArmed({ application }: BenchApplication, enabled: number): Promise<number> {
  const startedAt = performance.now();
  await application.start();
  const armedMs = performance.now() - startedAt;
  const armed = application.scheduler.getJobs().length;
  if (armed < enabled) throw new Error(`Of ${enabled} jobs ${armed} are armed.`);
  return armedMs;
}

/** Rows of jobs: the first of them due at one instant, the others twelve hours later. @returns SQL */
export function jobRows({ due, enabled }: { due: number; enabled: number }, dueAt: Date): string {
  const cron = (at: Date): string => `${at.getUTCSeconds()} ${at.getUTCMinutes()} ${at.getUTCHours()} * * *`;
  const later = cron(new Date(dueAt.getTime() + 12 * 3_600_000));
  return `insert into scheduler_job_config (job_id, job_name, cron_expression, dialect, timezone, handler)
    select 'bench-' || n, 'Bench ' || n, case when n <= ${due} then '${cron(dueAt)}' else '${later}' end, 'unix', 'UTC', 'bench.nothing'
    from generate_series(1, ${enabled}) n`;
}
