/** What it costs to ask what is due or left over, however much is due later: PostgreSQL's own account of the statement. */
import { type SQL, sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/modules/foundation/infrastructure/persistence/database.ts';
import { PostgresDatabase } from '../../src/modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import { PostgresAheadClaims } from '../../src/modules/foundation/infrastructure/persistence/postgres-ahead-claims.ts';
import { PostgresFireClaims } from '../../src/modules/foundation/infrastructure/persistence/postgres-fire-claims.ts';
import { PostgresIdempotencyKeys } from '../../src/modules/foundation/infrastructure/persistence/postgres-idempotency-keys.ts';
import { PostgresInstances } from '../../src/modules/foundation/infrastructure/persistence/postgres-instances.ts';
import { PostgresPendingRuns } from '../../src/modules/foundation/infrastructure/persistence/postgres-pending-runs.ts';
import { createMigratedDatabase } from '../support/databases.ts';

const ROWS = 5_000;
const DUE = 3;

interface Node {
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Node[];
}

let client: ReturnType<typeof postgres>;
let server: PostgresDatabase;
const plans: Node[] = [];

/** Explains each statement, which is done all the same, and answers with no rows. */
const explaining = {
  rows: async (statement: SQL) => {
    const [row] = await server.rows<Record<string, string>>(sql`explain (analyze, format json) ${statement}`);
    const [text] = Object.values(row!);
    plans.push((JSON.parse(text!) as [{ Plan: Node }])[0].Plan);
    return [];
  },
} as unknown as Database;

beforeAll(async () => {
  const url = await createMigratedDatabase();
  client = postgres(url, { max: 1, onnotice: () => undefined });
  server = new PostgresDatabase({ url, maxConnections: 1 });
  await server.open();
  await client.unsafe(`
    insert into scheduler_job_config (job_id, job_name, cron_expression)
    select 'job-' || n, 'Job', '* * * * *' from generate_series(1, ${ROWS}) n`);
  await client.unsafe(`
    update scheduler_job_cursor set next_fire_at = now() + (substr(job_id, 5)::int - ${DUE} - 0.5) * interval '1 hour'`);
  await client.unsafe(`
    insert into scheduler_pending_run (id, job_id, scheduled_at, trigger, job_kwargs, actor, available_at)
    select gen_random_uuid(), 'job-' || n, now() + n * interval '1 ms', 'manual', '{}', 'tom', now() + (n - ${DUE} - 0.5) * interval '1 hour'
    from generate_series(1, ${ROWS}) n`);
  await client.unsafe(`
    insert into scheduler_idempotency_key (scope, key, request_hash, created_at)
    select 'tom', n::text, 'hash', now() from generate_series(1, ${ROWS}) n`);
  await client.unsafe('vacuum analyze');
});
afterAll(async () => {
  await server.close();
  await client.end({ timeout: 1 });
});

function nodesOf(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** How many rows of a table were looked at. */
async function readOf(table: string, work: () => Promise<unknown>): Promise<number> {
  plans.length = 0;
  await work();
  return plans
    .flatMap(nodesOf)
    .filter((node) => node['Relation Name'] === table)
    .reduce(
      (sum, node) => sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
      0,
    );
}

describe('What is asked for again and again', () => {
  it('getOverdue() reads the cursors that are overdue, and no other', async () => {
    const claims = new PostgresFireClaims(explaining);
    const read = await readOf('scheduler_job_cursor', () => claims.getOverdue(250, { limit: 1_000, after: null }));
    expect(read).toBe(DUE);
  });

  it('claim() of waiting runs reads few of those that are not available yet', async () => {
    const pending = new PostgresPendingRuns(explaining);
    const options = { handlers: ['other'], limit: 10 };
    const read = await readOf('scheduler_pending_run', () => pending.claim('instance-a', options));
    expect(read).toBeLessThan(ROWS / 10);
  });

  it('take() of an idempotency key reads the keys that are out of date, and no other', async () => {
    const keys = new PostgresIdempotencyKeys(explaining);
    const request = { scope: 'tom', key: 'new', requestHash: 'hash' };
    const read = await readOf('scheduler_idempotency_key', () => keys.take(request).catch(() => undefined));
    expect(read).toBeLessThan(10);
  });

  it.each([
    {
      what: 'giveBackOfDead()',
      isStarted: false,
      ask: () => new PostgresAheadClaims(explaining).giveBackOfDead('heir'),
    },
    { what: 'rescue()', isStarted: true, ask: () => new PostgresInstances(explaining).rescue('heir') },
  ])('$what reads what the dead left behind a few times, and not once a run', async ({ isStarted, ask }) => {
    await client.unsafe('truncate scheduler_execution_log, scheduler_instance cascade');
    await client.unsafe(`
      insert into scheduler_instance (id, hostname, runtime, version, started_at, renewed_at, expires_at, held_since)
      values ('dead', 'host', 'node', '0', now(), now(), now(), now())`);
    await client.unsafe(`
      insert into scheduler_execution_log (job_id, started_at, status, scheduled_at, claimed_at, instance_id, is_exclusive)
      select 'job-' || n, now(), 'RUNNING', now() + interval '1 hour', now() + interval '${isStarted ? 2 : 0} hours', 'dead', true
      from generate_series(1, ${ROWS}) n`);
    expect(await readOf('scheduler_execution_log', ask)).toBeLessThan(9 * ROWS);
    const [left] = await client.unsafe(
      `select count(*)::int as n from scheduler_execution_log where status = 'RUNNING'`,
    );
    expect(left).toEqual({ n: ROWS - 1_000 });
  });
});
