/** What the tables' columns are made of. */
import { type SQL, sql } from 'drizzle-orm';
import { bigint, type PgColumn, timestamp, varchar } from 'drizzle-orm/pg-core';

/** `timestamptz(3)`: what a JavaScript `Date` can hold, neither more nor less. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
export const duration = (name: string) => bigint(name, { mode: 'number' });
export const oneOf = <Value extends string>(name: string, _values: readonly Value[]) =>
  varchar(name, { length: 16 }).$type<Value>();

/** CHECK (column in (…)); a null passes. */
export function isOneOf(column: PgColumn, values: readonly string[]): SQL {
  return sql`${column} in (${sql.raw(values.map((value) => `'${value}'`).join(', '))})`;
}
