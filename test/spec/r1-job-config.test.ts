/** R1: the job configuration, persisted. */
import { randomUUID } from 'node:crypto';
import { getTableColumns, sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { DEFAULT_POLICIES } from '../../src/modules/foundation/domain/job-config.ts';
import { schedulerJobConfig } from '../../src/modules/foundation/infrastructure/persistence/schema/jobs.ts';
import { readColumns, readConstraints } from '../support/database-catalogue.ts';
import { resolveOn } from '../support/database-foundation.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';

describeOnEveryDatabase('R1', (database) => {
  const repository = () => resolveOn(database(), 'configs');

  it('R1.1 the migrated table has the columns of the specification, with their defaults', async () => {
    const columns = await readColumns(database(), 'scheduler_job_config');
    const instant = 'timestamp with time zone';
    expect(columns).toMatchObject({
      id: { type: 'uuid', isNullable: false, default: 'gen_random_uuid()' },
      job_id: { type: 'text', isNullable: false },
      job_name: { type: 'text', isNullable: false },
      cron_expression: { type: 'text', isNullable: false },
      timezone: { type: 'text', isNullable: false, default: "'Asia/Shanghai'::text" },
      enabled: { type: 'boolean', isNullable: false, default: 'true' },
      job_kwargs: { type: 'jsonb', isNullable: false, default: "'{}'::jsonb" },
      created_at: { type: instant, isNullable: false, default: 'now()' },
      updated_at: { type: instant, isNullable: false, default: 'now()' },
      last_run_at: { type: instant, isNullable: true, default: null },
    });
  });

  it('R1.1 id is the primary key, job_id is unique', async () => {
    expect(await readConstraints(database(), 'scheduler_job_config', 'p')).toEqual(['PRIMARY KEY (id)']);
    expect(await readConstraints(database(), 'scheduler_job_config', 'u')).toEqual(['UNIQUE (job_id)']);
    const insert = (jobId: string) =>
      database().rows(sql`
        insert into scheduler_job_config (job_id, job_name, cron_expression) values (${jobId}, 'n', '* * * * *')`);
    const jobId = randomUUID();
    await insert(jobId);
    await expect(insert(jobId)).rejects.toMatchObject({
      classified: { fault: 'uniqueViolation', constraint: 'scheduler_job_config_job_id_unique' },
    });
  });

  it('R1.1 job_kwargs is a JSON object, nothing else', async () => {
    const insert = database().rows(sql`
      insert into scheduler_job_config (job_id, job_name, cron_expression, job_kwargs)
      values (${randomUUID()}, 'n', '* * * * *', '[1]')`);
    await expect(insert).rejects.toMatchObject({ classified: { fault: 'checkViolation' } });
  });

  it('R1.1 a minimal row reads back with the domain’s defaults', async () => {
    const jobId = randomUUID();
    await database().rows(sql`
      insert into scheduler_job_config (job_id, job_name, cron_expression) values (${jobId}, 'Minimal', '0 8 * * mon')`);
    expect(await repository().getByJobId(jobId)).toMatchObject({
      ...DEFAULT_POLICIES,
      jobId,
      jobName: 'Minimal',
      cronExpression: '0 8 * * mon',
      dialect: 'apscheduler',
      timezone: 'Asia/Shanghai',
      lastRunAt: null,
      pausedAt: null,
      pausedUntil: null,
    });
  });

  it('R1.1 the triggers watch every column but the scheduler’s own last_run_at and last_success_at', async () => {
    const rows = await database().rows<{ trigger: string; columns: string }>(sql`
      select tgname as trigger, (
        select json_agg(attname order by attname) from pg_attribute where attrelid = tgrelid and attnum = any(tgattr)
      ) as columns
      from pg_trigger where tgrelid = 'scheduler_job_config'::regclass and not tgisinternal and (tgtype & 16) <> 0
        and tgname <> 'scheduler_job_config_overlap'`);
    const all = Object.values(getTableColumns(schedulerJobConfig)).map((column) => column.name);
    const expected = all.filter((name) => name !== 'last_run_at' && name !== 'last_success_at').toSorted();
    expect(rows.map((row) => JSON.parse(row.columns))).toEqual([expected, expected]);
  });

  it('R1.2 upsert() then getByJobId() and getAllEnabled() through the repository', async () => {
    const spec = {
      ...DEFAULT_POLICIES,
      jobId: randomUUID(),
      jobName: '每日汇总',
      cronExpression: '30 2 * * *',
      dialect: 'apscheduler',
      timezone: 'Asia/Shanghai',
      jobKwargs: { days: 7 },
    } as const;
    const saved = await repository().upsert(spec, { actor: 'admin' });
    expect(saved).toMatchObject(spec);
    expect(await repository().getByJobId(spec.jobId)).toEqual(saved);
    expect(await repository().getAllEnabled()).toContainEqual(saved);
    const disabled = await repository().upsert({ ...spec, enabled: false }, { actor: 'admin' });
    expect(disabled.id).toBe(saved.id);
    expect(await repository().getAllEnabled()).not.toContainEqual(expect.objectContaining({ jobId: spec.jobId }));
  });

  it('R1.2 getByJobId() is null for a job that is not there', async () => {
    expect(await repository().getByJobId('missing')).toBeNull();
  });
});
