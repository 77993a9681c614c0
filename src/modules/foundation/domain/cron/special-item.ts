/**
 * The items that depend on the month (L, W, #) and on the job (H), for the unix and the quartz dialect.
 *
 * Invariant: what is not exactly one of the forms is left to the caller (null), never half-read.
 * Sources: Quartz CronExpression for L, W and #; Jenkins for H.
 */
import type { FieldItem } from './cron-form.ts';
import type { FieldGrammar } from './field-grammar.ts';
import { readNumber, readStep } from './plain-item.ts';
import { type Piece, refuse } from './refuse.ts';
import { stableHash } from './stable-hash.ts';

/** `L`, `L-n`, `LW`, `L-nW`, `nW` in the day field. */
export function readSpecialDay(piece: Piece, grammar: FieldGrammar): FieldItem | null {
  const last = /^L(?:-([0-9]{1,3}))?(W)?$/i.exec(piece.text);
  if (last !== null) {
    const before = Number.parseInt(last[1] ?? '0', 10);
    if (before > 30) refuse(piece, `${before} is more days before the last than a month has (at most 30)`);
    return { kind: 'lastDay', before, isNearestWorkday: last[2] !== undefined };
  }
  const nearest = /^([0-9]{1,9})W$/i.exec(piece.text);
  if (nearest === null) return null;
  return { kind: 'nearestWorkday', day: readNumber(nearest[1]!, piece, grammar) };
}

/** `5L` and `5#2` in the weekday field, the day by number or name. */
export function readSpecialWeekday(piece: Piece, grammar: FieldGrammar): FieldItem | null {
  const match = /^([0-9]{1,9}|[a-z]{3})(?:(L)|#([0-9]{1,9}))$/i.exec(piece.text);
  if (match === null) return null;
  const weekday = readNumber(match[1]!, piece, grammar);
  if (match[2] !== undefined) return { kind: 'lastWeekday', weekday };
  const nth = Number.parseInt(match[3]!, 10);
  if (nth < 1 || nth > 5) refuse(piece, `a month has a first to a fifth such weekday, not a number ${nth}`);
  return { kind: 'nthWeekday', weekday, nth };
}

/** `H`, `H(a-b)`, `H/n`, `H(a-b)/n`. Days spread over 1 to 28, so that no month goes without. */
export function readHashedItem(piece: Piece, grammar: FieldGrammar, salt: string): FieldItem | null {
  const match = /^H(?:\(([0-9]{1,9})-([0-9]{1,9})\))?(?:\/([0-9]{1,9}))?$/.exec(piece.text);
  if (match === null) return null;
  const from = match[1] === undefined ? grammar.min : readNumber(match[1], piece, grammar);
  const natural = grammar.name === 'day' ? 28 : grammar.starMax;
  const to = match[2] === undefined ? natural : readNumber(match[2], piece, grammar);
  if (to < from) refuse(piece, 'a range runs upwards and does not wrap around');
  const hash = stableHash(`${salt}\u0000${grammar.name}`);
  if (match[3] === undefined)
    return { kind: 'hashed', values: [from + (hash % (to - from + 1))], step: 1, isStepped: false };
  const step = readStep(match[3], piece, grammar);
  if (step > to - from) refuse(piece, `step ${step} is larger than the range ${from}-${to}`);
  const values: number[] = [];
  for (let value = from + (hash % step); value <= to; value += step) values.push(value);
  return { kind: 'hashed', values, step, isStepped: true };
}
