/** The database that the settings name. Apart from the assembly, because a Worker must not carry the embedded database along. */
import type { Logger } from '../modules/foundation/application/ports/logger.ts';
import { createDatabase } from '../modules/foundation/infrastructure/persistence/create-database.ts';
import type { Database } from '../modules/foundation/infrastructure/persistence/database.ts';
import type { Settings } from './settings.ts';

/** Not yet open. */
export function databaseOf(
  { databaseUrl, databaseSchema, dataDirectory }: Pick<Settings, 'databaseUrl' | 'databaseSchema' | 'dataDirectory'>,
  logger: Logger,
): Promise<Database> {
  return createDatabase({
    ...{ url: databaseUrl, schema: databaseSchema, dataDirectory },
    onProgress: (message) => logger.info(message),
  });
}
