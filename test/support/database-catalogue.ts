/** What a migrated database says of itself. */
import { sql } from 'drizzle-orm';
import type { Database } from '../../src/modules/foundation/infrastructure/persistence/database.ts';

export interface CatalogueColumn {
  readonly type: string;
  readonly isNullable: boolean;
  readonly default: string | null;
}

/** From information_schema. */
export async function readColumns(database: Database, table: string): Promise<Record<string, CatalogueColumn>> {
  const rows = await database.rows<{ name: string; type: string; nullable: string; otherwise: string | null }>(sql`
    select column_name as name, data_type as type, is_nullable as nullable, column_default as otherwise
    from information_schema.columns where table_schema = 'public' and table_name = ${table}
    order by ordinal_position`);
  return Object.fromEntries(
    rows.map(({ name, type, nullable, otherwise }) => [
      name,
      { type, isNullable: nullable === 'YES', default: otherwise },
    ]),
  );
}

/** From pg_catalog: each constraint's definition, by kind (p, u, c, f). */
export async function readConstraints(database: Database, table: string, kind: string): Promise<string[]> {
  const rows = await database.rows<{ definition: string }>(sql`
    select pg_get_constraintdef(oid) as definition from pg_constraint
    where conrelid = ${table}::text::regclass and contype = ${kind} order by conname`);
  return rows.map((row) => row.definition);
}

/** From pg_catalog: each index's definition, from USING on. */
export async function readIndexes(database: Database, table: string): Promise<string[]> {
  const rows = await database.rows<{ definition: string }>(sql`
    select regexp_replace(pg_get_indexdef(indexrelid), '^CREATE (UNIQUE )?INDEX .* USING ', '\\1') as definition
    from pg_index where indrelid = ${table}::text::regclass order by indexrelid`);
  return rows.map((row) => row.definition);
}
