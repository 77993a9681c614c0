/**
 * A TCP proxy before PostgreSQL, with the ways in which a network fails. Invariant: what was swallowed is gone for good,
 * as on a broken network path; `heal` lets new connections, and untouched ones, through again.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface NetworkFaults {
  /** New connections are refused, open ones cut. */
  refuses: boolean;
  /** Connections stay open, and nothing comes through. */
  swallows: boolean;
  /** Each piece is this much late. */
  delayMs: number;
  /** Connections that listen for notifications hear nothing any more. */
  isDeaf: boolean;
  /** They hear that they listen, and no notification: as behind a pooler that hands their session to others. */
  dropsNotifications: boolean;
}

const LISTENS = 'listen "carillon_changes"';
const NOTIFICATION = 'A'.charCodeAt(0);

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  isListener: boolean;
  isSwallowed: boolean;
}

/** @param target the server's URL */
export async function startPostgresProxy(target: string): Promise<PostgresProxy> {
  const proxy = new PostgresProxy(target);
  await proxy.start();
  return proxy;
}

export class PostgresProxy {
  readonly faults: NetworkFaults = {
    refuses: false,
    swallows: false,
    delayMs: 0,
    isDeaf: false,
    dropsNotifications: false,
  };
  readonly #target: URL;
  readonly #links = new Set<Link>();
  readonly #server: Server;
  #url = '';
  /** How often somebody wanted to connect. */
  attempts = 0;

  constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((client) => this.#accept(client));
  }

  /** The server's URL, through this proxy. */
  get url(): string {
    return this.#url;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    const url = new URL(this.#target);
    url.port = String(typeof address === 'object' && address !== null ? address.port : '');
    this.#url = url.href;
  }

  /** Swallows everything, on open connections and on new ones. */
  blackHole(): void {
    this.faults.swallows = true;
  }

  /** Whoever listens for notifications hears nothing any more, not even that it listens. */
  deafen(): void {
    this.faults.isDeaf = true;
  }

  /** Cuts what is open, and every new connection until it is healed. */
  refuse(): void {
    this.faults.refuses = true;
    for (const link of this.#links) cut(link);
  }

  heal(): void {
    Object.assign(this.faults, {
      refuses: false,
      swallows: false,
      delayMs: 0,
      isDeaf: false,
      dropsNotifications: false,
    });
  }

  async stop(): Promise<void> {
    for (const link of this.#links) cut(link);
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    this.attempts += 1;
    if (this.faults.refuses) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(Number(this.#target.port), this.#target.hostname);
    const link: Link = { client, server, isListener: false, isSwallowed: false };
    this.#links.add(link);
    this.#relay(link, 'client');
    this.#relay(link, 'server');
  }

  #relay(link: Link, from: 'client' | 'server'): void {
    const source = link[from];
    const sink = from === 'client' ? link.server : link.client;
    let relayed: Promise<unknown> = Promise.resolve();
    source.on('error', () => undefined);
    source.on('data', (bytes: Buffer) => {
      if (from === 'client' && bytes.includes(LISTENS)) link.isListener = true;
      if (this.#isLost(link, from) || this.#isDropped(link, from, bytes)) return;
      const { delayMs } = this.faults;
      relayed = relayed
        .then(() => (delayMs === 0 ? undefined : new Promise((resolve) => setTimeout(resolve, delayMs))))
        .then(() => sink.destroyed || sink.write(bytes));
    });
    source.on('close', () => {
      if (this.faults.swallows || link.isSwallowed) {
        // A broken path tells nobody; the client's own end is known to the client alone.
        if (from === 'client') this.#links.delete(link);
        if (from === 'client') link.server.destroy();
        return;
      }
      this.#links.delete(link);
      void relayed.then(() => sink.destroy());
    });
  }

  /** What comes on a connection after its LISTEN was answered is notifications, each a message of type A. */
  #isDropped(link: Link, from: 'client' | 'server', bytes: Buffer): boolean {
    return this.faults.dropsNotifications && link.isListener && from === 'server' && bytes[0] === NOTIFICATION;
  }

  #isLost(link: Link, from: 'client' | 'server'): boolean {
    if (this.faults.swallows) link.isSwallowed = true;
    return link.isSwallowed || (this.faults.isDeaf && link.isListener && from === 'server');
  }
}

function cut({ client, server }: Link): void {
  client.resetAndDestroy();
  server.destroy();
}
