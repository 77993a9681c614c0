/**
 * Who serves a folder. PGlite has no lock of its own, and two processes on one folder lose rows.
 *
 * Invariant: the lock is an open SQLite file under BEGIN EXCLUSIVE, hence the operating system's: it ends with its
 * process, however that ends, and it holds between Node, Deno and Bun. Beside it a file says who holds it, for people only.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseLockedError } from '../../../domain/errors.ts';

export interface FolderLock {
  release(): void;
}

interface Owner {
  readonly pid: number;
  readonly hostname: string;
  readonly since: string;
}

/** @throws DatabaseLockedError that names the process which holds it */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(join(folder, 'lock.sqlite'));
  const ownerFile = join(folder, 'lock.json');
  try {
    database.exec('pragma busy_timeout = 0; begin exclusive');
  } catch (error) {
    database.close();
    throw await describeLocked(folder, ownerFile, error);
  }
  const owner: Owner = { pid: process.pid, hostname: hostname(), since: new Date().toISOString() };
  await writeFile(ownerFile, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
  return { release: () => database.close() };
}

async function describeLocked(folder: string, ownerFile: string, cause: unknown): Promise<Error> {
  // Each runtime tells "busy" in its own way; the text is SQLite's own and the same in all.
  if (!(cause instanceof Error) || !cause.message.includes('locked')) {
    return new DatabaseLockedError(`The folder ${folder} cannot be locked: ${String(cause)}`, { cause });
  }
  const who = await readOwner(ownerFile);
  return new DatabaseLockedError(
    `${who} serves the embedded database in ${folder}; a second one would lose rows. ` +
      'Stop it first, choose another folder, or use a PostgreSQL server (DATABASE_URL) for several processes.',
  );
}

async function readOwner(ownerFile: string): Promise<string> {
  try {
    const owner: Owner = JSON.parse(await readFile(ownerFile, 'utf8'));
    return `Process ${owner.pid} on ${owner.hostname}, since ${owner.since},`;
  } catch {
    return 'Another process';
  }
}
