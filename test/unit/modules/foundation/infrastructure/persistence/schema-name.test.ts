/** A schema of the scheduler's own: every name that a statement may hold, and what must be left alone. */
import postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import {
  inSchema,
  isSchemaName,
  SCHEMA_OBJECTS,
} from '../../../../../../src/modules/foundation/infrastructure/persistence/schema-name.ts';
import { PostgresDatabase } from '../../../../../../src/modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import { createEmptyDatabase, createMigratedDatabase } from '../../../../../support/databases.ts';

/** Tables, sequences and functions; trigger functions are called by no statement. */
const NAMED = `
  select relname as name from pg_class where relkind in ('r', 'S') and relnamespace = $1::regnamespace
    and relname like 'scheduler%' and relname not like '%_id_seq'
  union select proname from pg_proc where pronamespace = $1::regnamespace and prorettype <> 'trigger'::regtype`;

describe('inSchema()', () => {
  it('names the schema of each object, quoted or not, with its columns or alone', () => {
    const statement = 'select "scheduler_job_config"."job_id" from scheduler_job_config, "scheduler_event" e';
    expect(inSchema('bells', statement)).toBe(
      'select "bells"."scheduler_job_config"."job_id" from "bells"."scheduler_job_config", "bells"."scheduler_event" e',
    );
    expect(inSchema(null, statement)).toBe(statement);
  });

  it('names the channel that a statement tells of its changes', () => {
    expect(inSchema('bells', "select pg_notify('carillon_changes', '{}')")).toBe(
      "select pg_notify('carillon_changes_bells', '{}')",
    );
  });

  it('leaves alone what is text, qualified, or a longer name', () => {
    const statement = `'scheduler_event' public.scheduler_event scheduler_event_at_id "public"."scheduler_event"`;
    expect(inSchema('bells', statement)).toBe(statement);
  });

  it('knows every object that the migrations make', async () => {
    const sql = postgres(await createMigratedDatabase(), { max: 1 });
    const names = await sql.unsafe<{ name: string }[]>(NAMED, ['public']);
    expect(names.map(({ name }) => name).toSorted()).toEqual(SCHEMA_OBJECTS.toSorted());
    await sql.end();
  });
});

it('isSchemaName() takes what needs no quotes, and nothing that is PostgreSQL’s own', () => {
  expect(['carillon', 'jobs_2', '_x'].every(isSchemaName)).toBe(true);
  expect(['', 'Jobs', '2x', 'a-b', 'a"b', 'pg_x', 'a'.repeat(41)].some(isSchemaName)).toBe(false);
});

describe('PostgresDatabase in a schema', () => {
  it('puts nothing into public, and binds what triggers call to its own tables', async () => {
    const url = await createEmptyDatabase();
    const [first, second] = ['bells', 'chimes'].map((schema) => new PostgresDatabase({ url, schema }));
    await Promise.all([first!.open(), second!.open()]);
    expect(first!.description).toMatch(/, schema bells$/);
    const sql = postgres(url, { max: 1 });
    expect(await sql.unsafe(NAMED, ['public'])).toHaveLength(0);
    expect(await sql`select from pg_namespace where nspname = 'drizzle'`).toHaveLength(0);
    await sql`insert into bells.scheduler_job_config (job_id, job_name, cron_expression) values ('a', 'A', '* * * * *')`;
    expect(await sql`select job_id from bells.scheduler_job_cursor`).toHaveLength(1);
    expect(await sql`select job_id from chimes.scheduler_job_cursor`).toHaveLength(0);
    await first!.open();
    await Promise.all([sql.end(), first!.close(), second!.close()]);
  });

  it('says that a host’s sessions do not reach public, where no schema is named', async () => {
    const client = postgres(await createEmptyDatabase(), { connection: { search_path: 'pg_catalog' } });
    const database = new PostgresDatabase({ url: client.options, shared: client });
    await expect(database.open()).rejects.toMatchObject({ code: 'DATABASE_VERSION', message: /Name a schema/ });
    await Promise.all([database.close(), client.end()]);
  });
});
