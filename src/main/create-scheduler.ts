/**
 * The scheduler as a part of somebody else's application, on Node, Deno or Bun. Owns nothing but the choice of parts;
 * invariant: importing it does nothing, making one opens nothing, and no global of the host is touched.
 */
import { Hono } from 'hono';
import type { Logger } from '../modules/foundation/application/ports/logger.ts';
import type { SchedulerApplicationService } from '../modules/foundation/application/scheduler-application-service.ts';
import type { Database } from '../modules/foundation/infrastructure/persistence/database.ts';
import {
  PostgresDatabase,
  type PostgresServer,
} from '../modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import { LogTapeLogger } from '../modules/foundation/infrastructure/logging/logtape-logger.ts';
import { NodeHttpTransport } from '../modules/http/infrastructure/node-http-transport.ts';
import { SystemAddressResolver } from '../modules/http/infrastructure/system-address-resolver.ts';
import { bootstrap } from './bootstrap.ts';
import { databaseOf } from './database-of.ts';
import type { ModuleRegistries } from './modules.ts';
import { parseSettings, type SettingName } from './settings.ts';

/** A postgres.js client: `postgres('postgres://…')`. */
export interface PostgresClient {
  readonly options: PostgresServer;
}

export interface SchedulerOptions {
  /** Module name → job id → function or `defineJob(…)`; beside the built-in `http` and `maintenance`. */
  readonly modules?: ModuleRegistries;
  /**
   * `postgres://…`, `memory://`, or a postgres.js client: the scheduler then opens connections of its own to the same
   * server, since it reads values otherwise than a host does. Left out: embedded in `DATA_DIRECTORY`.
   */
  readonly database?: string | PostgresClient;
  /** As in the environment, by the same names; the environment itself is not read. `BASE_PATH`: where `app` is mounted. */
  readonly settings?: Readonly<Partial<Record<SettingName, string>>>;
  /** Default: LogTape's category `carillon`, for the host to configure. */
  readonly logger?: Logger;
}

export interface Scheduler {
  /** The admin API. `host.route(path, app)`, with `BASE_PATH` being that path; or leave it, and run headless. */
  readonly app: Hono;
  readonly scheduler: SchedulerApplicationService;
  /** Opens the database, applies the migrations, begins to fire. @throws DatabaseLockedError, DatabaseVersionError */
  start(): Promise<void>;
  /** Claims nothing more, drains the runs under way for `SHUTDOWN_GRACE`, closes the database. */
  stop(): Promise<void>;
}

/** Nothing is opened or started yet. @throws InvalidSettingsError, DuplicateJobError */
export async function createScheduler(options: SchedulerOptions = {}): Promise<Scheduler> {
  const { modules = {}, database, logger = new LogTapeLogger() } = options;
  const url = typeof database === 'string' ? { DATABASE_URL: database } : {};
  const settings = parseSettings({ ...options.settings, ...url });
  const opened: Database =
    database === undefined || typeof database === 'string'
      ? await databaseOf(settings, logger)
      : new PostgresDatabase({ url: database.options, onProgress: (message) => logger.info(message) });
  const egress = { transport: new NodeHttpTransport(), resolver: new SystemAddressResolver() };
  const place = { runtime: runtimeName(), hostname: 'embedded' };
  const application = bootstrap(settings, { ...place, database: opened, logger, egress, modules });
  // One route of the host's: neither our middlewares nor our errors reach the host's other routes.
  const app = new Hono().all('*', (c) => application.fetch(c.req.raw));
  return { app, scheduler: application.scheduler, start: () => application.start(), stop: () => application.stop() };
}

/** `node 24`, `deno 2.9.6`, `bun 1.4.5` */
function runtimeName(): string {
  return navigator.userAgent.toLowerCase().replace('.js', '').replace('/', ' ');
}
