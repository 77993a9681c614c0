/**
 * The items that all dialects share: a star, a number or name, a range, each with or without a step.
 *
 * Invariant: an item that comes out lies within its field, runs upwards, and has a step that fits. Numbers are still
 * as written; `field-reader` translates weekdays.
 */
import type { FieldItem } from './cron-form.ts';
import { type FieldGrammar, numberOfName } from './field-grammar.ts';
import { type Piece, refuse, refuseUnreadable } from './refuse.ts';

const PLAIN = /^(?:(\*)|([0-9]{1,9}|[a-z]{3})(?:-([0-9]{1,9}|[a-z]{3}))?)(?:\/([0-9]{1,9}))?$/i;

/** A number or name within the field. */
export function readNumber(text: string, piece: Piece, grammar: FieldGrammar): number {
  const value = /^[0-9]/.test(text) ? Number.parseInt(text, 10) : numberOfName(grammar, text);
  if (value === undefined) refuseUnreadable(piece, grammar);
  if (value < grammar.min || value > grammar.max) {
    refuse(
      piece,
      `${value} is outside ${grammar.min}-${grammar.max} of the ${grammar.name} field`,
      sundayHint(value, grammar),
    );
  }
  return value;
}

function sundayHint(value: number, grammar: FieldGrammar): string | undefined {
  if (grammar.name !== 'weekday' || (value !== 7 && value !== 0)) return undefined;
  return grammar.dialect === 'apscheduler'
    ? "Sunday is 6 or 'sun' in this dialect"
    : "Sunday is 1 or 'sun' in this dialect";
}

/** Checks a step against the span of its field: a star of 60 minutes never steps by 60. */
export function readStep(text: string, piece: Piece, grammar: FieldGrammar): number {
  const step = Number.parseInt(text, 10);
  const span = grammar.starMax - grammar.min;
  if (step < 1) refuse(piece, 'a step is at least 1');
  if (step > span) {
    const hint = grammar.name === 'weekday' || grammar.name === 'year' ? undefined : stepHint(step, grammar);
    refuse(piece, `step ${step} is larger than the ${grammar.name} field (at most ${span})`, hint);
  }
  return step;
}

/** What says a step that its field cannot hold. */
export function stepHint(step: number, grammar: FieldGrammar): string | undefined {
  if (grammar.name === 'minute' || grammar.name === 'second') return `say '@every ${step}${grammar.name[0]}'`;
  return grammar.name === 'hour' ? `say '@every ${step}h'` : undefined;
}

/** The end of a range; `sun` is also the last day of the week where 7 is. */
function readRangeEnd(text: string, from: number, piece: Piece, grammar: FieldGrammar): number {
  const to = readNumber(text, piece, grammar);
  if (to >= from) return to;
  if (to === 0 && grammar.max === 7 && /^sun$/i.test(text)) return 7;
  const [first, last] = piece.text.replace(/\/.*$/, '').split('-', 2);
  const byName = /^[a-z]/i.test(first!);
  const top = byName ? grammar.names.at(-1)! : String(grammar.starMax);
  const bottom = byName ? grammar.names[0]! : String(grammar.min);
  const upper = top === first ? first : `${first}-${top}`;
  const lower = bottom === last ? last : `${bottom}-${last}`;
  return refuse(piece, 'a range runs upwards and does not wrap around', `say '${upper},${lower}'`);
}

/** Reads a plain item, or returns null where the text has another shape. */
export function readPlainItem(piece: Piece, grammar: FieldGrammar): FieldItem | null {
  const match = PLAIN.exec(piece.text);
  if (match === null) return null;
  const [, star, first, last, stepText] = match;
  const step = stepText === undefined ? 1 : readStep(stepText, piece, grammar);
  if (star !== undefined) return { kind: 'every', step };
  const from = readNumber(first!, piece, grammar);
  if (last !== undefined) {
    return { kind: 'range', from, to: readRangeEnd(last, from, piece, grammar), step, isOpen: false };
  }
  if (stepText === undefined) return { kind: 'value', value: from };
  return { kind: 'range', from, to: grammar.max, step, isOpen: true };
}
