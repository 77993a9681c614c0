/**
 * One field: its comma-separated list, item by item, and the plain values that come of it.
 *
 * Invariant: a field either reads completely or is refused with the offset of the item that does not.
 */
import type { CronField, FieldItem } from './cron-form.ts';
import type { FieldGrammar } from './field-grammar.ts';
import { type Piece, splitPiece } from './refuse.ts';

/** Reads one item of a list, as written. Throws where it cannot. */
export type ItemReader = (piece: Piece, grammar: FieldGrammar) => FieldItem;

/** The plain values of an item, as written; none for what depends on the month. */
function valuesOf(item: FieldItem, grammar: FieldGrammar): readonly number[] {
  if (item.kind === 'value') return [item.value];
  if (item.kind === 'hashed') return item.values;
  if (item.kind !== 'every' && item.kind !== 'range') return [];
  const [from, to] = item.kind === 'every' ? [grammar.min, grammar.starMax] : [item.from, item.to];
  const values: number[] = [];
  for (let value = from; value <= to; value += item.step) values.push(value);
  return values;
}

function translate(item: FieldItem, toWeekday: (written: number) => number): FieldItem {
  switch (item.kind) {
    case 'value':
      return { kind: 'value', value: toWeekday(item.value) };
    case 'range':
      return { ...item, from: toWeekday(item.from), to: toWeekday(item.to) };
    case 'hashed':
      return { ...item, values: item.values.map(toWeekday) };
    case 'lastWeekday':
    case 'nthWeekday':
      return { ...item, weekday: toWeekday(item.weekday) };
    default:
      return item;
  }
}

export function sortedUnique(values: readonly number[]): readonly number[] {
  return values.length < 2 ? values : [...new Set(values)].toSorted((a, b) => a - b);
}

/** The plain values of all items of a field, with weekdays from 0 = Sunday. */
export function fieldValues(written: readonly FieldItem[], grammar: FieldGrammar): readonly number[] {
  const values = written.flatMap((item) => valuesOf(item, grammar));
  return sortedUnique(grammar.name === 'weekday' ? values.map(grammar.toWeekday) : values);
}

/** Puts a field together from its items as written, and its values. */
export function fieldOf(
  piece: Piece,
  grammar: FieldGrammar,
  written: readonly FieldItem[],
  values: readonly number[],
): CronField {
  return {
    name: grammar.name,
    text: piece.text,
    position: piece.position,
    items: grammar.name === 'weekday' ? written.map((item) => translate(item, grammar.toWeekday)) : written,
    values,
    isStar: piece.text.startsWith('*') || piece.text === '?',
  };
}

/** Reads a field with its dialect's reader of items. */
export function readField(piece: Piece, grammar: FieldGrammar, read: ItemReader): CronField {
  const written = splitPiece(piece, ',').map((part) => read(part, grammar));
  return fieldOf(piece, grammar, written, fieldValues(written, grammar));
}

const defaults = new Map<string, CronField>();

/** A field that the text leaves out, a star or its least value; one object for all texts. */
export function defaultField(grammar: FieldGrammar, text: '*' | '0' | '1'): CronField {
  const key = `${grammar.dialect} ${grammar.name} ${text}`;
  const known = defaults.get(key);
  if (known !== undefined) return known;
  const item: FieldItem = text === '*' ? { kind: 'every', step: 1 } : { kind: 'value', value: Number(text) };
  const field = fieldOf({ text, position: -1 }, grammar, [item], fieldValues([item], grammar));
  defaults.set(key, field);
  return field;
}
