/**
 * What PostgreSQL can hold of a text that a job made: no NUL, no lone surrogate, and no more than a row should carry.
 *
 * Invariant: never throws, and costs no more for a 200 MB text than for a short one.
 */
import type { Json } from './json.ts';

export const MAX_TEXT_BYTES = 8 * 1024;
export const MAX_RESULT_CHARACTERS = 64 * 1024;

/** Cut to `maxBytes` of UTF-8, saying so at its end. */
export function toWritableText(text: string, maxBytes = MAX_TEXT_BYTES): string {
  const start = replaceUnwritable(text.slice(0, maxBytes));
  const note = `… (cut; ${text.length} characters in all)`;
  if (text.length <= maxBytes && new TextEncoder().encode(start).length <= maxBytes) return start;
  const room = new Uint8Array(maxBytes - new TextEncoder().encode(note).length);
  const { read } = new TextEncoder().encodeInto(start, room);
  return start.slice(0, read) + note;
}

/** JSON text of a value; a result that is too large is stored as its beginning. */
export function toWritableJson(value: Json, maxCharacters = Number.POSITIVE_INFINITY): Json {
  if (value === null) return null;
  const text = JSON.stringify(value) ?? 'null';
  if (text === '{}') return {};
  if (text.length > maxCharacters) {
    return { truncated: true, characters: text.length, start: toWritableText(text) };
  }
  // `JSON.stringify` writes a NUL or a lone surrogate, and nothing else of these, as an escape.
  return JSON.parse(text.replaceAll(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g, '$1\\ufffd'));
}

function replaceUnwritable(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed();
}
