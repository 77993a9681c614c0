/**
 * Settings become an application: container → app → lifespan. Knows no runtime; it is also what a host application calls to
 * embed the scheduler. Invariant: nothing runs before `start`, and `stop` ends all that was started.
 */
import type { SchedulerApplicationService } from '../modules/foundation/application/scheduler-application-service.ts';
import { tokenOf } from '../modules/foundation/tokens.ts';
import { appOf, assemble, type AssembleOptions } from './assemble.ts';
import { Lifespan } from './lifespan.ts';
import { PrometheusLoader } from './prometheus.ts';
import { readReferenceFile } from './reference-files.ts';
import { schedulerSteps } from './scheduler-steps.ts';
import type { Settings } from './settings.ts';

/** To record what was aborted, give the lease back and close the database, where it answers. */
const ABORT_WITHIN_MS = 1_000;

export interface Application {
  /** @param client the address that the request comes from */
  readonly fetch: (request: Request, client?: string) => Response | Promise<Response>;
  readonly scheduler: SchedulerApplicationService;
  /** @throws DatabaseLockedError, DatabaseVersionError; a database that cannot be reached is no error */
  start(): Promise<void>;
  /** Drains the runs under way for `shutdownGraceMs`, then aborts them. */
  stop(): Promise<void>;
  /** Ends every open stream: a server that closes waits for them. */
  endStreams(): void;
  /** Ends the draining: what still runs is aborted now, and what the stop then does may take a second. */
  abortRuns(reason: string): void;
}

/** Makes the application. Nothing is opened or started yet. @throws DuplicateJobError */
export function bootstrap(settings: Settings, options: AssembleOptions): Application {
  const prometheus = new PrometheusLoader();
  const { container, registry } = assemble(settings, { metrics: prometheus.factory, ...options });
  // Known before it is started: whoever asks then is told of the database, and not that there is no such function.
  container.resolve(tokenOf('directory')).useRegistry(registry);
  const { shutdownGraceMs } = settings;
  const lifespan = new Lifespan(schedulerSteps(container, { registry, shutdownGraceMs }), options.logger);
  const dispatcher = container.resolve(tokenOf('dispatcher'));
  const app = appOf(container, settings, { readReferenceFile });
  return {
    fetch: (request, client) => app.fetch(request, client === undefined ? {} : { client }),
    scheduler: container.resolve(tokenOf('scheduler')),
    start: async () => {
      await lifespan.start();
      void prometheus.load().catch((error: unknown) => {
        options.logger.error('The metrics cannot be loaded: GET /metrics fails, and all else works.', { error });
      });
    },
    stop: () => lifespan.stop(),
    endStreams: () => container.resolve(tokenOf('live')).end('the service stops'),
    abortRuns: (reason) => {
      dispatcher.abortAll(reason);
      lifespan.hurry(ABORT_WITHIN_MS);
    },
  };
}
