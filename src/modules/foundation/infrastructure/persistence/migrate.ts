/**
 * Applies the embedded migrations to a database, on one connection that the caller opened for it alone.
 *
 * Invariants: whoever migrates holds an advisory lock, so that any number of processes may start at once; what is pending is
 * applied in one simple query, hence one implicit transaction, that takes the lock, sees that nobody was faster, and lets go
 * of it at its end, so that no session has to last and a pooler in transaction mode may stand between; the rows in
 * `drizzle.__drizzle_migrations` are drizzle-kit's own, so that `drizzle-kit migrate` and the application may take turns; a
 * database that is newer than this program is left as it is.
 */
import { DatabaseUnavailableError, DatabaseVersionError } from '../../domain/errors.ts';
import { classifyDatabaseError } from './database-errors.ts';
import { migrationsOf } from './schema-name.ts';
import { sayCount } from '../../domain/words/say-count.ts';

export interface Migration {
  readonly tag: string;
  /** drizzle-kit's order and key: milliseconds since 1970. */
  readonly when: number;
  readonly hash: string;
  readonly sql: string;
}

/** Each call is one simple query, of one statement or several; two calls may go over two sessions. */
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
  { schema = null, lockTimeoutMs = 60_000, onProgress }: MigrateOptions = {},
): Promise<string[]> {
  const own = migrationsOf(schema, migrations);
  let pending = await findPending(connection, own, schema);
  while (pending.length > 0) {
    onProgress?.(`Applying ${sayCount(pending.length, 'migration')} to the database …`);
    try {
      await connection.run(renderScript(pending, placeOf(schema), lockTimeoutMs));
      return pending.map(({ tag }) => tag);
    } catch (error) {
      if (classifyDatabaseError(error).fault === 'lockTimeout') throw lockedFor(lockTimeoutMs, error);
      // Somebody else may have been faster: drizzle-kit too, which takes no lock.
      const left = await findPending(connection, own, schema);
      if (left.length === pending.length) throw error;
      pending = left;
    }
  }
  return [];
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
    `The database lacks ${sayCount(pending.length, 'migration, it is', 'migrations, the first of them')} '${pending[0]?.tag}'. Nothing was changed. ` +
      "Apply them over a direct connection: 'npm run db:migrate', or start a replica on it.",
  );
}

function lockedFor(lockTimeoutMs: number, cause: unknown): DatabaseUnavailableError {
  return new DatabaseUnavailableError(
    `Another process has held the migration lock, or a table, for more than ${lockTimeoutMs} ms. Look for it in pg_locks (advisory, ${LOCK_KEY}).`,
    { cause },
  );
}

function renderScript(pending: readonly Migration[], { schema, table, lockKey }: Place, lockTimeoutMs: number): string {
  return [
    `select set_config('lock_timeout', '${lockTimeoutMs}', true);`,
    `select pg_advisory_xact_lock(${lockKey});`,
    `create schema if not exists ${schema ?? 'drizzle'};`,
    ...(schema === null ? [] : [`select set_config('search_path', '${schema}', true);`]),
    `create table if not exists ${table} (id serial primary key, hash text not null, created_at bigint);`,
    `do $$ begin if exists (select from ${table} where created_at >= ${pending[0]?.when}) then`,
    "  raise exception 'Somebody else has applied them meanwhile.';",
    'end if; end $$;',
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
