/** Settings of a Worker: text among its bindings. Everybody reaches it, so that it needs an ADMIN_TOKEN; it sweeps every minute. */
import { InvalidSettingsError } from '../modules/foundation/domain/errors.ts';
import { parseSettings, type Settings } from './settings.ts';

/** A producer of Cloudflare's queues. */
export interface MessageQueue {
  send(message: unknown): Promise<unknown>;
}

/** Settings as text, and the bindings. `HYPERDRIVE` comes before `DATABASE_URL`; `QUEUE` takes what `longRunsIn` it. */
export interface WorkerEnv {
  readonly QUEUE?: MessageQueue;
  readonly HYPERDRIVE?: { readonly connectionString: string };
  readonly [name: string]: unknown;
}

/** Of a Worker that has a database server to reach. */
export interface WorkerSettings extends Settings {
  readonly databaseUrl: string;
  /** Through Hyperdrive: its sessions hold no lock and hear no notification. */
  readonly isPooled: boolean;
  /** Null: what runs in a queue is left to a replica with timers. */
  readonly queue: MessageQueue | null;
}

/** @throws InvalidSettingsError */
export function workerSettings(env: WorkerEnv): WorkerSettings {
  const texts = Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const settings = parseSettings({
    SWEEP_INTERVAL: '60s',
    ...Object.fromEntries(texts),
    HOST: '0.0.0.0',
    ...(env.HYPERDRIVE === undefined ? {} : { DATABASE_URL: env.HYPERDRIVE.connectionString }),
  });
  const { databaseUrl } = settings;
  if (databaseUrl?.startsWith('postgres') === true)
    return { ...settings, databaseUrl, isPooled: env.HYPERDRIVE !== undefined, queue: env.QUEUE ?? null };
  const message = 'wants postgres://user:password@host:port/name, or a binding HYPERDRIVE: a Worker has no disk';
  throw new InvalidSettingsError('The settings cannot be used.', [{ path: 'DATABASE_URL', message }]);
}
