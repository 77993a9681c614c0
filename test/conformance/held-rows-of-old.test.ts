/** Rows of instances and of history that a session holds on PostgreSQL: neither a beat nor who deletes what is old waits for them. */
import { randomUUID } from 'node:crypto';
import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Unclaimed } from '../../src/modules/foundation/application/ports/unclaimed-ledger.ts';
import type { JobConfig } from '../../src/modules/foundation/domain/job-config.ts';
import { PostgresDatabase } from '../../src/modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import { PostgresHistoryPruner } from '../../src/modules/foundation/infrastructure/persistence/postgres-history-pruner.ts';
import { portsOn } from '../support/database-foundation.ts';
import { createMigratedDatabase } from '../support/databases.ts';
import { armJob, DUE_AT, holdLeases, sampleRun } from './samples.ts';

let database: PostgresDatabase;
let session: PostgresDatabase;
beforeAll(async () => {
  const url = await createMigratedDatabase();
  database = new PostgresDatabase({ url });
  session = new PostgresDatabase({ url, maxConnections: 1 });
  await Promise.all([database.open(), session.open()]);
});
afterAll(() => Promise.all([database.close(), session.close()]));

const ports = () => portsOn(database);

async function whileHeld<T>(lock: SQL, work: () => Promise<T>): Promise<T> {
  await session.rows(sql`begin`);
  await session.rows(lock);
  try {
    return await work();
  } finally {
    await session.rows(sql`rollback`);
  }
}
const holding = (id: string) => sql`select from scheduler_instance where id = ${id} for update`;

it('rescue() forgets the others that are long gone where the row of one is held, and that one later', async () => {
  const gone = [randomUUID(), randomUUID()];
  await holdLeases(database, gone);
  await database.rows(sql`update scheduler_instance set expires_at = now() - interval '2 days'`);
  const run = sampleRun({ instanceId: 'dead' });
  await ports().executions.create(run);
  const known = async () =>
    (await database.rows<{ id: string }>(sql`select id from scheduler_instance`)).map(({ id }) => id);
  const { lost } = await whileHeld(holding(gone[0]!), () => ports().instances.rescue('rescuer'));
  expect(lost.map(({ id }) => id)).toEqual([run.id]);
  expect(await known()).toEqual([gone[0]]);
  await ports().instances.rescue('rescuer');
  expect(await known()).toEqual([]);
});

it('what passes unclaimed is told of the others where the event of one is held, and of that one later', async () => {
  const jobs = [await armJob(database), await armJob(database)];
  const unclaimed = ({ jobId, revision }: JobConfig, minutes: number): Unclaimed => ({
    ...{ revision, cursor: DUE_AT, from: DUE_AT },
    event: {
      ...{ type: 'job.unresolved', jobId, scheduledAt: DUE_AT, key: jobId, reason: 'nobody' },
      detail: { count: minutes, to: new Date(+DUE_AT + minutes * 60_000).toISOString() },
    },
  });
  const tell = (minutes: number) =>
    ports().unclaimedLedger.tell(
      jobs.map((job) => unclaimed(job, minutes)),
      60_000,
    );
  const toldOf = async ({ jobId }: JobConfig) => {
    const events = await ports().ledger.getRecent(9, jobId);
    return events.filter(({ type }) => type === 'job.unresolved').map(({ detail }) => detail?.['count']);
  };
  const told = () => Promise.all(jobs.map(toldOf));
  await tell(1);
  const lock = sql`select from scheduler_event where job_id = ${jobs[0]!.jobId} and type = 'job.unresolved' for update`;
  await whileHeld(lock, () => tell(10));
  expect(await told()).toEqual([[1], [10]]);
  await tell(20);
  expect(await told()).toEqual([[20], [20]]);
});

it('settle() leaves a job whose event is held to be told again, and settles the others', async () => {
  const jobs = [await armJob(database), await armJob(database)];
  const nothing = { ended: [], active: [], waiting: [], unstarted: [] };
  const settle = (reason: string) =>
    ports().settlements.settle(
      'instance-a',
      jobs.map((config) => ({
        ...{ ...nothing, config, firstDueAt: DUE_AT, nextFireAt: new Date(+DUE_AT + 60_000) },
        events: [{ type: 'occurrence.skipped', jobId: config.jobId, reason, key: `skipped ${config.jobId}` }],
      })),
    );
  const toldOf = async ({ jobId }: JobConfig) => (await ports().ledger.getRecent(9, jobId)).map(({ reason }) => reason);
  await settle('once');
  const lock = sql`select from scheduler_event where job_id = ${jobs[0]!.jobId} and reason = 'once' for update`;
  expect(await whileHeld(lock, () => settle('twice'))).toEqual(new Set([jobs[0]!.jobId]));
  expect(await toldOf(jobs[0]!)).toContain('once');
  expect(await toldOf(jobs[1]!)).toContain('twice');
  expect(await settle('thrice')).toEqual(new Set());
  expect(await toldOf(jobs[0]!)).toContain('thrice');
});

it('prune() passes over an execution and an event that are held, deletes the others, and those later', async () => {
  const jobId = `job-${randomUUID()}`;
  await database.rows(sql`
    insert into scheduler_execution_log (job_id, started_at, status)
    select ${jobId}, '2001-01-01'::timestamptz + day * interval '1 day', 'SUCCESS' from generate_series(1, 9) day`);
  await database.rows(sql`
    insert into scheduler_event (type, job_id, at)
    select 'run.lost', ${jobId}, '2001-01-01'::timestamptz + day * interval '1 day' from generate_series(1, 9) day`);
  const pruner = new PostgresHistoryPruner(database, { rows: 2 });
  const signal = new AbortController().signal;
  const prune = () => pruner.prune({ olderThan: new Date('2002-01-01'), keepLast: null, signal });
  const lock = sql`
    with runs as (select from scheduler_execution_log where job_id = ${jobId} order by started_at limit 1 for update)
    select from runs, (select from scheduler_event where job_id = ${jobId} order by at limit 1 for update) event`;
  expect(await whileHeld(lock, prune)).toEqual({ deleted: 16 });
  expect(await prune()).toEqual({ deleted: 2 });
});
