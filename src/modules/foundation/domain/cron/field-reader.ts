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
  return [...new Set(values)].toSorted((a, b) => a - b);
}

/** Reads a field with its dialect's reader of items. */
export function readField(piece: Piece, grammar: FieldGrammar, read: ItemReader): CronField {
  const written = splitPiece(piece, ',').map((part) => read(part, grammar));
  const values = written.flatMap((item) => valuesOf(item, grammar));
  const isWeekday = grammar.name === 'weekday';
  return {
    name: grammar.name,
    text: piece.text,
    position: piece.position,
    items: isWeekday ? written.map((item) => translate(item, grammar.toWeekday)) : written,
    values: sortedUnique(isWeekday ? values.map(grammar.toWeekday) : values),
    isStar: piece.text.startsWith('*') || piece.text === '?',
  };
}

/** A field that the text leaves out: a star, or its least value. */
export function defaultField(grammar: FieldGrammar, text: '*' | '0' | '1'): CronField {
  const isStar = text === '*';
  const item: FieldItem = isStar ? { kind: 'every', step: 1 } : { kind: 'value', value: Number(text) };
  const values = valuesOf(item, grammar);
  return {
    name: grammar.name,
    text,
    position: -1,
    items: [item],
    values: grammar.name === 'weekday' ? sortedUnique(values.map(grammar.toWeekday)) : values,
    isStar,
  };
}
