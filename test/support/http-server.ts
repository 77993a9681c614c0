/**
 * A real HTTP server on a port of its own, for tests of what goes over the wire. It remembers what it was sent; when it
 * is disposed of, every connection ends with it.
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface TestHttpServer extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly requests: readonly ReceivedRequest[];
}

export interface TestTcpServer extends AsyncDisposable {
  readonly port: number;
  readonly origin: string;
  /** How many connections have sent something. */
  readonly connections: number;
}

export type Answer = (request: ReceivedRequest, response: ServerResponse) => void;

/** @param answer called once the whole request has arrived */
export async function startHttpServer(answer: Answer): Promise<TestHttpServer> {
  const requests: ReceivedRequest[] = [];
  const receive = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(incoming);
    const request = { method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers, body };
    requests.push(request);
    answer(request, response);
  };
  const server = createServer((incoming, response) => void receive(incoming, response));
  const port = await listen(server);
  const close = (): Promise<void> => {
    server.closeAllConnections();
    return closed(server);
  };
  return { port, origin: `http://127.0.0.1:${port}`, requests, [Symbol.asyncDispose]: close };
}

/** A server that speaks no HTTP of its own. @param onData called with the first bytes of each connection */
export async function startTcpServer(onData: (data: Buffer, socket: Socket) => void): Promise<TestTcpServer> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', (data) => {
      connections++;
      onData(data, socket);
    });
  });
  const port = await listen(server);
  const close = (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    return closed(server);
  };
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    get connections() {
      return connections;
    },
    [Symbol.asyncDispose]: close,
  };
}

/** A port on 127.0.0.1 where nothing listens. */
export async function refusedPort(): Promise<number> {
  const server = await startTcpServer(() => {});
  await server[Symbol.asyncDispose]();
  return server.port;
}

function listen(server: Server | TcpServer): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  return promise;
}

function closed(server: Server | TcpServer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  return promise;
}
