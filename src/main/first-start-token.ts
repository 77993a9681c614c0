/**
 * The token of a service that was given none. Made at the first start, kept in the data folder, readable by its owner only.
 * Invariant: an existing token is never replaced.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface FirstStartToken {
  readonly token: string;
  readonly path: string;
  readonly isNew: boolean;
}

/** @throws where the folder cannot be written */
export async function firstStartToken(dataDirectory: string): Promise<FirstStartToken> {
  const path = join(dataDirectory, 'admin-token');
  const existing = await readToken(path);
  if (existing !== null) return { token: existing, path, isNew: false };
  const token = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  await writeFile(path, `${token}\n`, { mode: 0o600, flag: 'wx' });
  return { token, path, isNew: true };
}

async function readToken(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
