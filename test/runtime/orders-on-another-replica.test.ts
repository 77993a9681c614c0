/**
 * Two processes over one PostgreSQL: what is ordered at the one, which has no timers, starts on the other, whose timers
 * never fire: it has heard of it, by NOTIFY, and by nothing else.
 */
import { resolve } from 'node:path';
import postgres from 'postgres';
import { expect, it } from 'vitest';
import { createMigratedDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { ROOT, type ServiceProcess, spawnService } from '../support/service-process.ts';

const REPLICA = resolve(ROOT, 'test/support/still-replica.ts');
const replica = (...words: string[]): ServiceProcess =>
  spawnService({ runtime: 'node', args: [REPLICA, ...words], env: {} });

it('a trigger, a retry and a backfill are started by the process that did not take them', async ({
  onTestFinished,
}) => {
  const url = await createMigratedDatabase();
  const sql = postgres(url, { max: 1 });
  onTestFinished(() => sql.end({ timeout: 1 }));
  await sql`
    insert into scheduler_job_config (job_id, job_name, cron_expression, dialect, timezone, handler)
    values ('yearly', 'A job', '0 0 1 1 *', 'unix', 'UTC', 'test.bell')`;
  const runs = replica('runs', url);
  onTestFinished(() => runs.kill());
  const [, instanceId] = await runs.printed(/heard as (\S+)/);
  // No beat of it renews the lease.
  await sql`update scheduler_instance set expires_at = now() + interval '1 hour' where id = ${instanceId!}`;

  const started = async (order: string, subject: string): Promise<string> => {
    const orders = replica(order, url, subject);
    const [, id] = await orders.printed(/ordered (\S+)/);
    expect(await orders.ended()).toBe(0);
    const [, trigger] = await runs.printed(new RegExp(`begun ${id} (\\w+)`));
    expect(trigger).toBe(order === 'trigger' ? 'manual' : order);
    await recorded(sql, id!);
    return id!;
  };
  const triggered = await started('trigger', 'yearly');
  await started('retry', triggered);
  await started('backfill', 'yearly');
  const ranBy = await sql`select distinct instance_id from scheduler_execution_log where job_id = 'yearly'`;
  expect(ranBy).toEqual([{ instance_id: instanceId }]);
}, 60_000);

async function recorded(sql: postgres.Sql, id: string): Promise<void> {
  await eventually(async () => {
    expect(await sql`select status from scheduler_execution_log where id = ${id}`).toEqual([{ status: 'SUCCESS' }]);
  });
}
