/**
 * Settings become an application: container → app → lifespan. Knows no runtime; it is also what a host application calls to
 * embed the scheduler. Invariant: nothing runs before `start`, and `stop` ends all that was started.
 */
import { v7 as uuidv7 } from 'uuid';
import { createApp } from '../modules/foundation/interface/http/app.ts';
import { registerFoundation } from '../modules/foundation/container.ts';
import type { Logger } from '../modules/foundation/application/ports/logger.ts';
import type { SchedulerApplicationService } from '../modules/foundation/application/scheduler-application-service.ts';
import { createDatabase } from '../modules/foundation/infrastructure/persistence/create-database.ts';
import { tokenOf } from '../modules/foundation/tokens.ts';
import { Lifespan } from './lifespan.ts';
import { type Egress, mergeRegistries, type ModuleRegistries, moduleRegistries } from './modules.ts';
import { schedulerSteps } from './scheduler-steps.ts';
import type { Settings } from './settings.ts';
import { VERSION } from './version.ts';

/** Where the application runs. */
export interface BootstrapOptions {
  /** `node 24.1.0` */
  readonly runtime: string;
  readonly hostname: string;
  readonly logger: Logger;
  readonly egress: Egress;
  /** Modules of a host application, beside the service's own. */
  readonly modules?: ModuleRegistries;
}

export interface Application {
  /** @param client the address that the request comes from */
  readonly fetch: (request: Request, client?: string) => Response | Promise<Response>;
  readonly scheduler: SchedulerApplicationService;
  /** @throws DatabaseLockedError, DatabaseVersionError; a database that cannot be reached is no error */
  start(): Promise<void>;
  /** Drains the runs under way for `shutdownGraceMs`, then aborts them. */
  stop(): Promise<void>;
  /** Ends the draining: what still runs is aborted now. */
  abortRuns(reason: string): void;
}

/** Makes the application. Nothing is opened or started yet. @throws DuplicateJobError */
export async function bootstrap(settings: Settings, options: BootstrapOptions): Promise<Application> {
  const { logger, runtime, hostname } = options;
  const database = await createDatabase({
    url: settings.databaseUrl,
    dataDirectory: settings.dataDirectory,
    onProgress: (message) => logger.info(message),
  });
  const container = registerFoundation({
    database,
    logger,
    instance: { id: uuidv7(), hostname, runtime, version: VERSION, startedAt: new Date() },
    maxConcurrentRuns: settings.maxConcurrentRuns,
    defaults: {
      timezone: settings.defaultTimezone,
      ...(settings.cronDialect === null ? {} : { dialect: settings.cronDialect }),
    },
  });
  const own = moduleRegistries({
    settings,
    egress: options.egress,
    pruner: container.resolve(tokenOf('pruner')),
    now: () => container.resolve(tokenOf('time')).now(),
  });
  const registry = mergeRegistries({ ...options.modules, ...own });
  const lifespan = new Lifespan(
    schedulerSteps(container, { registry, shutdownGraceMs: settings.shutdownGraceMs }),
    logger,
  );
  const dispatcher = container.resolve(tokenOf('dispatcher'));
  container.resolve(tokenOf('bus')).subscribe(({ type, ...facts }) => {
    // What a run says is in the log already.
    if (type !== 'run.output') logger.debug(type, { ...facts });
  });
  const app = createApp({
    jobAdmin: container.resolve(tokenOf('jobAdmin')),
    pausing: container.resolve(tokenOf('pausing')),
    removal: container.resolve(tokenOf('removal')),
    backfill: container.resolve(tokenOf('backfill')),
    jobLedger: container.resolve(tokenOf('jobLedger')),
    runAdmin: container.resolve(tokenOf('runAdmin')),
    runLogs: container.resolve(tokenOf('runLogs')),
    readiness: container.resolve(tokenOf('readiness')),
    status: container.resolve(tokenOf('status')),
    metrics: container.resolve(tokenOf('metrics')),
    logger,
    tokens: settings.tokens,
    basePath: settings.basePath,
  });
  return {
    fetch: (request, client) => app.fetch(request, client === undefined ? {} : { client }),
    scheduler: container.resolve(tokenOf('scheduler')),
    start: () => lifespan.start(),
    stop: () => lifespan.stop(),
    abortRuns: (reason) => dispatcher.abortAll(reason),
  };
}
