/**
 * A real database whose clock is a test's: `now()` and `clock_timestamp()` are found in a schema of its own before the
 * system's, and say what a row of it says.
 *
 * Invariants: a statement sees the instant at which it was sent; time goes on only while no statement is under way, so that
 * virtual time and real SQL give the same history each time.
 */
import { type SQL, sql } from 'drizzle-orm';
import { DatabaseUnavailableError } from '../../src/modules/foundation/domain/errors.ts';
import type { Database, Orm } from '../../src/modules/foundation/infrastructure/persistence/database.ts';
import { PostgresDatabase } from '../../src/modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import { createMigratedDatabase, type DatabaseKind, openPglite } from './databases.ts';
import { ManualTime } from './manual-time.ts';

const SEARCH_PATH = 'virtual, public, pg_catalog';
const CLOCK = [
  'create schema virtual',
  'create table virtual.clock (at timestamptz not null)',
  `insert into virtual.clock values ('2026-01-01T00:00:00Z')`,
  ...['now', 'clock_timestamp'].map(
    (name) =>
      `create function virtual.${name}() returns timestamptz language sql volatile as 'select at from virtual.clock'`,
  ),
];

/** The database behind all replicas, and the time they share. */
export class VirtualDatabase {
  readonly time: ManualTime;
  readonly behind: Database;
  #underWay = 0;
  #setTo: number | null = null;

  private constructor(behind: Database, startAt: string) {
    this.behind = behind;
    this.time = new ManualTime(startAt, () => this.#rest());
  }

  static async open(kind: DatabaseKind, startAt: string): Promise<VirtualDatabase> {
    if (kind === 'PGlite') {
      const behind = await openPglite();
      await prepare(behind);
      await behind.rows(sql.raw(`set search_path to ${SEARCH_PATH}`));
      return new VirtualDatabase(behind, startAt);
    }
    const url = await createMigratedDatabase();
    const before = new PostgresDatabase({ url });
    await before.open();
    await prepare(before);
    await before.rows(sql.raw(`alter database ${new URL(url).pathname.slice(1)} set search_path to ${SEARCH_PATH}`));
    await before.close();
    const behind = new PostgresDatabase({ url });
    await behind.open();
    return new VirtualDatabase(behind, startAt);
  }

  /** Sends a statement at the present instant. */
  async send<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      const now = this.time.now();
      if (this.#setTo !== now) {
        this.#setTo = now;
        await this.behind.rows(sql`update virtual.clock set at = ${new Date(now).toISOString()}::timestamptz`);
      }
      return await work();
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Twice nothing under way, with a turn of the event loop's timers in between: batches are gathered for that long. */
  async #rest(): Promise<void> {
    for (let quiet = 0; quiet < 2; quiet = this.#underWay === 0 ? quiet + 1 : 0) {
      await new Promise<void>((resolve) => setTimeout(resolve, 1));
    }
  }
}

/** One replica's way to it. */
export class VirtualConnection implements Database {
  readonly #database: VirtualDatabase;
  readonly kind = 'PostgreSQL';
  readonly description = 'a database in virtual time';
  /** The process was killed: nothing it asks is ever answered. */
  isDead = false;
  /** It cannot be reached from here. */
  isAway = false;

  constructor(database: VirtualDatabase) {
    this.#database = database;
  }

  async open(): Promise<void> {
    await this.#reach();
  }

  async now(): Promise<number> {
    await this.#reach();
    return this.#database.time.now();
  }

  async query<T>(work: (orm: Orm) => Promise<T>): Promise<T> {
    return await this.#send(() => this.#database.behind.query(work));
  }

  async rows<Row extends Record<string, unknown>>(statement: SQL): Promise<Row[]> {
    return await this.#send(() => this.#database.behind.rows<Row>(statement));
  }

  async notify(): Promise<void> {
    await this.#reach();
  }

  /** Nothing is heard: polling finds what changes. */
  async listen(): Promise<() => Promise<void>> {
    await this.#reach();
    return async () => {};
  }

  async close(): Promise<void> {}

  async #send<T>(work: () => Promise<T>): Promise<T> {
    await this.#reach();
    const answer = await this.#database.send(work);
    await this.#reach();
    return answer;
  }

  async #reach(): Promise<void> {
    if (this.isDead) await new Promise<never>(() => {});
    if (this.isAway) throw new DatabaseUnavailableError('The database is away.');
  }
}

/** The clock, and the columns' defaults that would still ask the system's. */
async function prepare(database: Database): Promise<void> {
  for (const statement of CLOCK) await database.rows(sql.raw(statement));
  const defaults = await database.rows<{ table: string; column: string; value: string }>(sql`
    select table_name as table, column_name as column, column_default as value from information_schema.columns
    where table_schema = 'public' and column_default ~ '(now|clock_timestamp)\\(\\)'`);
  for (const { table, column, value } of defaults) {
    const own = value.replace(/\b(now|clock_timestamp)\(\)/, 'virtual.$1()');
    await database.rows(sql.raw(`alter table ${table} alter column ${column} set default ${own}`));
  }
}
