/**
 * A pool over any client of postgres.js, a host's among them. Invariants: names carry their schema, and parameters and values
 * pass as the server's own text, so that neither how a host reads values nor what his sessions are set to has a say; a host's
 * client is never ended, and a statement that it does not answer in time is withdrawn from it.
 */
import { drizzle } from 'drizzle-orm/pg-proxy';
import type postgres from 'postgres';
import { withDeadline } from '../deadline.ts';
import type { Parameter } from '../render-statement.ts';
import { inSchema } from '../schema-name.ts';
import type { PostgresPool } from './postgres-pool.ts';
import { withoutHoles } from './whole-rows.ts';

/** Any client of postgres.js, a host's with types of its own among them. */
export type AnyClient = Pick<postgres.Sql, 'unsafe' | 'typed' | 'end'>;

export interface TextPoolOptions {
  readonly client: AnyClient;
  readonly schema: string | null;
  readonly deadlineMs: number;
  /** True: the client is a host's. It is never ended; a statement that is not answered in time is withdrawn from it. */
  readonly isShared: boolean;
}

export function textPool(options: TextPoolOptions): PostgresPool {
  const ask = (text: string, values: readonly unknown[]) => askAsText(options, text, values);
  return {
    orm: drizzle(async (text, values, method) => {
      const answer = await ask(text, values);
      return { rows: method === 'execute' ? namedRows(answer) : answer.rows };
    }),
    rows: async <Row extends Record<string, unknown>>(text: string, values: readonly Parameter[]) =>
      namedRows(await ask(text, values)) as Row[],
    end: async (withinS) => (options.isShared ? undefined : options.client.end({ timeout: withinS })),
  };
}

interface Answer {
  readonly names: readonly string[];
  readonly rows: unknown[][];
}

/** The type `unknown`: the server finds out what a parameter is, as it does for a literal. */
const UNKNOWN = 705;

async function askAsText(options: TextPoolOptions, text: string, values: readonly unknown[]): Promise<Answer> {
  const { client, schema, deadlineMs, isShared } = options;
  const typed = values.map((value) => client.typed(value as string, UNKNOWN));
  const query = client.unsafe(inSchema(schema, text), typed, { prepare: true }).raw();
  const result = await (isShared ? withDeadline(query, deadlineMs, () => withdraw(query)) : query);
  // A statement of another kind than a query has none.
  const columns = result.columns ?? [];
  const rows = withoutHoles(result as unknown as (Uint8Array | null)[][]).map((row) =>
    row.map((value, index) => (value === null ? null : readValue(columns[index]!.type, decoder.decode(value)))),
  );
  return { names: columns.map(({ name }) => name), rows };
}

/** Before it is sent it leaves the queue; afterwards the server is asked to cancel it. Whether that is heard changes nothing here. */
function withdraw(query: object): void {
  const { canceller } = query as { canceller?: ((query: object) => Promise<void>) | null };
  void canceller?.(query).catch(() => undefined);
}

function namedRows({ names, rows }: Answer): Record<string, unknown>[] {
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])));
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const BOOLEAN = 16;
const NUMBERS: ReadonlySet<number> = new Set([20, 21, 23, 26, 700, 701]);
const INSTANT = 1184;

/** As our own sessions give it. */
function readValue(type: number, text: string): unknown {
  if (type === BOOLEAN) return text === 't';
  if (NUMBERS.has(type)) return Number(text);
  return type === INSTANT ? inUtc(text) : text;
}

/** Sessions of a host's may be in any zone: `2026-01-01 08:00:00.5+08` is `2026-01-01 00:00:00.5+00`. */
function inUtc(text: string): string {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:[.]\d+)?)([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?$/.exec(text);
  if (match === null) return text;
  const [, day, time, sign, hours, minutes = 0, seconds = 0] = match;
  const offsetMs = (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000;
  if (offsetMs === 0) return text;
  const at = new Date(Date.parse(`${day}T${time}Z`) - (sign === '-' ? -offsetMs : offsetMs));
  return at
    .toISOString()
    .replace('T', ' ')
    .replace(/[.]?0*Z$/, '+00');
}
