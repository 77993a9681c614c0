/** A configuration edited by plain SQL: its revision, its cursor, and who is told. On each database. */
import { randomUUID } from 'node:crypto';
import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresFireClaims } from '../../src/modules/foundation/infrastructure/persistence/postgres-fire-claims.ts';
import { SchedulerJobConfigRepository } from '../../src/modules/foundation/infrastructure/persistence/scheduler-job-config-repository.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';
import { armJob, DUE_AT, saveJob } from './samples.ts';

describeOnEveryDatabase('A configuration edited by SQL', (database) => {
  const heard: string[] = [];
  let waiting: { until: string; resolve: () => void } | undefined;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    stop = await database().listen('carillon_changes', {
      onMessage(payload) {
        const { kind, jobId } = JSON.parse(payload);
        heard.push(jobId ?? kind);
        if (waiting?.until === jobId) waiting?.resolve();
      },
      onLost() {},
    });
  });
  afterAll(() => stop());

  /** Notifications keep their order: when a mark is heard, so is everything before it. */
  const hearMark = async (): Promise<void> => {
    const mark = `mark-${randomUUID()}`;
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting = { until: mark, resolve };
    await database().notify('carillon_changes', JSON.stringify({ kind: 'job', jobId: mark }));
    await promise;
  };
  /** What is heard of `statement`, and of nothing else. */
  const heardOf = async (statement: SQL): Promise<string[]> => {
    await hearMark();
    heard.length = 0;
    await database().rows(statement);
    await hearMark();
    return heard.slice(0, -1);
  };
  const read = async (jobId: string) => (await new SchedulerJobConfigRepository(database()).getByJobId(jobId))!;
  const cursorOf = async (jobId: string) => (await new PostgresFireClaims(database()).getCursors([jobId]))[0];

  it('a minimal insert is a job like any other: revision, unarmed cursor, told', async () => {
    const jobId = `job-${randomUUID()}`;
    const told = await heardOf(sql`
      insert into scheduler_job_config (job_id, job_name, cron_expression) values (${jobId}, 'By hand', '* * * * *')`);
    expect(told).toEqual([jobId]);
    const { revision } = await read(jobId);
    expect(revision).toBeGreaterThan(0);
    expect(await cursorOf(jobId)).toEqual({ jobId, revision, nextFireAt: 'unarmed' });
  });

  it.each([
    sql`cron_expression = '0 0 * * *'`,
    sql`dialect = 'unix'`,
    sql`timezone = 'UTC'`,
    sql`enabled = false`,
    sql`dst_gap = 'skip'`,
    sql`dst_overlap = 'both'`,
    sql`start_at = now()`,
    sql`end_at = now()`,
    sql`created_at = now() - interval '1 day'`,
  ])('an edit of the schedule (%#) unarms the cursor', async (assignment) => {
    const { jobId, revision, updatedAt } = await armJob(database());
    expect(await heardOf(sql`update scheduler_job_config set ${assignment} where job_id = ${jobId}`)).toEqual([jobId]);
    const config = await read(jobId);
    expect(config.revision).toBeGreaterThan(revision);
    expect(config.updatedAt.getTime()).toBeGreaterThanOrEqual(updatedAt.getTime());
    expect(await cursorOf(jobId)).toEqual({ jobId, revision: config.revision, nextFireAt: 'unarmed' });
  });

  it.each([
    sql`job_kwargs = '{"a": 1}'`,
    sql`overlap_policy = 'allow'`,
    sql`notes = 'x'`,
    sql`tags = '{a}'`,
    sql`paused_at = now(), paused_until = now()`,
  ])('any other edit (%#) leaves the cursor where it is, at the new revision', async (assignment) => {
    const { jobId, revision } = await armJob(database());
    await heardOf(sql`update scheduler_job_config set ${assignment} where job_id = ${jobId}`);
    const config = await read(jobId);
    expect(config.revision).toBeGreaterThan(revision);
    expect(await cursorOf(jobId)).toEqual({ jobId, revision: config.revision, nextFireAt: DUE_AT });
  });

  it.each([sql`last_run_at = now()`, sql`job_name = job_name`, sql`revision = 0, updated_at = '2000-01-01'`])(
    'what is no edit (%#) changes nothing and tells nobody',
    async (assignment) => {
      const before = await armJob(database());
      const { jobId } = before;
      expect(await heardOf(sql`update scheduler_job_config set ${assignment} where job_id = ${jobId}`)).toEqual([]);
      expect(await read(jobId)).toEqual({ ...before, lastRunAt: (await read(jobId)).lastRunAt });
      expect(await cursorOf(jobId)).toEqual({ jobId, revision: before.revision, nextFireAt: DUE_AT });
    },
  );

  it('a rename takes the cursor along, and both names are told', async () => {
    const { jobId } = await armJob(database());
    const renamed = `${jobId}-renamed`;
    const told = await heardOf(sql`update scheduler_job_config set job_id = ${renamed} where job_id = ${jobId}`);
    expect(told).toEqual([jobId, renamed]);
    expect(await cursorOf(jobId)).toBeUndefined();
    expect(await cursorOf(renamed)).toMatchObject({ nextFireAt: 'unarmed' });
  });

  it('a deletion is told; created again, the revision is a new one', async () => {
    const before = await saveJob(database());
    const { jobId } = before;
    expect(await heardOf(sql`delete from scheduler_job_config where job_id = ${jobId}`)).toEqual([jobId]);
    expect(await cursorOf(jobId)).toBeUndefined();
    const after = await saveJob(database(), { jobId });
    expect(after.revision).toBeGreaterThan(before.revision);
  });

  it('a waiting run is told once a statement', async () => {
    const { jobId } = await saveJob(database());
    const told = await heardOf(sql`
      insert into scheduler_pending_run (id, job_id, scheduled_at, trigger, actor)
      select gen_random_uuid(), ${jobId}, now() + n * interval '1 hour', 'backfill', 'test' from generate_series(1, 3) n`);
    expect(told).toEqual(['pending']);
  });

  describe('scheduler_mask_secrets()', () => {
    it('masks by key, at any depth, and nothing else', async () => {
      const value = { a: [{ 'X-Api-Key': 1, b: 'token' }], clientSecret: { deep: 1 }, e: {}, l: [], n: null };
      const [row] = await database().rows<{ masked: string }>(sql`
        select scheduler_mask_secrets(${JSON.stringify(value)}::jsonb) as masked`);
      expect(JSON.parse(row!.masked)).toEqual({
        a: [{ 'X-Api-Key': '***', b: 'token' }],
        clientSecret: '***',
        e: {},
        l: [],
        n: null,
      });
    });
  });
});
