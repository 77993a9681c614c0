/** The opaque cursors of lists: where the last page ended. Owns their form; whatever does not have it is refused. */
import { InvalidInputError } from '../../domain/errors.ts';
import { readInstantText } from '../../domain/instant-text.ts';

/** Base64url, so that it goes into an address as it is. */
export function encodePageCursor(parts: readonly string[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(parts));
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** @throws InvalidInputError unless there is one part for each check, and each passes its own */
export function decodePageCursor(cursor: string, checks: readonly ((part: string) => boolean)[]): string[] {
  const parts = readParts(cursor);
  if (parts === null || parts.length !== checks.length || !checks.every((check, at) => check(parts[at] ?? ''))) {
    const message = 'is not a cursor of this list; take it from nextCursor, with the same sort, or leave it out';
    throw new InvalidInputError(`The cursor ${message}.`, [{ path: 'cursor', message }]);
  }
  return parts;
}

/** As `toISOString()` writes it, and of a year that the database has. */
export function isInstant(part: string): boolean {
  return readInstantText(part)?.toISOString() === part;
}

export function isUuid(part: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(part);
}

function readParts(cursor: string): string[] | null {
  try {
    const binary = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const parts: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string' && !part.includes('\u0000'))
      ? parts
      : null;
  } catch {
    return null;
  }
}
