/**
 * A raw statement as text and parameters.
 *
 * Invariant: parameters are the values that both drivers write alike. A `Date` is not among them (postgres.js breaks on
 * it); an instant goes as `toISOString()` with `::timestamptz`, a list or a batch as JSON.
 */
import type { SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';

export type Parameter = string | number | boolean | null;

const dialect = new PgDialect();

export function renderStatement(statement: SQL): { text: string; values: Parameter[] } {
  const { sql, params } = dialect.sqlToQuery(statement);
  return { text: sql, values: params.map(asParameter) };
}

function asParameter(value: unknown): Parameter {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  throw new TypeError(
    `A parameter of a raw statement is a ${typeof value}; write it as text, number, boolean or null.`,
  );
}
