/**
 * Applies the embedded migrations to a database, on one connection that the caller opened for it alone.
 *
 * Invariants: whoever migrates holds a session advisory lock, so that any number of processes may start at once; a
 * migration and its row in `drizzle.__drizzle_migrations` become visible together (one simple query is one implicit
 * transaction); the rows are drizzle-kit's own, so that `drizzle-kit migrate` and the application may take turns; a
 * database that is newer than this program is left as it is.
 */
import { DatabaseUnavailableError, DatabaseVersionError } from '../../domain/errors.ts';
import { classifyDatabaseError } from './database-errors.ts';

export interface Migration {
  readonly tag: string;
  /** drizzle-kit's order and key: milliseconds since 1970. */
  readonly when: number;
  readonly hash: string;
  readonly sql: string;
}

/** One connection. Each call is one simple query, of one statement or several. */
export interface MigrationConnection {
  run(text: string): Promise<readonly Record<string, unknown>[]>;
}

export interface MigrateOptions {
  readonly lockTimeoutMs?: number;
  readonly onProgress?: ((message: string) => void) | undefined;
}

const LOCK_KEY = '7313481';
const TABLE = 'drizzle.__drizzle_migrations';

/** @returns the tags that this call applied; none when somebody else did */
export async function migrate(
  connection: MigrationConnection,
  migrations: readonly Migration[],
  options: MigrateOptions = {},
): Promise<string[]> {
  if ((await findPending(connection, migrations)).length === 0) return [];
  await takeLock(connection, options.lockTimeoutMs ?? 60_000);
  try {
    const pending = await findPending(connection, migrations);
    if (pending.length > 0) options.onProgress?.(`Applying ${pending.length} migration(s) to the database …`);
    await apply(connection, migrations, pending);
    return pending.map((migration) => migration.tag);
  } finally {
    await connection.run(`select pg_advisory_unlock(${LOCK_KEY}); reset lock_timeout`).catch(() => undefined);
  }
}

/** Changes nothing. @throws DatabaseVersionError where a migration is missing, or one is there that is not known */
export async function expectMigrated(connection: MigrationConnection, migrations: readonly Migration[]): Promise<void> {
  const pending = await findPending(connection, migrations);
  if (pending.length === 0) return;
  throw new DatabaseVersionError(
    `The database lacks ${pending.length} migration(s), the first of them '${pending[0]?.tag}'. Nothing was changed. ` +
      "Apply them over a direct connection: 'npm run db:migrate', or start a replica on it.",
  );
}

async function takeLock(connection: MigrationConnection, lockTimeoutMs: number): Promise<void> {
  try {
    await connection.run(`set lock_timeout = ${lockTimeoutMs}`);
    await connection.run(`select pg_advisory_lock(${LOCK_KEY})`);
  } catch (error) {
    if (classifyDatabaseError(error).fault !== 'lockTimeout') throw error;
    throw new DatabaseUnavailableError(
      `Another process has held the migration lock for more than ${lockTimeoutMs} ms. Look for it in pg_locks (advisory, ${LOCK_KEY}).`,
      { cause: error },
    );
  }
}

async function apply(
  connection: MigrationConnection,
  migrations: readonly Migration[],
  pending: readonly Migration[],
): Promise<void> {
  if (pending.length === 0) return;
  try {
    await connection.run(renderScript(pending));
  } catch (error) {
    // drizzle-kit takes no lock: it may have been faster.
    if ((await findPending(connection, migrations)).length > 0) throw error;
  }
}

function renderScript(pending: readonly Migration[]): string {
  return [
    'create schema if not exists drizzle;',
    `create table if not exists ${TABLE} (id serial primary key, hash text not null, created_at bigint);`,
    ...pending.flatMap(({ sql, hash, when }) => [
      sql.trimEnd().endsWith(';') ? sql : `${sql}\n;`,
      `insert into ${TABLE} (hash, created_at) values ('${hash}', ${when});`,
    ]),
  ].join('\n');
}

/** Those that the database has not seen yet. @throws DatabaseVersionError where it is newer than this program */
export async function findPending(
  connection: MigrationConnection,
  migrations: readonly Migration[],
): Promise<Migration[]> {
  const [table] = await connection.run(`select to_regclass('${TABLE}')::text as name`);
  if (table === undefined || table['name'] === null) return [...migrations];
  const [row] = await connection.run(`select coalesce(max(created_at), 0)::text as latest from ${TABLE}`);
  const latest = Number(row?.['latest'] ?? 0);
  const newest = migrations.at(-1);
  if (newest === undefined || latest > newest.when) {
    throw new DatabaseVersionError(
      `The database has a migration of ${new Date(latest).toISOString()}; this version of Carillon knows none after '${newest?.tag}'. ` +
        'Nothing was changed. Start the version that made it, or a newer one.',
    );
  }
  return migrations.filter((migration) => migration.when > latest);
}
