/**
 * A PostgreSQL server through postgres.js.
 *
 * Invariants: a call that is not answered within the deadline is rejected and the whole pool replaced, because this
 * driver leaves queries of a black-holed connection hanging; no query waits behind another on one connection
 * (`max_pipeline: 0`), so that one that waits for a lock delays nobody; nothing here begins a transaction.
 */
import { type SQL, sql } from 'drizzle-orm';
import { DatabaseUnavailableError, DatabaseVersionError } from '../../../domain/errors.ts';
import { type Database, DEFAULT_DEADLINE_MS, type ListenHandlers, type OnProgress, type Orm } from '../database.ts';
import { toDatabaseError } from '../database-errors.ts';
import { withDeadline } from '../deadline.ts';
import { expectMigrated, migrate } from '../migrate.ts';
import { migrations } from '../migrations.generated.ts';
import { renderStatement } from '../render-statement.ts';
import { channelOf } from '../schema-name.ts';
import { inputList } from '../statement-input.ts';
import {
  type Client,
  type ConnectionEvents,
  connectTo,
  describeServer,
  type PostgresServer,
} from './postgres-connection.ts';
import { ownPool, type PostgresPool } from './postgres-pool.ts';
import type { AnyClient } from './text-pool.ts';

export interface PostgresDatabaseOptions {
  readonly url: string | PostgresServer;
  /** A host's own client, in place of a pool of ours: statements go through it. What listens and migrates does not. */
  readonly shared?: AnyClient;
  /** Where everything stands; null or left out: `public`. */
  readonly schema?: string | null;
  /** Connections of the pool; one more listens, one more migrates. */
  readonly maxConnections?: number;
  readonly deadlineMs?: number;
  /** How long to wait for another process that migrates. */
  readonly lockTimeoutMs?: number;
  readonly onProgress?: OnProgress | undefined;
  /**
   * What `open` does about migrations: `apply` them (the default), `expect` them where a step of the deployment
   * applies them, or nothing, where they are `known` to be applied.
   */
  readonly migrations?: 'apply' | 'expect' | 'known';
}

export class PostgresDatabase implements Database {
  readonly #options: PostgresDatabaseOptions;
  readonly #deadlineMs: number;
  #makePool: (() => PostgresPool) | null = null;
  #pool: PostgresPool | null = null;
  #version = '';
  readonly #listeners = new Set<Client>();

  constructor(options: PostgresDatabaseOptions) {
    this.#options = options;
    this.#deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
  }

  readonly kind = 'PostgreSQL';

  get description(): string {
    const { url, schema = null } = this.#options;
    const place = schema === null ? '' : `, schema ${schema}`;
    return `${describeServer(url, this.#version)}${place}`;
  }

  async open(): Promise<void> {
    if (this.#options.migrations !== 'known') await this.#migrate();
    this.#makePool ??= await this.#poolMaker();
    const pool = this.#pool ?? this.#makePool();
    if (this.#options.shared !== undefined && this.#schema === null) await this.#expectReached(pool);
    this.#pool = pool;
  }

  /** A host's sessions have a search_path of their own. */
  async #expectReached(pool: PostgresPool): Promise<void> {
    const [found] = await pool
      .rows<{ name: string | null }>("select to_regclass('scheduler_job_config')::text as name", [])
      .catch((error: unknown) => Promise.reject(toDatabaseError(error)));
    if (found?.name !== null) return;
    throw new DatabaseVersionError(
      "The sessions of the pool that was handed over do not have the schema 'public' on their search_path. " +
        'Nothing was scheduled. Name a schema for the scheduler, or add public to the search_path.',
    );
  }

  get #schema(): string | null {
    return this.#options.schema ?? null;
  }

  async #migrate(): Promise<void> {
    const client = this.#connect({});
    const lockTimeoutMs = this.#options.lockTimeoutMs ?? 60_000;
    const onProgress = this.#options.onProgress;
    try {
      const connection = { run: async (text: string) => client.unsafe(text) };
      const work = this.#prepare(client, () =>
        this.#options.migrations === 'expect'
          ? expectMigrated(connection, migrations, this.#schema)
          : migrate(connection, migrations, { lockTimeoutMs, onProgress, schema: this.#schema }),
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
    return this.#run((pool) => pool.rows<Row>(text, values));
  }

  async now(): Promise<number> {
    return this.#run(async (pool) => {
      const [row] = await pool.rows('select (extract(epoch from clock_timestamp()) * 1000)::float8 as now', []);
      return Number(row?.['now']);
    });
  }

  async notify(channel: string, ...payloads: readonly string[]): Promise<void> {
    await this.rows(
      sql`select pg_notify(${channelOf(this.#schema, channel)}, payload) from ${inputList('text', payloads)} list(payload)`,
    );
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
    const client = this.#connect({ onnotify: (_name, payload) => handlers.onMessage(payload), onclose: onClose });
    this.#listeners.add(client);
    const stop = async (): Promise<void> => {
      isUp = false;
      this.#listeners.delete(client);
      await client.end({ timeout: 0 });
    };
    try {
      await withDeadline(
        client.unsafe(`listen "${channelOf(this.#schema, channel)}"`),
        this.#deadlineMs,
        () => undefined,
      );
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
    await Promise.all([pool?.end(1), ...listeners.map((client) => client.end({ timeout: 0 }))]);
  }

  async #run<T>(work: (pool: PostgresPool) => Promise<T>): Promise<T> {
    const pool = this.#pool;
    if (pool === null) throw new DatabaseUnavailableError('The database is not open yet, or closed already.');
    try {
      return await withDeadline(work(pool), this.#deadlineMs, () => this.#recycle(pool));
    } catch (error) {
      throw toDatabaseError(error);
    }
  }

  /** A shared pool withdraws the statement by itself, and stays as it is. Calls still on the old pool reject as unavailable: nothing is known of their effect either. */
  #recycle(pool: PostgresPool): void {
    if (this.#pool !== pool || this.#options.shared !== undefined) return;
    this.#pool = this.#makePool?.() ?? null;
    void pool.end(0);
  }

  async #poolMaker(): Promise<() => PostgresPool> {
    const { shared, maxConnections = 10, url } = this.#options;
    const [deadlineMs, schema] = [this.#deadlineMs, this.#schema];
    const connect = (): Client => connectTo(url, { deadlineMs, max: maxConnections, events: null });
    if (shared === undefined && schema === null) return () => ownPool(connect());
    const { textPool } = await import('./text-pool.ts');
    const isShared = shared !== undefined;
    return () => textPool({ client: shared ?? connect(), schema, deadlineMs, isShared });
  }

  #connect(events: ConnectionEvents): Client {
    return connectTo(this.#options.url, { deadlineMs: this.#deadlineMs, max: 1, events });
  }
}
