/**
 * Settings and a database become the wired parts: the container, the merged registry, the HTTP application. Opens and starts
 * nothing; who lives long (`bootstrap.ts`) and who lives for one invocation (`create-worker.ts`) both begin here.
 */
import { v7 as uuidv7 } from 'uuid';
import { type FoundationContainer, type MetricsFactory, registerFoundation } from '../modules/foundation/container.ts';
import type { Logger, LogProperties } from '../modules/foundation/application/ports/logger.ts';
import type { MergedJobRegistry } from '../modules/foundation/domain/job-definition.ts';
import type { Database } from '../modules/foundation/infrastructure/persistence/database.ts';
import { createApp } from '../modules/foundation/interface/http/app.ts';
import type { ReadReferenceFile } from '../modules/foundation/interface/http/routes/reference.ts';
import type { FailureLimit } from '../modules/foundation/interface/http/failure-limit.ts';
import { tokenOf } from '../modules/foundation/tokens.ts';
import { besideOwn, type Egress, mergeRegistries, type ModuleRegistries, moduleRegistries } from './modules.ts';
import type { Settings } from './settings.ts';
import { VERSION } from './version.ts';

/** Where it runs, and on what. */
export interface AssembleOptions {
  /** Not yet open. */
  readonly database: Database;
  /** `node 24.1.0` */
  readonly runtime: string;
  readonly hostname: string;
  readonly logger: Logger;
  readonly egress: Egress;
  readonly metrics?: MetricsFactory;
  /** Modules of a host application, beside the service's own. */
  readonly modules?: ModuleRegistries;
}

export interface Assembly {
  readonly container: FoundationContainer;
  readonly registry: MergedJobRegistry;
}

/** @throws DuplicateJobError, InvalidInputError */
export function assemble(settings: Settings, options: AssembleOptions): Assembly {
  const { database, logger, runtime, hostname } = options;
  const container = registerFoundation({
    database,
    logger,
    instance: { id: uuidv7(), hostname, runtime, version: VERSION, startedAt: new Date() },
    maxConcurrentRuns: settings.maxConcurrentRuns,
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
    defaults: {
      timezone: settings.defaultTimezone,
      ...(settings.cronDialect === null ? {} : { dialect: settings.cronDialect }),
      ...(settings.sweepIntervalMs === null ? {} : { sweepIntervalMs: settings.sweepIntervalMs }),
    },
  });
  const own = moduleRegistries({
    settings,
    egress: options.egress,
    pruner: container.resolve(tokenOf('pruner')),
    now: () => container.resolve(tokenOf('time')).now(),
  });
  container.resolve(tokenOf('bus')).subscribe((event) => {
    // What a run says is in the log already.
    if (event.type !== 'run.output') logger.debug(event.type, event as unknown as LogProperties);
  });
  return { container, registry: mergeRegistries(besideOwn(options.modules ?? {}, own)) };
}

/** What a caller may have of its own in the HTTP application. */
export interface AppParts {
  readonly failures?: FailureLimit;
  readonly readReferenceFile?: ReadReferenceFile;
}

export function appOf(container: FoundationContainer, settings: Settings, parts: AppParts = {}) {
  return createApp({
    jobAdmin: container.resolve(tokenOf('jobAdmin')),
    pausing: container.resolve(tokenOf('pausing')),
    removal: container.resolve(tokenOf('removal')),
    backfill: container.resolve(tokenOf('backfill')),
    idempotencyKeys: container.resolve(tokenOf('idempotencyKeys')),
    jobLedger: container.resolve(tokenOf('jobLedger')),
    runAdmin: container.resolve(tokenOf('runAdmin')),
    runLogs: container.resolve(tokenOf('runLogs')),
    live: container.resolve(tokenOf('live')),
    timers: container.resolve(tokenOf('timers')),
    metrics: container.resolve(tokenOf('metrics')),
    readiness: container.resolve(tokenOf('readiness')),
    status: container.resolve(tokenOf('status')),
    logger: container.resolve(tokenOf('logger')),
    tokens: settings.tokens,
    basePath: settings.basePath,
    ...parts,
  });
}
