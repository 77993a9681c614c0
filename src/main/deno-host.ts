/** What every way to run under Deno shares: settings by name, signals, uncaught errors, exit. Who serves is the caller's choice. */
import { isNotCapable, toldPermission } from './lacking-permission.ts';
import type { RuntimeHost } from './run-service.ts';
import { SETTING_NAMES } from './setting-names.ts';

/** The part of Deno's own interface that is used here. */
declare const Deno: {
  readonly version: { readonly deno: string };
  readonly env: { get(name: string): string | undefined };
  hostname(): string;
  exit(status: number): never;
  addSignalListener(signal: 'SIGINT' | 'SIGTERM', listener: () => void): void;
};

export function denoHost(serve: RuntimeHost['serve']): RuntimeHost {
  return {
    runtime: `deno ${Deno.version.deno}`,
    hostname: permitted(() => Deno.hostname()),
    env: permitted(readSettingsByName),
    serve,
    onStopSignal: (listener) => {
      Deno.addSignalListener('SIGINT', listener);
      Deno.addSignalListener('SIGTERM', listener);
    },
    onBackgroundError: (listener) => {
      globalThis.addEventListener('unhandledrejection', (event) => {
        event.preventDefault();
        listener(event.reason);
      });
      globalThis.addEventListener('error', (event) => {
        event.preventDefault();
        listener(event.error);
      });
    },
    exit: (status) => Deno.exit(status),
  };
}

/** The permission to read the environment is given name by name. */
export function readSettingsByName(): Record<string, string | undefined> {
  return Object.fromEntries(SETTING_NAMES.map((name) => [name, Deno.env.get(name)]));
}

/** What a permission is lacking for ends the process with one sentence; what is lacking later is told by whoever needs it. */
function permitted<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isNotCapable(error)) throw error;
    console.error(`Carillon could not start: ${toldPermission(error)}`);
    return Deno.exit(1);
  }
}
