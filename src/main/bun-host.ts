/** Carillon under Bun. Knows how Bun serves, signals and exits, and nothing else. */
import { hostname } from 'node:os';
import { CLOSE_WITHIN_MS, type RunningServer, type RuntimeHost } from './run-service.ts';

/** The part of Bun's own interface that is used here. */
declare const Bun: {
  readonly version: string;
  serve(options: {
    hostname: string;
    port: number;
    /** Seconds; 0: a quiet connection is not cut. */
    idleTimeout: number;
    fetch(request: Request, server: BunServer): Response | Promise<Response>;
  }): BunServer;
};

interface BunServer {
  readonly port: number;
  requestIP(request: Request): { readonly address: string } | null;
  /** @param closeActiveConnections whether requests under way are cut */
  stop(closeActiveConnections?: boolean): Promise<void>;
}

export const bunHost: RuntimeHost = {
  runtime: `bun ${Bun.version}`,
  hostname: hostname(),
  env: process.env,
  serve: async (fetch, at): Promise<RunningServer> => {
    const server = Bun.serve({
      hostname: at.host,
      port: at.port,
      idleTimeout: 0,
      fetch: (request, self) => fetch(request, self.requestIP(request)?.address),
    });
    return {
      port: server.port,
      close: async () => {
        const cut = setTimeout(() => void server.stop(true), CLOSE_WITHIN_MS);
        await server.stop();
        clearTimeout(cut);
      },
    };
  },
  onStopSignal: (listener) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, listener);
  },
  onBackgroundError: (listener) => {
    // Whoever read the output may have gone. That it is lost cannot be told there: the telling would be lost, and told again.
    for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
    process.on('unhandledRejection', listener);
    process.on('uncaughtException', listener);
  },
  exit: (status) => process.exit(status),
};
