/** What a database server spent: statements, bytes of its log, processor time of the backends of one database. */
import { readFile } from 'node:fs/promises';
import type { Sql } from 'postgres';

export interface ServerCost {
  readonly statements: number;
  readonly walBytes: number;
  /** Microseconds; null where `/proc` is not there. */
  readonly cpuUs: number | null;
}

/** Nanoseconds of a tick in `/proc`: 100 a second everywhere that Linux runs today. */
const TICK_US = 10_000;

/** PostgreSQL 18 cuts off comments before a statement's first word: the probes have theirs behind it. Statements are counted where the extension is loaded, otherwise committed transactions are: here that is the same. */
export async function readServerCost(sql: Sql): Promise<ServerCost> {
  const [wal] = await sql<{ bytes: string }[]>`select pg_current_wal_insert_lsn() - '0/0'::pg_lsn as bytes`;
  const hasStatements = (await sql`select from pg_extension where extname = 'pg_stat_statements'`).length > 0;
  const [counted] = hasStatements
    ? await sql<{ statements: string }[]>`
        select coalesce(sum(calls), 0) as statements from pg_stat_statements
        where dbid = (select oid from pg_database where datname = current_database())
          and query not like '%pg_stat%' and query not like '%bench_probe%'`
    : await sql<{ statements: string }[]>`
        select xact_commit as statements from pg_stat_database where datname = current_database()`;
  return { statements: Number(counted?.statements), walBytes: Number(wal?.bytes), cpuUs: await backendCpuUs(sql) };
}

async function backendCpuUs(sql: Sql): Promise<number | null> {
  const backends = await sql<{ pid: number }[]>`
    select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  try {
    const times = await Promise.all(backends.map(({ pid }) => cpuUsOf(pid)));
    return times.reduce((sum, time) => sum + time, 0);
  } catch {
    return null;
  }
}

/** User and system time: the 14th and 15th field, counted behind the name in brackets. */
async function cpuUsOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}
