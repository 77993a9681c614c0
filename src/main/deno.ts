/** Carillon under Deno: `deno task start`. Knows how Deno serves, signals and exits, and nothing else. */
import { CLOSE_WITHIN_MS, type RunningServer, type RuntimeHost, runService } from './run-service.ts';
import { SETTING_NAMES } from './settings.ts';

/** The part of Deno's own interface that is used here. */
declare const Deno: {
  readonly version: { readonly deno: string };
  readonly env: { get(name: string): string | undefined };
  hostname(): string;
  exit(status: number): never;
  addSignalListener(signal: 'SIGINT' | 'SIGTERM', listener: () => void): void;
  serve(
    options: { hostname: string; port: number; signal: AbortSignal; onListen: () => void },
    handler: (request: Request, info: { remoteAddr: { hostname: string } }) => Response | Promise<Response>,
  ): { readonly addr: { readonly port: number }; shutdown(): Promise<void> };
};

const host: RuntimeHost = {
  runtime: `deno ${Deno.version.deno}`,
  hostname: Deno.hostname(),
  // By name: the permission to read the environment is given name by name.
  env: Object.fromEntries(SETTING_NAMES.map((name) => [name, Deno.env.get(name)])),
  serve: async (fetch, at): Promise<RunningServer> => {
    const cut = new AbortController();
    const { signal } = cut;
    const server = Deno.serve({ hostname: at.host, port: at.port, signal, onListen: () => {} }, (request, info) =>
      fetch(request, info.remoteAddr.hostname),
    );
    return {
      port: server.addr.port,
      close: async () => {
        const timer = setTimeout(() => cut.abort(), CLOSE_WITHIN_MS);
        await server.shutdown();
        clearTimeout(timer);
      },
    };
  },
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

await runService(host);
