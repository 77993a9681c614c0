/** A TCP proxy before PostgreSQL that can turn into a black hole: connections stay open, and nothing comes through. */
import { connect, createServer, type Socket } from 'node:net';

export interface PostgresProxy {
  /** The server's URL, through this proxy. */
  readonly url: string;
  /** Swallows everything, on open connections and on new ones. */
  blackHole(): void;
  /** Lets new connections through again; what was swallowed is gone for good. */
  heal(): void;
  close(): Promise<void>;
}

export async function startPostgresProxy(target: string): Promise<PostgresProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let isBlackHole = false;
  const relay = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      if (!isBlackHole) to.destroy();
    });
    let isSwallowed = false;
    from.on('data', (bytes) => {
      isSwallowed ||= isBlackHole;
      if (!isSwallowed && !to.destroyed) to.write(bytes);
    });
  };
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    relay(client, upstream);
    relay(upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = new URL(target);
  url.port = String(typeof address === 'object' && address !== null ? address.port : '');
  return {
    url: url.href,
    blackHole: () => void (isBlackHole = true),
    heal: () => void (isBlackHole = false),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
