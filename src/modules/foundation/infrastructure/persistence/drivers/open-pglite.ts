/**
 * Opens PGlite on a folder, or in memory. Owns the layout inside the data directory: `postgres/` is PGlite's, and
 * `creating` stands beside it while it is being made.
 *
 * Invariant: a folder whose making was interrupted is made anew (nothing was acknowledged from it yet); any other folder
 * is opened as it is or refused as it is.
 */
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { DatabaseVersionError } from '../../../domain/errors.ts';
import type { OnProgress } from '../database.ts';

/** The major version of PostgreSQL inside the pinned PGlite. */
export const EMBEDDED_POSTGRES_MAJOR = '18';

/** Values as the other driver gives them: json and jsonb as text, int8 as a number. */
const VALUES = { 114: asText, 3802: asText, 20: Number };

/** 285 MB of memory rather than 546. */
const START_PARAMETERS = ['-c', 'shared_buffers=16MB', '-c', 'timezone=UTC'];

export async function openPglite(
  dataDirectory: string | null,
  onProgress: OnProgress = () => undefined,
): Promise<PGlite> {
  if (dataDirectory === null) return create('memory://', await readTemplate());
  const folder = join(dataDirectory, 'postgres');
  const marker = join(dataDirectory, 'creating');
  if (await exists(marker)) await rm(folder, { recursive: true, force: true });
  if (await checkVersion(folder)) return create(folder, null);

  const template = await readTemplate();
  onProgress(`Creating the embedded database in ${dataDirectory} …`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(marker, '');
  const client = await create(folder, template);
  await rm(marker);
  return client;
}

async function create(target: string, loadDataDir: Blob | null): Promise<PGlite> {
  const { PGlite } = await import('@electric-sql/pglite');
  const startParams = [...PGlite.defaultStartParams, ...START_PARAMETERS];
  const options = { startParams, parsers: VALUES };
  return PGlite.create(target, loadDataDir === null ? options : { ...options, loadDataDir });
}

/** A data directory made beforehand: PGlite would take three to twelve seconds to make one itself. */
async function readTemplate(): Promise<Blob> {
  const { dataDir } = await import('@electric-sql/pglite-prepopulatedfs');
  return await dataDir();
}

/** @returns whether there is a database; @throws DatabaseVersionError when it is another major version's */
async function checkVersion(folder: string): Promise<boolean> {
  let version: string;
  try {
    version = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  } catch {
    return false;
  }
  if (version === EMBEDDED_POSTGRES_MAJOR) return true;
  throw new DatabaseVersionError(
    `The embedded database in ${folder} was made by PostgreSQL ${version}; this version of Carillon carries ${EMBEDDED_POSTGRES_MAJOR}. ` +
      'Nothing was changed. Start the version that made it, dump its data, and restore it into a new folder.',
  );
}

function asText(value: string): string {
  return value;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
