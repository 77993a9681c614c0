/** How Deno serves when the service binds its own address. */
import { CLOSE_WITHIN_MS, type RunningServer, type RuntimeHost } from './run-service.ts';

/** The part of Deno's own interface that is used here. */
declare const Deno: {
  serve(
    options: { hostname: string; port: number; signal: AbortSignal; onListen: () => void },
    handler: (request: Request, info: { remoteAddr: { hostname: string } }) => Response | Promise<Response>,
  ): { readonly addr: { readonly port: number }; shutdown(): Promise<void> };
};

export const serveOnDeno: RuntimeHost['serve'] = async (fetch, at): Promise<RunningServer> => {
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
};
