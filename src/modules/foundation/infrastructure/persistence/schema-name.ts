/**
 * A schema of the scheduler's own: where its tables, functions, channel and locks stand apart from all others in a database.
 *
 * Invariants: nothing of it depends on a session's search_path, which is the host's on a pool that he shares, and lost behind
 * a pooler: statements name the schema, and the functions that triggers call are bound to it. Null is the schema `public`,
 * with names as they are written.
 */
import type { Migration } from './migrate.ts';

/** Needs no quotes anywhere, and leaves room in a channel's name. */
const NAME = /^(?!pg_)[a-z_][a-z0-9_]{0,39}$/;

/** All that the migrations make and a statement may name. */
export const SCHEMA_OBJECTS = [
  ...['scheduler_job_config', 'scheduler_job_cursor', 'scheduler_execution_log', 'scheduler_pending_run'],
  ...['scheduler_run_log', 'scheduler_event', 'scheduler_instance', 'scheduler_idempotency_key'],
  ...['scheduler_revision_seq', 'scheduler_running_runs', 'scheduler_mask_secrets', 'scheduler_tell_skipped'],
  'scheduler_unclaimed_from',
] as const;

/** Not what is qualified already, a part of a longer name, or text. */
const OBJECT = new RegExp(`(?<![\\w."'$])"?(${SCHEMA_OBJECTS.join('|')})"?(?![\\w"'])`, 'g');

/** As a statement that tells of what it did names it. */
const CHANNEL = "'carillon_changes'";

export function isSchemaName(text: string): boolean {
  return NAME.test(text);
}

/** The statement with every object of ours, and the channel, named with its schema. */
export function inSchema(schema: string | null, statement: string): string {
  if (schema === null) return statement;
  return statement
    .replaceAll(OBJECT, `"${schema}"."$1"`)
    .replaceAll(CHANNEL, `'${channelOf(schema, 'carillon_changes')}'`);
}

export function channelOf(schema: string | null, channel: string): string {
  return schema === null ? channel : `${channel}_${schema}`;
}

/** The same migrations, for that schema. Their script runs with it at the head of its search_path. */
export function migrationsOf(schema: string | null, migrations: readonly Migration[]): readonly Migration[] {
  if (schema === null) return migrations;
  return migrations.map((migration) => ({
    ...migration,
    sql: migration.sql
      .replaceAll('"public".', `"${schema}".`)
      .replaceAll(CHANNEL, `'${channelOf(schema, 'carillon_changes')}'`),
  }));
}
