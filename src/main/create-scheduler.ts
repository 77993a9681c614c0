/**
 * The scheduler as a part of somebody else's application, on Node, Deno or Bun. Owns nothing but the choice of parts;
 * invariant: importing it does nothing, making one opens nothing, and no global of the host is touched.
 */
import { Hono } from 'hono';
import { InvalidInputError } from '../modules/foundation/domain/errors.ts';
import type { Logger } from '../modules/foundation/application/ports/logger.ts';
import type { SchedulerApplicationService } from '../modules/foundation/application/scheduler-application-service.ts';
import type { Database } from '../modules/foundation/infrastructure/persistence/database.ts';
import type { PostgresServer } from '../modules/foundation/infrastructure/persistence/drivers/postgres-connection.ts';
import { PostgresDatabase } from '../modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import type { AnyClient } from '../modules/foundation/infrastructure/persistence/drivers/text-pool.ts';
import { LogTapeLogger } from '../modules/foundation/infrastructure/logging/logtape-logger.ts';
import { NodeHttpTransport } from '../modules/http/infrastructure/node-http-transport.ts';
import { SystemAddressResolver } from '../modules/http/infrastructure/system-address-resolver.ts';
import { bootstrap } from './bootstrap.ts';
import { checkOptions } from './check-options.ts';
import { databaseOf } from './database-of.ts';
import type { ModuleRegistries } from './modules.ts';
import type { SettingName } from './setting-names.ts';
import { parseSettings } from './settings.ts';

/** A postgres.js client: `postgres('postgres://…')`. */
export type PostgresClient = AnyClient & { readonly options: PostgresServer };

export interface SchedulerOptions {
  /** Module name → job id → function or `defineJob(…)`; beside the built-in `http` and `maintenance`. */
  readonly modules?: ModuleRegistries;
  /**
   * `postgres://…`: the scheduler has a pool of its own. A postgres.js client: it shares that pool, never ends it, and opens
   * two connections of its own beside it, one that listens, and one that migrates and is closed. `memory://`: for a
   * throwaway. Left out: embedded in `DATA_DIRECTORY`.
   */
  readonly database?: string | PostgresClient;
  /** A PostgreSQL schema for everything of this scheduler; those in other schemas do not see it. Left out: `public`. */
  readonly schema?: string;
  /** As in the environment, by the same names; the environment itself is not read. `BASE_PATH`: where `app` is mounted. */
  readonly settings?: Readonly<Partial<Record<SettingName, string>>>;
  /** Default: LogTape's category `carillon`, for the host to configure. */
  readonly logger?: Logger;
}

const OPTION_NAMES = [
  'modules',
  'database',
  'schema',
  'settings',
  'logger',
] as const satisfies (keyof SchedulerOptions)[];

export interface Scheduler {
  /** The admin API. `host.route(path, app)`, with `BASE_PATH` being that path; or leave it, and run headless. */
  readonly app: Hono;
  readonly scheduler: SchedulerApplicationService;
  /** Opens the database, applies the migrations, begins to fire; after a `stop` too. @throws DatabaseLockedError, DatabaseVersionError */
  start(): Promise<void>;
  /** Claims nothing more, drains the runs under way for `SHUTDOWN_GRACE`, closes the database. May come first, and twice. */
  stop(): Promise<void>;
}

/** Nothing is opened or started yet. @throws InvalidSettingsError, InvalidInputError, DuplicateJobError */
export async function createScheduler(options: SchedulerOptions = {}): Promise<Scheduler> {
  checkOptions(options, OPTION_NAMES);
  const { modules = {}, database, schema, logger = new LogTapeLogger() } = options;
  const settings = parseSettings({
    ...options.settings,
    ...(typeof database === 'string' ? { DATABASE_URL: database } : {}),
    ...(schema === undefined ? {} : { DATABASE_SCHEMA: schema }),
  });
  const opened: Database =
    database === undefined || typeof database === 'string'
      ? await databaseOf(settings, logger)
      : sharing(database, settings.databaseSchema, logger);
  const egress = { transport: new NodeHttpTransport(), resolver: new SystemAddressResolver() };
  const place = { runtime: runtimeName(), hostname: 'embedded' };
  const application = bootstrap(settings, { ...place, database: opened, logger, egress, modules });
  // One route of the host's: neither our middlewares nor our errors reach the host's other routes.
  const app = new Hono().all('*', (c) => application.fetch(c.req.raw));
  return { app, scheduler: application.scheduler, start: () => application.start(), stop: () => application.stop() };
}

/** @throws InvalidInputError */
function sharing(client: PostgresClient, schema: string | null, logger: Logger): Database {
  const { column, row } = client.options.transform ?? {};
  if (column?.from || row?.from) {
    const message = "renames columns or rewrites rows ('transform'), so that its answers cannot be read";
    throw new InvalidInputError(`The client ${message}. Hand over one without, or an address.`, [
      { path: 'database', message },
    ]);
  }
  const onProgress = (message: string): void => logger.info(message);
  return new PostgresDatabase({ url: client.options, shared: client, schema, onProgress });
}

/** `node 24`, `deno 2.9.6`, `bun 1.4.5` */
function runtimeName(): string {
  return navigator.userAgent.toLowerCase().replace('.js', '').replace('/', ' ');
}
