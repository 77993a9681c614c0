/**
 * The one door to the database, for everything in this folder. A driver implements it; the repositories know nothing
 * else.
 *
 * Invariant: a call settles within its deadline, and rejects with errors of ours alone (`database-errors.ts`).
 */
import type { SQL } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type { DatabaseConnection } from '../../application/ports/database-connection.ts';

/** drizzle's query builder. Transactions are not for use: a write is one statement. */
export type Orm = Pick<
  PgDatabase<PgQueryResultHKT>,
  'select' | 'insert' | 'update' | 'delete' | 'with' | '$with' | '$count'
>;

export interface ListenHandlers {
  onMessage(payload: string): void;
  /** The listening connection is gone; nothing more will come. Called at most once. */
  onLost(): void;
}

export interface Database extends DatabaseConnection {
  query<T>(work: (orm: Orm) => Promise<T>): Promise<T>;
  /** Runs one raw statement. Instants and JSON come back as text. */
  rows<Row extends Record<string, unknown>>(statement: SQL): Promise<Row[]>;
  /** All payloads in one statement, in their order. */
  notify(channel: string, ...payloads: readonly string[]): Promise<void>;
  /** @returns how to stop */
  listen(channel: string, handlers: ListenHandlers): Promise<() => Promise<void>>;
}

/** Milliseconds that a call may take when nobody says otherwise. */
export const DEFAULT_DEADLINE_MS = 5_000;

export type OnProgress = (message: string) => void;
