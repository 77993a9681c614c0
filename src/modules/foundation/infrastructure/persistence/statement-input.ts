/**
 * Rows on their way into and out of raw statements. A batch goes in as one JSON parameter, whatever its length, and a
 * returned row is read by the columns of its own table.
 */
import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';

/**
 * `json_to_recordset($1) as name("column" type, …)`: a batch as a relation.
 * @param columns each column with its SQL type; the rows' keys are these columns
 */
export function inputRows(name: string, columns: Readonly<Record<string, string>>, rows: readonly object[]): SQL {
  const declared = Object.entries(columns).map(([column, type]) => `"${column}" ${type}`);
  return sql`json_to_recordset(${writeRows(rows)}::json) as ${sql.raw(`${name}(${declared.join(', ')})`)}`;
}

/** As `JSON.stringify(rows)`, with each instant written once: a herd has few different ones, and they are what takes time. */
function writeRows(rows: readonly object[]): string {
  const texts = new Map<number, string>();
  const write = (value: unknown): unknown => {
    if (!(value instanceof Date)) return value;
    const text = texts.get(value.getTime()) ?? value.toJSON();
    if (text !== null) texts.set(value.getTime(), text);
    return text;
  };
  const written = rows.map((row) => {
    const plain: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(row)) plain[key] = write(value);
    return plain;
  });
  return JSON.stringify(written);
}

/** `(select value::type from json_array_elements_text($1))`: a list as a one-column relation. */
export function inputList(type: 'text' | 'uuid', values: readonly string[]): SQL {
  return sql`(select value::${sql.raw(type)} from json_array_elements_text(${JSON.stringify(values)}::json))`;
}

/** An instant of a raw row; sessions are in UTC. */
export function readInstant(text: string): Date {
  return new Date(text.replace(' ', 'T').replace(/\+00(:00)?$/, 'Z'));
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
