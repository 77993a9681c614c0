/**
 * The service as a process, the same on every runtime: settings → application → server → signals → exit. A runtime's own
 * file hands in what only it can do. Exit status: 0 stopped as told, 1 could not start or stop, 2 settings that cannot be used.
 */
import { describeError } from '../modules/foundation/domain/describe-error.ts';
import { zoneDataFault } from '../modules/foundation/domain/schedule.ts';
import { CarillonError, InvalidSettingsError } from '../modules/foundation/domain/errors.ts';
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
import { isNotCapable, toldPermission } from './lacking-permission.ts';
import { Lifespan } from './lifespan.ts';
import type { ModuleRegistries } from './modules.ts';
import { parseSettings, type Settings } from './settings.ts';

export interface RunningServer {
  /** Null: the runtime itself binds, and says where. */
  readonly port: number | null;
  /** Ends when the requests under way are answered, or are cut off `CLOSE_WITHIN_MS` later. */
  close(): Promise<void>;
}

/** How long requests under way may take once the service was told to stop. */
export const CLOSE_WITHIN_MS = 1_500;

/** What the application may take to stop beyond its runs' grace: aborting them, the lease, the database. */
const STOP_MARGIN_MS = 30_000;

/** What is being claimed has its answer, or is given up, by then. */
const CLAIMS_WITHIN_MS = 15_000;

/** Told twice it is gone within 2 s: by itself, or else cut off. */
const HURRIED_WITHIN_MS = 1_300;
const CUT_OFF_AFTER_MS = 1_700;

/** What differs from runtime to runtime. */
export interface RuntimeHost {
  /** `node 24.1.0` */
  readonly runtime: string;
  readonly hostname: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  serve(fetch: Application['fetch'], at: { host: string; port: number }): Promise<RunningServer>;
  onStopSignal(listener: () => void): void;
  /** A rejection or exception that nobody caught: a job's, most likely. */
  onBackgroundError(listener: (error: unknown) => void): void;
  exit(status: number): never;
}

export interface ServiceOptions {
  /** Of a project's own, beside the built-in `http` and `maintenance`. */
  readonly modules?: ModuleRegistries;
}

/** Runs until it is told to stop. Never rejects: what goes wrong is printed, and becomes the exit status. */
export async function runService(host: RuntimeHost, { modules = {} }: ServiceOptions = {}): Promise<void> {
  const settings = readSettings(host);
  await configureLogging({ level: settings.logLevel, format: settings.logFormat });
  const logger = new LogTapeLogger();
  host.onBackgroundError((error) => {
    logger.error('An error was left uncaught, most likely by a job that had ended; the service goes on.', { error });
  });
  try {
    const fault = zoneDataFault();
    if (fault !== null) throw new Error(fault);
    const made = settings.tokens.admin === undefined ? await firstStartToken(settings.dataDirectory) : null;
    const tokens = made === null ? settings.tokens : { ...settings.tokens, admin: made.token };
    const egress = { transport: new NodeHttpTransport(), resolver: new SystemAddressResolver() };
    const { runtime, hostname } = host;
    const database = await databaseOf(settings, logger);
    const application = bootstrap({ ...settings, tokens }, { database, runtime, hostname, logger, egress, modules });
    let server: RunningServer | null = null;
    const lifespan = new Lifespan(
      [
        {
          name: 'application',
          start: () => application.start(),
          stop: () => application.stop(),
          stopWithinMs: settings.shutdownGraceMs + STOP_MARGIN_MS,
        },
        {
          name: 'server',
          start: async () => {
            server = await host.serve(application.fetch, settings);
            announce(settings, server.port, made);
          },
          stop: () => server?.close(),
        },
        // Before the server, which would wait for them.
        { name: 'streams', stop: () => application.endStreams() },
        // Before the server, which may take its time over the requests under way.
        { name: 'claims', stop: () => application.scheduler.stopScheduler(), stopWithinMs: CLAIMS_WITHIN_MS },
      ],
      logger,
    );
    stopOnSignal(host, application, lifespan);
    await lifespan.start();
  } catch (error) {
    const { message, stack } = describeError(error);
    const told = toldPlainly(error, settings) ?? (error instanceof CarillonError ? message : (stack ?? message));
    console.error(`Carillon could not start: ${told}`);
    host.exit(1);
  }
}

/** In one sentence: a permission that is lacking, a port that somebody else has. */
function toldPlainly(error: unknown, { host, port }: Settings): string | null {
  if (isNotCapable(error)) return toldPermission(error);
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  const isAddressInUse = error instanceof Error && error.name === 'AddrInUse';
  if (!isTaken && !isAddressInUse) return null;
  return `port ${port} on ${host} is in use by another process. Set PORT to a free one (0: any), or stop the other.`;
}

function readSettings(host: RuntimeHost): Settings {
  try {
    return parseSettings(host.env);
  } catch (error) {
    if (!(error instanceof InvalidSettingsError)) throw error;
    console.error(`${error.message} What is wrong, and what would be right:`);
    for (const fault of error.errors) console.error(`  ${fault.path} ${fault.message}`);
    return host.exit(2);
  }
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

/** The first signal drains; a second one gives up what still runs, and waits for nothing that does not answer. */
function stopOnSignal(host: RuntimeHost, application: Application, lifespan: Lifespan): void {
  let signals = 0;
  host.onStopSignal(() => {
    signals += 1;
    if (signals === 1) void stop(host, lifespan);
    if (signals !== 2) return;
    application.abortRuns('the service was told twice to stop');
    lifespan.hurry(HURRIED_WITHIN_MS);
    setTimeout(() => {
      console.error('Carillon did not stop in time and was cut off; another instance records what still ran as LOST.');
      host.exit(1);
    }, CUT_OFF_AFTER_MS);
  });
}

/** What does not stop in time is named in the log, and left behind. */
async function stop(host: RuntimeHost, lifespan: Lifespan): Promise<void> {
  console.log('Stopping: nothing more is started, and runs under way may end. Press Ctrl-C again to give them up.');
  await lifespan.stop();
  await closeLogging();
  console.log('Stopped.');
  host.exit(0);
}
