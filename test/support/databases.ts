/**
 * Databases for tests: a fresh, migrated one per test file and kind. Owns their making and their end.
 *
 * Invariant: a suite given to `describeOnEveryDatabase` runs the same on a PostgreSQL server and on the embedded database.
 */
import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import type { Database } from '../../src/modules/foundation/infrastructure/persistence/database.ts';
import { PgliteDatabase } from '../../src/modules/foundation/infrastructure/persistence/drivers/pglite-database.ts';
import {
  PostgresDatabase,
  type PostgresDatabaseOptions,
} from '../../src/modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import { KitDatabase } from './kit-database.ts';

export type DatabaseKind = 'PostgreSQL' | 'PGlite';
export type StoreKind = DatabaseKind | 'the testing kit';

/** The maintenance database of the run's server; starts the server when it is the first to ask. */
export async function askForServer(): Promise<string> {
  const response = await fetch(inject('postgresDoorbell'));
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

/** An empty database of its own on the server. @param template what it is a copy of */
export async function createEmptyDatabase(template = 'template1'): Promise<string> {
  const url = new URL(await askForServer());
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(url.href, (client) => client.unsafe(`create database ${name} template ${template}`));
  url.pathname = `/${name}`;
  return url.href;
}

/** A migrated database of its own on the server: a copy of one that is migrated once a run. */
export async function createMigratedDatabase(): Promise<string> {
  const server = await askForServer();
  const url = new URL(server);
  url.pathname = '/carillon_template';
  await administer(server, async (client) => {
    // One test file makes it, the others wait.
    await client.unsafe('select pg_advisory_lock(1)');
    const [found] = await client.unsafe("select 1 from pg_database where datname = 'carillon_template'");
    if (found !== undefined) return;
    await client.unsafe('create database carillon_template');
    const database = new PostgresDatabase({ url: url.href });
    await database.open();
    await database.close();
  });
  return createEmptyDatabase('carillon_template');
}

/**
 * Opened, and closed after the file's last test. With `CONFORMANCE_SCHEMA` set (`npm run conformance:shared`) it stands in
 * that schema, behind a pool that is a host's, with sessions that are nothing like ours.
 */
export async function openPostgres(options: Partial<PostgresDatabaseOptions> = {}): Promise<PostgresDatabase> {
  const schema = process.env['CONFORMANCE_SCHEMA'];
  if (schema !== undefined) {
    const connection = { TimeZone: 'Asia/Kolkata', search_path: 'pg_catalog' };
    const client = postgres(await createEmptyDatabase(), { max: 10, connection, onnotice: () => undefined });
    const shared = new PostgresDatabase({ ...options, url: client.options, shared: client, schema });
    await shared.open();
    return shared;
  }
  const database = new PostgresDatabase({ url: options.url ?? (await createMigratedDatabase()), ...options });
  await database.open();
  return database;
}

export async function openPglite(): Promise<PgliteDatabase> {
  const database = new PgliteDatabase({ dataDirectory: null, deadlineMs: 30_000 });
  await database.open();
  return database;
}

/** The suite, once on each kind; `database()` is open while its tests run. */
export function describeOnEveryDatabase(
  name: string,
  suite: (database: () => Database, kind: DatabaseKind) => void,
): void {
  for (const kind of ['PostgreSQL', 'PGlite'] as const) describeOn(kind, name, (database) => suite(database, kind));
}

/**
 * The same, and once over the store of `carillon/testing`, which users' tests trust to do what a database does.
 * Cases that need SQL, to bring about what no port does, are `onDatabases`: left out there.
 */
export function describeOnEveryStore(name: string, suite: (database: () => Database, onDatabases: Case) => void): void {
  describeOnEveryDatabase(name, (database) => suite(database, it));
  describeOn('the testing kit', name, (database) => suite(database, () => {}));
}

type Case = (title: string, work: () => Promise<void>) => void;

function describeOn(kind: StoreKind, name: string, suite: (database: () => Database) => void): void {
  describe(`${name} on ${kind}`, () => {
    let opened: Database | undefined;
    beforeAll(async () => {
      opened = await open(kind);
    });
    afterAll(async () => {
      await opened?.close();
    });
    suite(() => {
      if (opened === undefined) throw new Error('The database is open in tests and hooks only.');
      return opened;
    });
  });
}

async function open(kind: StoreKind): Promise<Database> {
  if (kind === 'the testing kit') return new KitDatabase();
  return kind === 'PostgreSQL' ? await openPostgres() : await openPglite();
}

async function administer(url: string, work: (client: ReturnType<typeof postgres>) => Promise<unknown>): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => undefined, fetch_types: false });
  try {
    await work(client);
  } finally {
    await client.end({ timeout: 1 });
  }
}
