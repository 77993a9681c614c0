/** What comes after an answer that broke off, on a real server: one connection, so that it is the same one. */
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { PostgresDatabase } from '../../../../../../../src/modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import { schedulerJobConfig } from '../../../../../../../src/modules/foundation/infrastructure/persistence/schema/jobs.ts';
import { createEmptyDatabase } from '../../../../../../support/databases.ts';

const BREAKS_OFF = sql`select 1 / (4 - i) as n from generate_series(1, 10) i`;

it.each([
  { whose: 'our own pool', schema: null },
  { whose: 'the pool of a schema of its own', schema: 'apart' },
])('$whose answers whole, after an answer that broke off', async ({ schema }) => {
  const url = await createEmptyDatabase();
  const database = new PostgresDatabase({ url, maxConnections: 1, schema });
  await database.open();
  await database.rows(sql`insert into scheduler_job_config (job_id, job_name, cron_expression)
    select 'job-' || n, 'Job', '0 9 * * *' from generate_series(1, 2) n`);

  await expect(database.rows(BREAKS_OFF)).rejects.toThrow('division by zero');
  expect(await database.rows(sql`select n from generate_series(1, 2) n`)).toEqual([{ n: 1 }, { n: 2 }]);

  await expect(database.rows(BREAKS_OFF)).rejects.toThrow('division by zero');
  const jobs = await database.query((orm) => orm.select({ id: schedulerJobConfig.jobId }).from(schedulerJobConfig));
  expect(jobs).toEqual([{ id: 'job-1' }, { id: 'job-2' }]);
  await database.close();
});
