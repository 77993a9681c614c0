/**
 * The application behind a server that answers already: loaded, wired, started, and stopped in order when the process is told
 * to. Invariant: requests reach it as soon as it is wired; what it cannot do before its database is open it says itself.
 */
import { zoneDataFault } from '../modules/foundation/domain/schedule.ts';
import {
  closeLogging,
  configureLogging,
  LogTapeLogger,
} from '../modules/foundation/infrastructure/logging/logtape-logger.ts';
import { NodeHttpTransport } from '../modules/http/infrastructure/node-http-transport.ts';
import { SystemAddressResolver } from '../modules/http/infrastructure/system-address-resolver.ts';
import { type Application, bootstrap } from './bootstrap.ts';
import { databaseOf } from './database-of.ts';
import { type FirstStartToken, firstStartToken } from './first-start-token.ts';
import { Lifespan } from './lifespan.ts';
import type { ModuleRegistries } from './modules.ts';
import type { RunningServer, RuntimeHost } from './run-service.ts';
import type { Settings } from './settings.ts';
import { stopOnSignal } from './stop-on-signal.ts';

/** What the application may take to stop beyond its runs' grace: aborting them, the lease, the database. */
const STOP_MARGIN_MS = 30_000;

/** What is being claimed has its answer, or is given up, by then. */
const CLAIMS_WITHIN_MS = 15_000;

/** What is logged of an error that nobody caught. */
export const LEFT_UNCAUGHT = 'An error was left uncaught, most likely by a job that had ended; the service goes on.';

export interface RunApplicationOptions {
  readonly host: RuntimeHost;
  readonly settings: Settings;
  readonly modules: ModuleRegistries;
  /** Serves already. */
  readonly server: RunningServer;
  /** The application answers from now on. */
  readonly onAnswering: (fetch: Application['fetch']) => void;
}

/** @throws what keeps it from starting */
export async function runApplication(options: RunApplicationOptions): Promise<void> {
  const { host, settings, modules, server } = options;
  await configureLogging({ level: settings.logLevel, format: settings.logFormat });
  const logger = new LogTapeLogger();
  host.onBackgroundError((error) => {
    logger.error(LEFT_UNCAUGHT, { error });
  });
  const fault = zoneDataFault();
  if (fault !== null) throw new Error(fault);
  const made = settings.tokens.admin === undefined ? await firstStartToken(settings.dataDirectory) : null;
  const tokens = made === null ? settings.tokens : { ...settings.tokens, admin: made.token };
  const egress = { transport: new NodeHttpTransport(), resolver: new SystemAddressResolver() };
  const { runtime, hostname } = host;
  const database = await databaseOf(settings, logger);
  const application = bootstrap({ ...settings, tokens }, { database, runtime, hostname, logger, egress, modules });
  options.onAnswering(application.fetch);
  const lifespan = new Lifespan(
    [
      {
        name: 'application',
        start: () => application.start(),
        stop: () => application.stop(),
        stopWithinMs: settings.shutdownGraceMs + STOP_MARGIN_MS,
      },
      { name: 'server', start: () => announce(settings, server.port, made), stop: () => server.close() },
      // Before the server, which would wait for them.
      { name: 'streams', stop: () => application.endStreams() },
      // Before the server, which may take its time over the requests under way.
      { name: 'claims', stop: () => application.scheduler.stopScheduler(), stopWithinMs: CLAIMS_WITHIN_MS },
    ],
    logger,
  );
  stopOnSignal({ host, lifespan, abortRuns: (reason) => application.abortRuns(reason), closeLogging });
  await lifespan.start();
}

function announce(settings: Settings, port: number | null, made: FirstStartToken | null): void {
  if (port === null) return;
  const host = settings.host.includes(':') && !settings.host.startsWith('[') ? `[${settings.host}]` : settings.host;
  const address = `http://${host}:${port}${settings.basePath}`;
  console.log(`Carillon is ready at ${address}`);
  if (made?.isNew === true) {
    console.log(`Admin token, shown this once and kept in ${made.path}: ${made.token}`);
    console.log(`Open once, to sign a browser in: ${address}/sign-in#token=${made.token}`);
    console.log(`Try: curl -H 'Authorization: Bearer ${made.token}' ${address}/admin/jobs`);
  } else if (made !== null) {
    console.log(`The admin token is in ${made.path}`);
  }
}
