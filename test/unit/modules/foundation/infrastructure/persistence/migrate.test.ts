/** Migrations: many at once, in turns with drizzle-kit, an older program, a held lock, a broken script. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  DatabaseUnavailableError,
  DatabaseVersionError,
} from '../../../../../../src/modules/foundation/domain/errors.ts';
import { PostgresDatabase } from '../../../../../../src/modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import {
  expectMigrated,
  migrate,
  type MigrationConnection,
} from '../../../../../../src/modules/foundation/infrastructure/persistence/migrate.ts';
import { migrations } from '../../../../../../src/modules/foundation/infrastructure/persistence/migrations.generated.ts';
import { createEmptyDatabase } from '../../../../../support/databases.ts';

const root = fileURLToPath(new URL('../../../../../../', import.meta.url));

let url: string;
let client: ReturnType<typeof postgres>;
let connection: MigrationConnection;

beforeEach(async () => {
  url = await createEmptyDatabase();
  client = postgres(url, { max: 1, onnotice: () => undefined });
  connection = { run: async (text) => client.unsafe(text) };
});
afterEach(() => client.end({ timeout: 0 }));

async function readApplied(): Promise<unknown[]> {
  return [...(await client`select hash, created_at::text from drizzle.__drizzle_migrations order by id`)];
}

async function drizzleKitMigrate(): Promise<void> {
  await promisify(execFile)('drizzle-kit', ['migrate'], { cwd: root, env: { ...process.env, DATABASE_URL: url } });
}

const expected = migrations.map(({ hash, when }) => ({ hash, created_at: String(when) }));

describe('expectMigrated()', () => {
  it('refuses a database that lacks migrations, leaves it as it is, and takes it once they are applied', async () => {
    await expect(expectMigrated(connection, migrations)).rejects.toThrow(
      /lacks \d+ migration.*'0000_tables'.*db:migrate/,
    );
    const pooled = new PostgresDatabase({ url, migrations: 'expect' });
    await expect(pooled.open()).rejects.toBeInstanceOf(DatabaseVersionError);
    await migrate(connection, migrations);
    await expectMigrated(connection, migrations);
    await pooled.open();
    await pooled.close();
  });
});

describe('migrate()', () => {
  it('the embedded migrations are those that drizzle reads from drizzle/', () => {
    const files = readMigrationFiles({ migrationsFolder: `${root}drizzle` });
    expect(files.map(({ hash, folderMillis }) => ({ hash, created_at: String(folderMillis) }))).toEqual(expected);
  });

  it('applies all, once, with the rows that drizzle-kit writes', async () => {
    expect(await migrate(connection, migrations)).toEqual(migrations.map(({ tag }) => tag));
    expect(await readApplied()).toEqual(expected);
    expect(await migrate(connection, migrations)).toEqual([]);
  });

  it('forty processes at once: all start, each migration is applied once', async () => {
    const databases = Array.from({ length: 40 }, () => new PostgresDatabase({ url, maxConnections: 1 }));
    await Promise.all(databases.map((database) => database.open()));
    await Promise.all(databases.map((database) => database.close()));
    expect(await readApplied()).toEqual(expected);
  });

  it('many at once behind a pooler in transaction mode, each statement over another session: each is applied once, and no lock is left', async () => {
    const sessions = Array.from({ length: 5 }, () => postgres(url, { max: 1, onnotice: () => undefined }));
    let turn = 0;
    const pooled: MigrationConnection = { run: async (text) => sessions[(turn += 1) % sessions.length]!.unsafe(text) };
    const applied = await Promise.all(Array.from({ length: 12 }, () => migrate(pooled, migrations)));
    expect(applied.flat()).toEqual(migrations.map(({ tag }) => tag));
    expect(await readApplied()).toEqual(expected);
    expect(await connection.run("select from pg_locks where locktype = 'advisory'")).toHaveLength(0);
    await Promise.all(sessions.map((session) => session.end({ timeout: 0 })));
  });

  it('after drizzle-kit migrate there is nothing to do, and the other way round', { timeout: 60_000 }, async () => {
    await drizzleKitMigrate();
    expect(await readApplied()).toEqual(expected);
    expect(await migrate(connection, migrations)).toEqual([]);
    await drizzleKitMigrate();
    expect(await readApplied()).toEqual(expected);
  });

  it('continues where an older version stopped', async () => {
    await migrate(connection, migrations.slice(0, 1));
    expect(await migrate(connection, migrations)).toEqual(migrations.slice(1).map(({ tag }) => tag));
    expect(await readApplied()).toEqual(expected);
  });

  it('leaves a newer database alone, and says so', async () => {
    await migrate(connection, migrations);
    const older = migrate(connection, migrations.slice(0, 1));
    await expect(older).rejects.toThrow(DatabaseVersionError);
    await expect(older).rejects.toThrow(/knows none after '0000_tables'.*Nothing was changed/s);
    expect(await readApplied()).toEqual(expected);
  });

  it('gives up on a lock that is held too long', async () => {
    const other = postgres(url, { max: 1 });
    await other`select pg_advisory_lock(7313481)`;
    const waiting = migrate(connection, migrations, { lockTimeoutMs: 50 });
    await expect(waiting).rejects.toThrow(DatabaseUnavailableError);
    await other.end({ timeout: 0 });
    expect(await migrate(connection, migrations)).toHaveLength(migrations.length);
  });

  it('a script that fails halfway leaves nothing behind, and the lock free', async () => {
    const broken = { tag: '9999_broken', when: 9e12, hash: 'x', sql: 'create table half (); select no_such_thing;' };
    await expect(migrate(connection, [...migrations, broken])).rejects.toMatchObject({ code: '42703' });
    expect(await connection.run("select to_regclass('half') as half, to_regclass('scheduler_event') as event")).toEqual(
      [{ half: null, event: null }],
    );
    expect(await migrate(connection, migrations)).toHaveLength(migrations.length);
  });
});
