/** Chooses the driver by the URL. Each is loaded only when chosen. */
import { InvalidInputError } from '../../domain/errors.ts';
import type { Database, OnProgress } from './database.ts';

export interface DatabaseOptions {
  /** `postgres://…`, `memory://`, or null: embedded in `dataDirectory`. */
  readonly url: string | null;
  /** Of a PostgreSQL server; null or left out: `public`. */
  readonly schema?: string | null;
  /** Default `./data`. */
  readonly dataDirectory?: string;
  readonly maxConnections?: number;
  readonly deadlineMs?: number;
  readonly onProgress?: OnProgress;
}

/** The database that the options name, not yet open. @throws InvalidInputError for an address of another kind */
export async function createDatabase({ url, dataDirectory = './data', ...rest }: DatabaseOptions): Promise<Database> {
  if (url === null || url.startsWith('memory:')) {
    if (rest.schema != null)
      throw refusal('DATABASE_SCHEMA', 'wants a PostgreSQL server: an embedded database has one schema');
    const { PgliteDatabase } = await import('./drivers/pglite-database.ts');
    return new PgliteDatabase({ dataDirectory: url === null ? dataDirectory : null, ...rest });
  }
  if (/^postgres(ql)?:\/\/[^/]/.test(url) && URL.parse(url)?.hostname) {
    const { PostgresDatabase } = await import('./drivers/postgres-database.ts');
    return new PostgresDatabase({ url, ...rest });
  }
  throw refusal('DATABASE_URL', 'must be postgres://user:password@host:5432/name, memory://, or left out');
}

function refusal(path: string, message: string): InvalidInputError {
  return new InvalidInputError(`${path} ${message}.`, [{ path, message }]);
}
