/**
 * The service as a process, the same on every runtime: settings → server → application → signals → exit. A runtime's own file
 * hands in what only it can do. Exit status: 0 stopped as told, 1 could not start or stop, 2 settings that cannot be used.
 *
 * Invariant: it answers as soon as it has an address, before the application is even loaded: that it is alive at once, all
 * else when there is somebody to ask. What is loaded before that is what the settings need.
 */
import { describeError } from '../modules/foundation/domain/describe-error.ts';
import { CarillonError, InvalidSettingsError } from '../modules/foundation/domain/errors.ts';
import type { Application } from './bootstrap.ts';
import { EarlyAnswers } from './early-answers.ts';
import { isNotCapable, toldPermission } from './lacking-permission.ts';
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
  try {
    const early = new EarlyAnswers(settings.basePath);
    const server = await host.serve((request, client) => early.answer(request, client), settings);
    const { runApplication } = await import('./run-application.ts');
    await runApplication({ host, settings, modules, server, onAnswering: (fetch) => early.handTo(fetch) });
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
