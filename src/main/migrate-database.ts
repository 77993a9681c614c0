/** Applies the migrations to the database that the settings name, and ends: a step of a deployment of its own. */
import { createDatabase } from '../modules/foundation/infrastructure/persistence/create-database.ts';
import { InvalidSettingsError } from '../modules/foundation/domain/errors.ts';
import { parseSettings, type Settings } from './settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings cannot be used; the message names every fault. */
export class SettingsFault extends Error {}

/** @throws SettingsFault; DatabaseUnavailableError, DatabaseLockedError, DatabaseVersionError */
export async function migrateDatabase(
  env: Environment,
  onProgress: (message: string) => void,
): Promise<{ readonly description: string; readonly applied: boolean }> {
  const { databaseUrl: url, databaseSchema: schema, dataDirectory } = readSettings(env);
  let applied = false;
  const database = await createDatabase({
    ...{ url, schema, dataDirectory },
    onProgress: (message) => {
      applied ||= message.startsWith('Applying');
      onProgress(message);
    },
  });
  try {
    await database.open();
    return { description: database.description, applied };
  } finally {
    await database.close();
  }
}

/** @throws SettingsFault */
export function readSettings(env: Environment): Settings {
  try {
    return parseSettings(env);
  } catch (error) {
    if (!(error instanceof InvalidSettingsError)) throw error;
    const faults = error.errors.map(({ path, message }) => `${path} ${message}`);
    throw new SettingsFault(`${error.message} ${faults.join('; ')}`, { cause: error });
  }
}
