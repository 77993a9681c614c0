/** Connections that statements go through, and the pool of our own, whose sessions and values are as we set them. */
import { drizzle } from 'drizzle-orm/postgres-js';
import type { Orm } from '../database.ts';
import type { Parameter } from '../render-statement.ts';
import type { Client } from './postgres-connection.ts';
import { wholeClient, withoutHoles } from './whole-rows.ts';

export interface PostgresPool {
  readonly orm: Orm;
  rows<Row extends Record<string, unknown>>(text: string, values: readonly Parameter[]): Promise<Row[]>;
  /** Gives up what is under way. */
  end(withinS: number): Promise<void>;
}

export function ownPool(client: Client): PostgresPool {
  return {
    orm: drizzle({ client: wholeClient(client) }),
    rows: async <Row extends Record<string, unknown>>(text: string, values: readonly Parameter[]) => [
      ...withoutHoles(await client.unsafe<Row[]>(text, [...values], { prepare: true })),
    ],
    end: (withinS) => client.end({ timeout: withinS }),
  };
}
