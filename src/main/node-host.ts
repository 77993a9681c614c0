/** Carillon under Node. Knows how Node serves, signals and exits, and nothing else. */
import { hostname } from 'node:os';
import { once } from 'node:events';
import { serve } from '@hono/node-server';
import type { Application } from './bootstrap.ts';
import { refuseUnread } from './refuse-unread.ts';
import { CLOSE_WITHIN_MS, type RunningServer, type RuntimeHost } from './run-service.ts';

const SHUTDOWN_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export const nodeHost: RuntimeHost = {
  runtime: `node ${process.versions.node}`,
  hostname: hostname(),
  env: process.env,
  serve: serveOnNode,
  onStopSignal: (listener) => {
    for (const signal of SHUTDOWN_SIGNALS) process.on(signal, listener);
  },
  onBackgroundError: (listener) => {
    // Whoever read the output may have gone. That it is lost cannot be told there: the telling would be lost, and told again.
    for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
    process.on('unhandledRejection', listener);
    process.on('uncaughtException', listener);
  },
  exit: (status) => process.exit(status),
};

async function serveOnNode(fetch: Application['fetch'], at: { host: string; port: number }): Promise<RunningServer> {
  const server = serve({
    fetch: (request, { incoming }) => fetch(request, incoming.socket.remoteAddress),
    hostname: at.host,
    port: at.port,
  });
  server.on('clientError', refuseUnread);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : at.port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      if (!('closeAllConnections' in server)) return;
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS);
      await closed;
      clearTimeout(cut);
    },
  };
}
