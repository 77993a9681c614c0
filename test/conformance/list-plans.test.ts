/**
 * What the lists of the API cost on a long history: PostgreSQL's own account of each statement. `PLAN_ROWS` asks for a longer
 * one than the gate has time for.
 */
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/modules/foundation/infrastructure/persistence/database.ts';
import { PostgresEventHistory } from '../../src/modules/foundation/infrastructure/persistence/postgres-event-history.ts';
import { SchedulerExecutionLogRepository } from '../../src/modules/foundation/infrastructure/persistence/scheduler-execution-log-repository.ts';
import { SchedulerJobConfigRepository } from '../../src/modules/foundation/infrastructure/persistence/scheduler-job-config-repository.ts';
import { createMigratedDatabase } from '../support/databases.ts';

const ROWS = Number(process.env['PLAN_ROWS'] ?? 50_000);
const JOBS = 1_000;
/** A page is 50; whoever filters reads a few more. */
const READ_AT_MOST = 2_000;
const LONG = new Set(['scheduler_execution_log', 'scheduler_event']);

let client: ReturnType<typeof postgres>;
let database: Database;
const asked: { query: string; params: unknown[] }[] = [];

beforeAll(async () => {
  client = postgres(await createMigratedDatabase(), { max: 1, onnotice: () => {} });
  const logger = { logQuery: (query: string, params: unknown[]) => void asked.push({ query, params }) };
  const orm = drizzle({ client, logger });
  database = { query: (work: (of: typeof orm) => Promise<unknown>) => work(orm) } as unknown as Database;
  await orm.execute(sql`
    insert into scheduler_job_config (job_id, job_name, cron_expression)
    select 'job-' || n, 'Job ' || n, '* * * * *' from generate_series(1, ${JOBS}::int) n`);
  // Nearly all succeed by schedule; what is asked for most is rare.
  await orm.execute(sql`
    insert into scheduler_execution_log (job_id, started_at, scheduled_at, finished_at, status, trigger, failure_reason)
    select 'job-' || n % ${JOBS}::int, at, at, at,
      case when n % 20011 = 0 then 'FAILED' else 'SUCCESS' end,
      case when n % 25013 = 0 then 'manual' else 'schedule' end,
      case when n % 20011 = 0 then 'ERROR' end
    from (select n, now() - n * interval '1 s' as at from generate_series(1, ${ROWS}::int) n) as runs`);
  await orm.execute(sql`
    insert into scheduler_event (type, job_id, at, actor)
    select case when n % 20011 = 0 then 'job.deleted' else 'occurrence.skipped' end, 'job-' || n % ${JOBS}::int,
      now() - (${ROWS}::int - n) * interval '1 s', case when n % 20011 = 0 then 'admin' when n % 3 = 0 then 'scheduler' end
    from generate_series(1, ${ROWS}::int) n`);
  await client.unsafe('vacuum analyze');
}, 600_000);
afterAll(async () => await client.end({ timeout: 1 }));

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Node[];
}

function nodesOf(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** What a list reads of the long tables. */
async function costOf(list: () => Promise<unknown>): Promise<{ scans: string[]; rows: number }> {
  asked.length = 0;
  await list();
  const { query, params } = asked[0]!;
  const [row] = await client.unsafe(`explain (analyze, format json) ${query}`, params as never[]);
  const { Plan: plan } = (row as unknown as { 'QUERY PLAN': [{ Plan: Node }] })['QUERY PLAN'][0];
  const reads = nodesOf(plan).filter((node) => LONG.has(node['Relation Name'] ?? ''));
  return {
    scans: reads.map((node) => node['Node Type']).filter((type) => type === 'Seq Scan'),
    rows: reads.reduce(
      (sum, node) => sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
      0,
    ),
  };
}

const limit = 50;
const from = new Date(Date.now() - (ROWS / 2) * 1_000);
const to = new Date(Date.now() - (ROWS / 4) * 1_000);

describe('a page of executions', () => {
  const executions = () => new SchedulerExecutionLogRepository(database);
  const cursor = async () => (await executions().list({ limit, to })).nextCursor!;

  it.each([
    ['of all', {}],
    ['of one job', { jobId: 'job-7' }],
    ['of one status that is rare', { status: 'FAILED' }],
    ['of one status that is not', { status: 'SUCCESS' }],
    ['that run', { status: 'RUNNING' }],
    ['of one trigger that is rare', { trigger: 'manual' }],
    ['of one trigger that is not', { trigger: 'schedule' }],
    ['of a trigger that never was', { trigger: 'backfill' }],
    ['of a time', { from, to }],
    ['of one job and a time', { jobId: 'job-7', from, to }],
    ['of one job and status', { jobId: 'job-7', status: 'FAILED' }],
  ] as const)('%s reads no more than a few rows', async (_title, query) => {
    const { scans, rows } = await costOf(() => executions().list({ limit, ...query }));
    expect(scans).toEqual([]);
    expect(rows).toBeLessThan(READ_AT_MOST);
  });

  it('in the middle costs what the first one costs', async () => {
    const at = await cursor();
    const { scans, rows } = await costOf(() => executions().list({ limit, cursor: at }));
    expect(scans).toEqual([]);
    expect(rows).toBeLessThan(READ_AT_MOST);
  });
});

describe('a page of events', () => {
  const events = () => new PostgresEventHistory(database);

  it.each([
    ['of all', {}],
    ['of one job', { jobId: 'job-7' }],
    ['of one type that is rare', { type: 'job.deleted' }],
    ['of one type that is not', { type: 'occurrence.skipped' }],
    ['of one job and type', { jobId: 'job-7', type: 'occurrence.skipped' }],
    ['of an actor that is rare', { actor: 'admin' }],
    ['of an actor that is not', { actor: 'scheduler' }],
    ['of an actor that never was', { actor: 'nobody' }],
    ['of a time', { from, to }],
    ['of all before a time', { to }],
    ['of all since a time', { from }],
    ['of one type and a time', { type: 'occurrence.skipped', from, to }],
    ['of a rare type and a time', { type: 'job.deleted', from, to }],
    ['of one job and a time', { jobId: 'job-7', from, to }],
    ['of an actor and a time', { actor: 'scheduler', from, to }],
    ['of a rare actor and a time', { actor: 'admin', from, to }],
  ] as const)('%s reads no more than a few rows', async (_title, query) => {
    const { scans, rows } = await costOf(() => events().list({ limit, ...query }));
    expect(scans).toEqual([]);
    expect(rows).toBeLessThan(READ_AT_MOST);
  });
});

describe('a page of jobs', () => {
  it.each(['jobId', 'nextRunAt', 'lastRunAt', 'updatedAt'] as const)(
    'sorted by %s looks at the runs of its own jobs alone',
    async (sort) => {
      const { scans, rows } = await costOf(() => new SchedulerJobConfigRepository(database).list({ limit, sort }));
      expect(scans).toEqual([]);
      expect(rows).toBeLessThan(READ_AT_MOST);
    },
  );
});
