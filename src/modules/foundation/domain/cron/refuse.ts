/**
 * How a text is refused: where, why, and what was probably meant.
 *
 * Invariant: positions are offsets in the whole schedule text, 0-based; messages say the limit and the value that was met.
 */
import { ScheduleError } from './schedule-error.ts';
import type { FieldGrammar } from './field-grammar.ts';

/** A stretch of the schedule text and where it starts. */
export interface Piece {
  readonly text: string;
  readonly position: number;
}

/** @throws {ScheduleError} SCHEDULE_INVALID, always. */
export function refuse(piece: Piece, reason: string, hint?: string): never {
  const shown = piece.text.length > 32 ? `${piece.text.slice(0, 32)}…` : piece.text;
  const message = `'${shown}' at position ${piece.position}: ${reason}`;
  throw new ScheduleError('SCHEDULE_INVALID', hint === undefined ? message : `${message}; ${hint}`, {
    position: piece.position,
    hint,
  });
}

/** Splits at a character and keeps each part's position. */
export function splitPiece(piece: Piece, separator: string): Piece[] {
  const parts: Piece[] = [];
  let position = piece.position;
  for (const text of piece.text.split(separator)) {
    parts.push({ text, position });
    position += text.length + separator.length;
  }
  return parts;
}

/** Splits at white space of any kind and length, as cron(8) does. */
export function splitFields(text: string): Piece[] {
  return [...text.matchAll(/\S+/g)].map((match) => ({ text: match[0], position: match.index }));
}

/** Explains an item that no rule of its field reads. */
export function refuseUnreadable(piece: Piece, grammar: FieldGrammar): never {
  if (piece.text === '') refuse(piece, `an element of the ${grammar.name} field is empty`, 'remove the extra comma');
  const fullName = /^([a-z]{3})[a-z]+/i.exec(piece.text);
  if (fullName !== null && grammar.names.includes(fullName[1]!.toLowerCase())) {
    refuse(piece, 'names have three letters', `say '${fullName[1]!.toLowerCase()}'`);
  }
  if (/^-|--/.test(piece.text)) refuse(piece, `the ${grammar.name} field has no negative numbers`);
  if (/^\d+-\d+-/.test(piece.text))
    refuse(piece, 'a range has one hyphen', `say '${piece.text.split('-', 2).join('-')}'`);
  const range = `${grammar.min}-${grammar.max}`;
  const names = grammar.names.length > 0 ? ` or ${grammar.names[0]}-${grammar.names.at(-1)}` : '';
  refuse(piece, `not readable in the ${grammar.name} field of the ${grammar.dialect} dialect (${range}${names})`);
}
