/**
 * The embedded database: PostgreSQL inside this process, for one process.
 *
 * Invariants: its folder is locked before it is touched, so that a second process is refused; a folder of another major
 * version is refused unchanged; between two queries the event loop turns once, because PGlite answers in microtasks and a
 * run of queries would starve every timer. It never fsyncs: a killed process loses nothing, a power cut may.
 */
import { setImmediate as nextMacrotask } from 'node:timers/promises';
import type { PGlite } from '@electric-sql/pglite';
import { type SQL, sql } from 'drizzle-orm';
import type { PgliteDatabase as PgliteOrm } from 'drizzle-orm/pglite';
import { DatabaseUnavailableError } from '../../../domain/errors.ts';
import { type Database, DEFAULT_DEADLINE_MS, type ListenHandlers, type OnProgress, type Orm } from '../database.ts';
import { toDatabaseError } from '../database-errors.ts';
import { withDeadline } from '../deadline.ts';
import { GIVEN_UP } from '../given-up-lease.ts';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations.generated.ts';
import { renderStatement } from '../render-statement.ts';
import { inputList } from '../statement-input.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { openPglite } from './open-pglite.ts';

export interface PgliteDatabaseOptions {
  /** Null: in memory, gone with the process. */
  readonly dataDirectory: string | null;
  readonly deadlineMs?: number;
  readonly onProgress?: OnProgress | undefined;
}

interface Opened {
  readonly client: PGlite;
  readonly orm: PgliteOrm;
  readonly lock: FolderLock | null;
}

/** Whoever holds the folder knows that nobody else lives on it: what those ran is lost now, and not when their leases end. */
const END_ALL_LEASES = `update scheduler_instance set expires_at = ${GIVEN_UP}`;

/** As the other driver gives them; 1184: timestamptz. */
const INSTANTS_AS_TEXT = { 1184: (value: string) => value };

export class PgliteDatabase implements Database {
  readonly #options: PgliteDatabaseOptions;
  readonly #deadlineMs: number;
  #opening: Promise<Opened> | null = null;
  #opened: Opened | null = null;
  /** Settles when the last query has, and never rejects. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: PgliteDatabaseOptions) {
    this.#options = options;
    this.#deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
  }

  readonly kind = 'embedded database';

  get description(): string {
    const { dataDirectory } = this.#options;
    return dataDirectory === null ? 'embedded database in memory' : `embedded database in ${dataDirectory}`;
  }

  async open(): Promise<void> {
    this.#opening ??= this.#start();
    try {
      this.#opened = await this.#opening;
    } catch (error) {
      this.#opening = null;
      throw toDatabaseError(error);
    }
  }

  async #start(): Promise<Opened> {
    const { dataDirectory, onProgress } = this.#options;
    const lock = dataDirectory === null ? null : await lockFolder(dataDirectory);
    try {
      const [client, { drizzle }] = await Promise.all([
        openPglite(dataDirectory, onProgress),
        import('drizzle-orm/pglite'),
      ]);
      const run = async (text: string): Promise<Record<string, unknown>[]> =>
        (await client.exec(text)).at(-1)?.rows ?? [];
      await migrate({ run }, migrations, { onProgress });
      await run(END_ALL_LEASES);
      return { client, orm: drizzle({ client }), lock };
    } catch (error) {
      lock?.release();
      throw error;
    }
  }

  async query<T>(work: (orm: Orm) => Promise<T>): Promise<T> {
    return this.#run(({ orm }) => work(orm));
  }

  async rows<Row extends Record<string, unknown>>(statement: SQL): Promise<Row[]> {
    const { text, values } = renderStatement(statement);
    return this.#run(async ({ client }) => (await client.query<Row>(text, values, { parsers: INSTANTS_AS_TEXT })).rows);
  }

  async now(): Promise<number> {
    return this.#run(async ({ client }) => {
      const { rows } = await client.query<{ now: number }>(
        'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
      );
      return Number(rows[0]?.now);
    });
  }

  async notify(channel: string, ...payloads: readonly string[]): Promise<void> {
    await this.rows(sql`select pg_notify(${channel}, payload) from ${inputList('text', payloads)} list(payload)`);
  }

  async listen(channel: string, handlers: ListenHandlers): Promise<() => Promise<void>> {
    const stop = await this.#run(({ client }) => client.listen(channel, (payload) => handlers.onMessage(payload)));
    return async () => {
      if (this.#opened !== null) await this.#run(() => stop());
    };
  }

  async close(): Promise<void> {
    const opened = this.#opened ?? (await this.#opening?.catch(() => null));
    this.#opened = null;
    this.#opening = null;
    if (!opened) return;
    await this.#turn;
    try {
      await opened.client.close();
    } finally {
      opened.lock?.release();
    }
  }

  async #run<T>(work: (opened: Opened) => Promise<T>): Promise<T> {
    const opened = this.#opened;
    if (opened === null)
      throw new DatabaseUnavailableError('The embedded database is not open yet, or closed already.');
    const result = this.#turn.then(async () => {
      await nextMacrotask();
      return work(opened);
    });
    this.#turn = result.catch(() => undefined);
    try {
      return await withDeadline(result, this.#deadlineMs, () => undefined);
    } catch (error) {
      throw toDatabaseError(error);
    }
  }
}
