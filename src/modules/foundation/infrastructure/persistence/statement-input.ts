/**
 * Rows on their way into and out of raw statements. A batch goes in as one JSON parameter, whatever its length, and a
 * returned row is read by the columns of its own table.
 */
import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { FireCursor } from '../../application/ports/fire-claims.ts';

/**
 * True; and from then on the statement waits 4 s at most for each lock, and, by PostgreSQL 17 and newer, ends within 15 s,
 * though whoever sent it has vanished: it can neither take effect much later, nor keep others from what it has locked.
 */
export const ENDS_IN_TIME = sql`(
    select set_config('lock_timeout', '4000', true) is not null and case
      when current_setting('transaction_timeout', true) is null then true
      else set_config('transaction_timeout', '15000', true) is not null
    end
  )`;

/**
 * `json_to_recordset($1) as name("column" type, …)`: a batch as a relation.
 * @param columns each column with its SQL type; the rows' keys are these columns
 */
export function inputRows(name: string, columns: Readonly<Record<string, string>>, rows: readonly object[]): SQL {
  return sql`json_to_recordset(${writeRows(rows)}::json) as ${sql.raw(`${name}(${declare(columns)})`)}`;
}

/** Of a herd's rows: the columns that tell one from another, and those of few different values, each with its SQL type. */
export interface HerdColumns {
  readonly own: Readonly<Record<string, string>>;
  readonly shared: Readonly<Record<string, string>>;
}

type HerdRow = Readonly<Record<string, unknown>>;

/**
 * The same relation as `inputRows`, sent and read at a fraction of the cost: what many rows share goes once, and what is a
 * row's own goes as an array a column, of texts or numbers.
 */
export function herdRows(name: string, { own, shared }: HerdColumns, rows: readonly HerdRow[]): SQL {
  const { kinds, kindOf } = sharedKinds(Object.keys(shared), rows);
  const columns = [...Object.keys(own), ...Object.keys(shared)].map((column) => `"${column}"`).join(', ');
  const arrays = Object.entries(own).map(
    ([column, type]) => sql`${writeArray(rows.map((row) => row[column]))}::text::${sql.raw(type)}[]`,
  );
  const ownNames = Object.keys(own).map((column) => `"${column}"`);
  return sql`(
      select ${sql.raw(columns)}
      from unnest(${writeArray(kindOf)}::text::int[], ${sql.join(arrays, sql`, `)}) as ${sql.raw(`own(kind, ${ownNames.join(', ')})`)}
      join json_to_recordset(${JSON.stringify(kinds)}::json) as ${sql.raw(`shared(kind int, ${declare(shared)})`)} using (kind)
    ) as ${sql.raw(name)}`;
}

/** A row is nearly always of the kind of the one before it. */
function sharedKinds(names: readonly string[], rows: readonly HerdRow[]): { kinds: HerdRow[]; kindOf: number[] } {
  const write = instantWriter();
  const kinds = new Map<string, HerdRow & { kind: number }>();
  let last: HerdRow | null = null;
  let kind = 0;
  const kindOf = rows.map((row) => {
    const before = last;
    last = row;
    if (before !== null && names.every((name) => isSame(before[name], row[name]))) return kind;
    const key = names.map((name) => keyOf(write(row[name]))).join('\0');
    const found = kinds.get(key) ?? { kind: kinds.size, ...picked(row, names, write) };
    kinds.set(key, found);
    kind = found.kind;
    return kind;
  });
  return { kinds: [...kinds.values()], kindOf };
}

/** At a glance: of others, `keyOf` tells. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (one instanceof Date) return other instanceof Date && one.getTime() === other.getTime();
  return isEmpty(one) && isEmpty(other);
}

/** No arguments, as of most jobs. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && value.constructor === Object && Object.keys(value).length === 0;
}

function picked(row: HerdRow, names: readonly string[], write: (value: unknown) => unknown): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const name of names) plain[name] = write(row[name]);
  return plain;
}

/** Values of one column are told apart by it, whatever they are. */
function keyOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return `"${value}`;
  return typeof value === 'number' ? `${value}` : JSON.stringify(value);
}

const NEEDS_NO_QUOTES = /^[\w.:-]+$/;

/** The server's own writing of an array, which it reads faster than JSON. */
function writeArray(values: readonly unknown[]): string {
  return `{${values.map(writeElement).join(',')}}`;
}

function writeElement(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (NEEDS_NO_QUOTES.test(text) && !/^null$/i.test(text)) return text;
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

function declare(columns: Readonly<Record<string, string>>): string {
  return Object.entries(columns)
    .map(([column, type]) => `"${column}" ${type}`)
    .join(', ');
}

function writeRows(rows: readonly object[]): string {
  const write = instantWriter();
  const written = rows.map((row) => {
    const plain: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(row)) plain[key] = write(value);
    return plain;
  });
  return JSON.stringify(written);
}

/** Writes each instant once: a herd has few different ones, and they are what takes time. */
function instantWriter(): (value: unknown) => unknown {
  const texts = new Map<number, string>();
  return (value) => {
    if (!(value instanceof Date)) return value;
    const text = texts.get(value.getTime()) ?? value.toJSON();
    if (text !== null) texts.set(value.getTime(), text);
    return text;
  };
}

/** `(select value::type from json_array_elements_text($1))`: a list as a one-column relation. */
export function inputList(type: 'text' | 'uuid', values: readonly string[]): SQL {
  return sql`(select value::${sql.raw(type)} from json_array_elements_text(${JSON.stringify(values)}::json))`;
}

/** The time of a whole statement: no index helps where a row is compared with what may be another time for each of them. */
export const NOW_ONCE = sql`(select clock_timestamp())`;

/** An instant of a raw row; sessions are in UTC. */
export function readInstant(text: string): Date {
  return new Date(text.replace(' ', 'T').replace(/\+00(:00)?$/, 'Z'));
}

export function readInstantOrNull(text: string | null | undefined): Date | null {
  return text == null ? null : readInstant(text);
}

/** Where a cursor stands. */
export function readCursorInstant(text: string | null): FireCursor['nextFireAt'] {
  if (text === null) return 'unarmed';
  return text === 'infinity' ? 'exhausted' : readInstant(text);
}

/** A raw row, with the property names and the values that drizzle's own queries give. */
export function decodeRow<Table extends PgTable>(
  table: Table,
  row: Readonly<Record<string, unknown>>,
): Table['$inferSelect'] {
  const entries = Object.entries(getTableColumns(table)).map(([property, column]) => {
    const value = row[column.name];
    return [property, value === null || value === undefined ? null : column.mapFromDriverValue(value)];
  });
  return Object.fromEntries(entries) as Table['$inferSelect'];
}
