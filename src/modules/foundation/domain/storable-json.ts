/**
 * What a database can keep of a JSON value. PostgreSQL refuses NUL and lone surrogates in text and jsonb, JSON has no
 * infinity, and a value nested a thousand deep breaks whoever walks it.
 *
 * Invariant: walks without recursion, so that no input exhausts the stack.
 */
import type { FieldError } from './errors.ts';

export const MAX_JSON_DEPTH = 64;

/** Whether a database can keep this text. */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** The first thing in it that cannot be stored; null: all of it can. */
export function findUnstorable(value: unknown): FieldError | null {
  const waiting = [{ value, path: '', depth: 0 }];
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    const { path, depth } = item;
    const fault = faultOf(item.value, depth);
    if (fault !== null) return { path, message: fault };
    if (typeof item.value !== 'object' || item.value === null) continue;
    for (const [key, child] of Object.entries(item.value)) {
      if (!isStorableText(key)) return { path, message: 'Has a key with a NUL character or half a surrogate pair.' };
      waiting.push({ value: child, path: path === '' ? key : `${path}.${key}`, depth: depth + 1 });
    }
  }
  return null;
}

function faultOf(value: unknown, depth: number): string | null {
  if (depth > MAX_JSON_DEPTH) return `Nested deeper than ${MAX_JSON_DEPTH} levels.`;
  if (typeof value === 'number' && !Number.isFinite(value)) return 'The number is too large to be kept.';
  if (typeof value !== 'string' || isStorableText(value)) return null;
  return 'Holds a NUL character or half a surrogate pair, which the database refuses.';
}
