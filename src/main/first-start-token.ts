/**
 * The token of a service that was given none. Made at the first start, kept in the data folder, readable by its owner only.
 * Invariant: an existing token is never replaced, and a file that holds none is never taken for one.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sayCount } from '../modules/foundation/domain/words/say-count.ts';

const MIN_TOKEN_LENGTH = 32;

export interface FirstStartToken {
  readonly token: string;
  readonly path: string;
  readonly isNew: boolean;
}

/** @throws where the folder cannot be written, or the file holds no token */
export async function firstStartToken(dataDirectory: string): Promise<FirstStartToken> {
  const path = join(dataDirectory, 'admin-token');
  const existing = await keptToken(dataDirectory);
  if (existing !== null) return { token: existing, path, isNew: false };
  const token = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  try {
    await writeFile(path, `${token}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    // Another process was first.
    const theirs = hasCode(error, 'EEXIST') ? await readToken(path) : null;
    if (theirs === null) throw error;
    return { token: theirs, path, isNew: false };
  }
  return { token, path, isNew: true };
}

/** That of an earlier start; null where there was none. @throws as `firstStartToken` */
export function keptToken(dataDirectory: string): Promise<string | null> {
  return readToken(join(dataDirectory, 'admin-token'));
}

async function readToken(path: string): Promise<string | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
  const token = text.trim();
  if (token.length >= MIN_TOKEN_LENGTH) return token;
  throw new Error(
    `${path} holds ${sayCount(token.length, 'character')}, and a token has at least ${MIN_TOKEN_LENGTH}. Delete the file to have a new one made, or set ADMIN_TOKEN.`,
  );
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
