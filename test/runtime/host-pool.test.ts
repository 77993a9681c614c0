/** createScheduler() on a host's own pool: two schedulers beside each other in one database, each in a schema of its own. */
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createScheduler, type Scheduler } from '../../src/index.ts';
import { createEmptyDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { ADMIN_TOKEN } from '../support/service-process.ts';

let sql: ReturnType<typeof postgres>;
const running: Scheduler[] = [];

beforeEach(async () => {
  sql = postgres(await createEmptyDatabase(), { max: 4, onnotice: () => undefined });
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await sql.end();
});

// oxlint-disable-next-line typescript/no-explicit-any
type Call = (method: string, path: string, body?: object) => Promise<any>;

async function start(schema: string): Promise<Call> {
  const modules = { visits: { 'visits.count': () => ({ schema }) } };
  const one = await createScheduler({ database: sql, schema, modules, settings: { ADMIN_TOKEN } });
  running.push(one);
  await one.start();
  return async (method, path, body) => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    return (await one.app.request(path, { method, headers, ...sent })).json();
  };
}

const EVERY_SECOND = { jobName: 'Counts', cronExpression: '* * * * * *', dialect: 'unix' };

describe('createScheduler() on a host’s pool', () => {
  it('two schemas do not see each other: neither jobs, nor runs, nor instances, nor notifications', async () => {
    const [here, there] = [await start('bells'), await start('chimes')];
    await here('PUT', '/admin/jobs/visits.count', EVERY_SECOND);
    const run = await eventually(async () => {
      const { items } = await here('GET', '/admin/jobs/visits.count/executions?status=SUCCESS');
      return items[0] ?? Promise.reject(new Error('none yet'));
    });
    expect(run.result).toEqual({ schema: 'bells' });
    expect(await there('GET', '/admin/jobs/visits.count')).toMatchObject({ code: 'JOB_NOT_FOUND' });
    expect((await there('GET', '/admin/scheduler')).instances).toHaveLength(1);
    // Edited by SQL, with the host's own search_path: told through the channel of that schema.
    await sql`insert into chimes.scheduler_job_config (job_id, job_name, cron_expression) values ('visits.count', 'C', '@every 1s')`;
    await eventually(async () =>
      expect((await there('GET', '/admin/jobs/visits.count/executions')).items).not.toHaveLength(0),
    );
    const [instances] = await sql`
      select (select count(*)::int from bells.scheduler_instance) as here, (select count(*)::int from chimes.scheduler_instance) as there`;
    expect(instances).toEqual({ here: 1, there: 1 });
  });

  it('stop() gives the lease back and leaves the pool to its host', async () => {
    await start('bells');
    await running.splice(0)[0]!.stop();
    expect(await sql`select from bells.scheduler_instance where expires_at > now()`).toHaveLength(0);
    expect((await sql`select now() as now`)[0]?.['now']).toBeInstanceOf(Date);
    const own =
      await sql`select from pg_stat_activity where datname = current_database() and application_name = 'carillon'`;
    expect(own).toHaveLength(0);
  });

  it('refuses a client whose answers it cannot read, and a schema that is no plain name', async () => {
    const camel = postgres({ transform: postgres.camel });
    await expect(createScheduler({ database: camel })).rejects.toMatchObject({ errors: [{ path: 'database' }] });
    await expect(createScheduler({ database: sql, schema: 'A b' })).rejects.toMatchObject({
      errors: [{ path: 'DATABASE_SCHEMA' }],
    });
  });
});
