/** How this service connects to a PostgreSQL server by itself, whoever told it where the server is. */
import postgres from 'postgres';

/** Where a server is, as postgres.js keeps it in `sql.options`: all that is taken over of a host's own client. */
export interface PostgresServer {
  readonly host: readonly string[];
  readonly port: readonly number[];
  readonly database: string;
  readonly user: string;
  readonly pass: string | (() => string | Promise<string>) | null;
  readonly ssl?: unknown;
  readonly path?: unknown;
  /** What it makes of names and rows. */
  readonly transform?: { readonly column?: { readonly from?: unknown }; readonly row?: { readonly from?: unknown } };
}

export type Client = postgres.Sql<{ bigint: number; json: string }>;

/** Values as the other driver gives them: json and jsonb as text (drizzle parses them, once), int8 as a number. */
const VALUES = {
  bigint: { to: 20, from: [20], parse: Number, serialize: String },
  json: { to: 3802, from: [114, 3802], parse: String, serialize: String },
};

/** Options that the driver reads and its types leave out. */
export interface ConnectionEvents {
  readonly onnotify?: (channel: string, payload: string) => void;
  readonly onclose?: () => void;
}
type ConnectionOptions = postgres.Options<{
  bigint: postgres.PostgresType<number>;
  json: postgres.PostgresType<string>;
}> &
  ConnectionEvents & { max_pipeline: number };

export interface ConnectOptions {
  readonly deadlineMs: number;
  readonly max: number;
  /** Null: a pool, whose connections are given up when idle or old. */
  readonly events: ConnectionEvents | null;
}

/** Nothing is opened before the first query. */
export function connectTo(server: string | PostgresServer, { deadlineMs, max, events }: ConnectOptions): Client {
  const isPool = events === null;
  const options: ConnectionOptions = {
    max,
    connect_timeout: deadlineMs / 1000,
    idle_timeout: isPool ? 300 : 0,
    max_lifetime: isPool ? 3_600 : null,
    // A constant, in seconds: the driver's own grows to 20 s, long after the server is back.
    backoff: () => 0.1,
    max_pipeline: 0,
    fetch_types: false,
    types: VALUES,
    onnotice: () => undefined,
    connection: { application_name: 'carillon', TimeZone: 'UTC', DateStyle: 'ISO' },
    ...events,
  };
  if (typeof server === 'string') return postgres(server, options);
  const { host, port, database, user, pass, ssl, path } = server;
  return postgres({ ...({ host, port, database, user, pass, ssl, path } as object), ...options });
}

/** `PostgreSQL 18.4 at host:port/name`; tells no secret. */
export function describeServer(server: string | PostgresServer, version: string): string {
  if (typeof server !== 'string')
    return `PostgreSQL${version} at ${server.host[0]}:${server.port[0]}/${server.database}`;
  const { host, pathname } = new URL(server);
  return `PostgreSQL${version} at ${host}${decodeURIComponent(pathname)}`;
}
