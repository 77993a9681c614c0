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
import { migrationsOf } from './schema-name.ts';

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
  /** Null: `public`, and drizzle's own table beside it. */
  readonly schema?: string | null;
  readonly onProgress?: ((message: string) => void) | undefined;
}

const LOCK_KEY = '7313481';

interface Place {
  readonly schema: string | null;
  readonly table: string;
  /** Whoever migrates another schema is not waited for. */
  readonly lockKey: string;
}

function placeOf(schema: string | null): Place {
  if (schema === null) return { schema, table: 'drizzle.__drizzle_migrations', lockKey: LOCK_KEY };
  return { schema, table: `"${schema}".__drizzle_migrations`, lockKey: `${LOCK_KEY}, hashtext('${schema}')` };
}

/** @returns the tags that this call applied; none when somebody else did */
export async function migrate(
  connection: MigrationConnection,
  migrations: readonly Migration[],
  options: MigrateOptions = {},
): Promise<string[]> {
  const { schema = null, lockTimeoutMs = 60_000, onProgress } = options;
  const place = placeOf(schema);
  const own = migrationsOf(schema, migrations);
  if ((await findPending(connection, own, schema)).length === 0) return [];
  await takeLock(connection, place, lockTimeoutMs);
  try {
    const pending = await findPending(connection, own, schema);
    if (pending.length > 0) onProgress?.(`Applying ${pending.length} migration(s) to the database …`);
    await apply(connection, own, pending, place);
    return pending.map((migration) => migration.tag);
  } finally {
    await connection.run(`select pg_advisory_unlock(${place.lockKey}); reset lock_timeout`).catch(() => undefined);
  }
}

/** Changes nothing. @throws DatabaseVersionError where a migration is missing, or one is there that is not known */
export async function expectMigrated(
  connection: MigrationConnection,
  migrations: readonly Migration[],
  schema: string | null = null,
): Promise<void> {
  const pending = await findPending(connection, migrations, schema);
  if (pending.length === 0) return;
  throw new DatabaseVersionError(
    `The database lacks ${pending.length} migration(s), the first of them '${pending[0]?.tag}'. Nothing was changed. ` +
      "Apply them over a direct connection: 'npm run db:migrate', or start a replica on it.",
  );
}

async function takeLock(connection: MigrationConnection, { lockKey }: Place, lockTimeoutMs: number): Promise<void> {
  try {
    await connection.run(`set lock_timeout = ${lockTimeoutMs}`);
    await connection.run(`select pg_advisory_lock(${lockKey})`);
  } catch (error) {
    if (classifyDatabaseError(error).fault !== 'lockTimeout') throw error;
    throw new DatabaseUnavailableError(
      `Another process has held the migration lock for more than ${lockTimeoutMs} ms. Look for it in pg_locks (advisory, ${lockKey}).`,
      { cause: error },
    );
  }
}

async function apply(
  connection: MigrationConnection,
  migrations: readonly Migration[],
  pending: readonly Migration[],
  place: Place,
): Promise<void> {
  if (pending.length === 0) return;
  try {
    await connection.run(renderScript(pending, place));
  } catch (error) {
    // drizzle-kit takes no lock: it may have been faster.
    if ((await findPending(connection, migrations, place.schema)).length > 0) throw error;
  }
}

function renderScript(pending: readonly Migration[], { schema, table }: Place): string {
  return [
    `create schema if not exists ${schema ?? 'drizzle'};`,
    ...(schema === null ? [] : [`select set_config('search_path', '${schema}', true);`]),
    `create table if not exists ${table} (id serial primary key, hash text not null, created_at bigint);`,
    ...pending.flatMap(({ sql, hash, when }) => [
      sql.trimEnd().endsWith(';') ? sql : `${sql}\n;`,
      `insert into ${table} (hash, created_at) values ('${hash}', ${when});`,
    ]),
    ...(schema === null ? [] : [renderBinding(schema)]),
  ].join('\n');
}

/** Whoever writes a row, with whatever search_path: what its triggers call finds the tables of this schema. */
function renderBinding(schema: string): string {
  return `do $bind$ declare one regprocedure; begin
    for one in select oid from pg_proc where pronamespace = '${schema}'::regnamespace and proname like 'scheduler\\_%' loop
      execute format('alter function %s set search_path = ${schema}, pg_temp', one);
    end loop;
  end $bind$;`;
}

/** Those that the database has not seen yet. @throws DatabaseVersionError where it is newer than this program */
export async function findPending(
  connection: MigrationConnection,
  migrations: readonly Migration[],
  schema: string | null = null,
): Promise<Migration[]> {
  const { table } = placeOf(schema);
  const [found] = await connection.run(`select to_regclass('${table}')::text as name`);
  if (found === undefined || found['name'] === null) return [...migrations];
  const [row] = await connection.run(`select coalesce(max(created_at), 0)::text as latest from ${table}`);
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
