/**
 * The floor: what the database alone needs for the same. Two statements in a loop, a claim that writes a RUNNING record and
 * moves a narrow cursor, and a record of the outcome; no plans, no policies, no functions, no errors. It claims what is
 * due; `floor-ahead` is the same with claims that may be taken before.
 */
import { setTimeout as delay } from 'node:timers/promises';
import postgres, { type Sql } from 'postgres';
import type { Contender, FireOrder, OnStart, StartedContender } from '../contender.ts';

const BATCH = 5_000;

async function schedule(order: FireOrder, dueAt: Date): Promise<void> {
  const sql = postgres(order.url, { max: 1 });
  await sql`create table floor_cursor (job_id text primary key, next_fire_at timestamptz not null) with (fillfactor = 70)`;
  await sql`create index on floor_cursor (next_fire_at)`;
  await sql`
    create table floor_run (
      id uuid primary key default gen_random_uuid(), job_id text not null, scheduled_at timestamptz not null,
      started_at timestamptz not null, finished_at timestamptz, status text not null, unique (job_id, scheduled_at)
    )`;
  await sql`
    insert into floor_cursor
    select 'bench-' || n, ${dueAt}::timestamptz + case when n <= ${order.due} then interval '0' else interval '12 hours' end
    from generate_series(1, ${order.enabled}::int) n`;
  await sql`analyze`;
  await sql.end();
}

function claim(sql: Sql, aheadMs: number): Promise<{ id: string }[]> {
  return sql<{ id: string }[]>`
    with due as (
      select job_id, next_fire_at from floor_cursor where next_fire_at <= clock_timestamp() + ${aheadMs}::float8 * interval '1 millisecond'
      order by next_fire_at limit ${BATCH} for update skip locked
    ), moved as (
      update floor_cursor set next_fire_at = due.next_fire_at + interval '1 day' from due
      where floor_cursor.job_id = due.job_id
    )
    insert into floor_run (job_id, scheduled_at, started_at, status)
    select job_id, next_fire_at, greatest(next_fire_at, clock_timestamp()), 'RUNNING' from due returning id`;
}

async function record(sql: Sql, runs: readonly { id: string }[]): Promise<void> {
  await sql`
    update floor_run set status = 'SUCCESS', finished_at = clock_timestamp()
    where id = any(${runs.map(({ id }) => id)}::uuid[])`;
}

async function start(order: FireOrder, onStart: OnStart, aheadMs: number): Promise<StartedContender> {
  const sql = postgres(order.url, { max: 4 });
  const [due] = await sql<{ at: Date }[]>`select min(next_fire_at) as at from floor_cursor`;
  await Promise.all([1, 2, 3, 4].map(() => sql`select pg_sleep(0.01)`));
  const stopping = new AbortController();
  const untilDueMs = (): number => due!.at.getTime() - Date.now();
  const run = async (runs: readonly { id: string }[]): Promise<void> => {
    if (untilDueMs() > 0) await delay(untilDueMs());
    for (let index = 0; index < runs.length; index += 1) onStart();
    await record(sql, runs);
  };
  const turning = (async () => {
    await delay(untilDueMs() - aheadMs);
    const running: Promise<void>[] = [];
    while (!stopping.signal.aborted) {
      const runs = await claim(sql, aheadMs);
      if (runs.length > 0) running.push(run(runs));
      else if (running.length > 0) break;
      else await delay(1);
    }
    await Promise.all(running);
  })();
  return {
    armedMs: null,
    async stop() {
      stopping.abort();
      await turning;
      await sql.end();
    },
  };
}

async function isRecorded(sql: Sql, order: FireOrder): Promise<boolean> {
  const [row] = await sql<{ done: number }[]>`
    select /* bench_probe */ count(*)::int as done from floor_run where status = 'SUCCESS'`;
  return row?.done === order.due;
}

/** @param aheadMs how long before it is due a cursor may be claimed; its run starts when it is due */
export function floorClaiming(aheadMs: number): Contender {
  return { schedule, start: (order, onStart) => start(order, onStart, aheadMs), isRecorded };
}

export const contender: Contender = floorClaiming(0);
