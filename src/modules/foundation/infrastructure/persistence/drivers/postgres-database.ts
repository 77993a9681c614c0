/**
 * A PostgreSQL server through postgres.js.
 *
 * Invariants: a call that is not answered within the deadline is rejected and the whole pool replaced, because this
 * driver leaves queries of a black-holed connection hanging; no query waits behind another on one connection
 * (`max_pipeline: 0`), so that one that waits for a lock delays nobody; nothing here begins a transaction.
 */
import { type SQL, sql } from 'drizzle-orm';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { DatabaseUnavailableError } from '../../../domain/errors.ts';
import { type Database, DEFAULT_DEADLINE_MS, type ListenHandlers, type OnProgress, type Orm } from '../database.ts';
import { toDatabaseError } from '../database-errors.ts';
import { withDeadline } from '../deadline.ts';
import { expectMigrated, migrate } from '../migrate.ts';
import { migrations } from '../migrations.generated.ts';
import { renderStatement } from '../render-statement.ts';
import { inputList } from '../statement-input.ts';

/** Where a server is, as postgres.js keeps it in `sql.options`: all that is taken over of a host's own client. */
export interface PostgresServer {
  readonly host: readonly string[];
  readonly port: readonly number[];
  readonly database: string;
  readonly user: string;
  readonly pass: string | (() => string | Promise<string>) | null;
  readonly ssl?: unknown;
  readonly path?: unknown;
}

export interface PostgresDatabaseOptions {
  readonly url: string | PostgresServer;
  /** Connections of the pool; one more listens, one more migrates. */
  readonly maxConnections?: number;
  readonly deadlineMs?: number;
  /** How long to wait for another process that migrates. */
  readonly lockTimeoutMs?: number;
  readonly onProgress?: OnProgress | undefined;
  /**
   * What `open` does about migrations: `apply` them (the default), `expect` them where a pooler in transaction mode stands
   * between, whose sessions hold no lock, or nothing, where they are `known` to be applied.
   */
  readonly migrations?: 'apply' | 'expect' | 'known';
}

type Client = postgres.Sql<{ bigint: number; json: string }>;

/** Values as the other driver gives them: json and jsonb as text (drizzle parses them, once), int8 as a number. */
const VALUES = {
  bigint: { to: 20, from: [20], parse: Number, serialize: String },
  json: { to: 3802, from: [114, 3802], parse: String, serialize: String },
};

interface Pool {
  readonly client: Client;
  readonly orm: PostgresJsDatabase;
}

export class PostgresDatabase implements Database {
  readonly #options: PostgresDatabaseOptions;
  readonly #deadlineMs: number;
  #pool: Pool | null = null;
  #version = '';
  readonly #listeners = new Set<Client>();

  constructor(options: PostgresDatabaseOptions) {
    this.#options = options;
    this.#deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
  }

  get description(): string {
    const { url } = this.#options;
    if (typeof url !== 'string') return `PostgreSQL${this.#version} at ${url.host[0]}:${url.port[0]}/${url.database}`;
    const { host, pathname } = new URL(url);
    return `PostgreSQL${this.#version} at ${host}${decodeURIComponent(pathname)}`;
  }

  async open(): Promise<void> {
    if (this.#options.migrations !== 'known') await this.#migrate();
    this.#pool ??= this.#createPool();
  }

  async #migrate(): Promise<void> {
    const client = this.#connect(1, {});
    const lockTimeoutMs = this.#options.lockTimeoutMs ?? 60_000;
    const onProgress = this.#options.onProgress;
    try {
      const connection = { run: async (text: string) => client.unsafe(text) };
      const work = this.#prepare(client, () =>
        this.#options.migrations === 'expect'
          ? expectMigrated(connection, migrations)
          : migrate(connection, migrations, { lockTimeoutMs, onProgress }),
      );
      await withDeadline(work, lockTimeoutMs * 2 + this.#deadlineMs, () => undefined);
    } catch (error) {
      throw toDatabaseError(error);
    } finally {
      void client.end({ timeout: 0 });
    }
  }

  async #prepare(client: Client, work: () => Promise<unknown>): Promise<void> {
    const [row] = await withDeadline(client.unsafe('show server_version'), this.#deadlineMs, () => undefined);
    this.#version = ` ${String(row?.['server_version']).split(' ')[0]}`;
    await work();
  }

  async query<T>(work: (orm: Orm) => Promise<T>): Promise<T> {
    return this.#run(({ orm }) => work(orm));
  }

  async rows<Row extends Record<string, unknown>>(statement: SQL): Promise<Row[]> {
    const { text, values } = renderStatement(statement);
    return this.#run(async ({ client }) => [...(await client.unsafe<Row[]>(text, values, { prepare: true }))]);
  }

  async now(): Promise<number> {
    return this.#run(async ({ client }) => {
      const [row] = await client.unsafe('select (extract(epoch from clock_timestamp()) * 1000)::float8 as now');
      return Number(row?.['now']);
    });
  }

  async notify(channel: string, ...payloads: readonly string[]): Promise<void> {
    await this.rows(sql`select pg_notify(${channel}, payload) from ${inputList('text', payloads)} list(payload)`);
  }

  async listen(channel: string, handlers: ListenHandlers): Promise<() => Promise<void>> {
    let isUp = false;
    const onClose = (): void => {
      const wasUp = isUp;
      isUp = false;
      this.#listeners.delete(client);
      void client.end({ timeout: 0 });
      if (wasUp) handlers.onLost();
    };
    const client = this.#connect(1, { onnotify: (_name, payload) => handlers.onMessage(payload), onclose: onClose });
    this.#listeners.add(client);
    const stop = async (): Promise<void> => {
      isUp = false;
      this.#listeners.delete(client);
      await client.end({ timeout: 0 });
    };
    try {
      await withDeadline(client.unsafe(`listen "${channel}"`), this.#deadlineMs, () => undefined);
      isUp = true;
      return stop;
    } catch (error) {
      await stop();
      throw toDatabaseError(error);
    }
  }

  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = null;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    await Promise.all([pool?.client.end({ timeout: 1 }), ...listeners.map((client) => client.end({ timeout: 0 }))]);
  }

  async #run<T>(work: (pool: Pool) => Promise<T>): Promise<T> {
    const pool = this.#pool;
    if (pool === null) throw new DatabaseUnavailableError('The database is not open yet, or closed already.');
    try {
      return await withDeadline(work(pool), this.#deadlineMs, () => this.#recycle(pool));
    } catch (error) {
      throw toDatabaseError(error);
    }
  }

  /** Calls still on the old pool reject as unavailable: nothing is known of their effect either. */
  #recycle(pool: Pool): void {
    if (this.#pool !== pool) return;
    this.#pool = this.#createPool();
    void pool.client.end({ timeout: 0 });
  }

  #createPool(): Pool {
    const client = this.#connect(this.#options.maxConnections ?? 10, null);
    return { client, orm: drizzle({ client }) };
  }

  #connect(max: number, events: ConnectionEvents | null): Client {
    const isPool = events === null;
    const options: ConnectionOptions = {
      max,
      connect_timeout: this.#deadlineMs / 1000,
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
    const { url } = this.#options;
    if (typeof url === 'string') return postgres(url, options);
    const { host, port, database, user, pass, ssl, path } = url;
    return postgres({ ...({ host, port, database, user, pass, ssl, path } as object), ...options });
  }
}

/** Options that the driver reads and its types leave out. */
interface ConnectionEvents {
  readonly onnotify?: (channel: string, payload: string) => void;
  readonly onclose?: () => void;
}
type ConnectionOptions = postgres.Options<{
  bigint: postgres.PostgresType<number>;
  json: postgres.PostgresType<string>;
}> &
  ConnectionEvents & { max_pipeline: number };
