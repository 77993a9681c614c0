/** A configuration edited by plain SQL: its revision, its cursor, and who is told. On each database. */
import { randomUUID } from 'node:crypto';
import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresEventLedger } from '../../src/modules/foundation/infrastructure/persistence/postgres-event-ledger.ts';
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

  const told = async (jobId: string) =>
    (await new PostgresEventLedger(database()).getRecent(20, jobId)).filter(({ type }) => !type.startsWith('job.'));
  const set = (jobId: string, assignment: SQL) =>
    database().rows(sql`update scheduler_job_config set ${assignment} where job_id = ${jobId}`);

  it.each([
    ['edited', sql`cron_expression = '0 0 * * *'`],
    ['edited', sql`timezone = 'UTC', paused_at = now()`],
    ['disabled', sql`enabled = false, timezone = 'UTC'`],
  ])('what was due and unclaimed is told as %s, from the old cursor to the edit', async (cause, assignment) => {
    const { jobId } = await armJob(database(), { nextFireAt: DUE_AT });
    await set(jobId, assignment);
    const to = (await read(jobId)).updatedAt.toISOString();
    expect(await told(jobId)).toMatchObject([
      {
        type: 'occurrence.skipped',
        scheduledAt: DUE_AT,
        reason: expect.stringContaining(cause),
        detail: { cause, from: DUE_AT.toISOString(), to },
      },
    ]);
  });

  it('what was due in a pause is told as paused', async () => {
    const { jobId } = await armJob(database(), { nextFireAt: DUE_AT });
    await set(jobId, sql`paused_at = now() - interval '1 day'`);
    await set(jobId, sql`cron_expression = '0 0 * * *'`);
    expect(await told(jobId)).toMatchObject([{ detail: { cause: 'paused' } }]);
  });

  it.each([
    ['nothing was due', new Date('2126-01-01T00:00:00.000Z'), sql`cron_expression = '0 0 * * *'`],
    ['the schedule stays', DUE_AT, sql`notes = 'x'`],
    ['it is paused', DUE_AT, sql`paused_at = now()`],
  ])('an edit tells nothing where %s', async (_what, nextFireAt, assignment) => {
    const { jobId } = await armJob(database(), { nextFireAt });
    await set(jobId, assignment);
    expect(await told(jobId)).toEqual([]);
  });

  it('what nobody had read since the last edit is told from there, unless it was disabled or no second has passed', async () => {
    const insert = async (enabled: boolean, updatedAt: SQL): Promise<string> => {
      const jobId = `job-${randomUUID()}`;
      await database().rows(sql`
        insert into scheduler_job_config (job_id, job_name, cron_expression, enabled, updated_at)
        values (${jobId}, 'By hand', '* * * * *', ${enabled}, ${updatedAt})`);
      await set(jobId, sql`notes = 'x', enabled = true`);
      return jobId;
    };
    const old = sql`${DUE_AT.toISOString()}::timestamptz`;
    expect(await told(await insert(true, old))).toMatchObject([
      { detail: { cause: 'edited', from: '2026-01-02T03:04:05.001Z' } },
    ]);
    expect(await told(await insert(false, old))).toEqual([]);
    expect(await told(await insert(true, sql`now() + interval '1 minute'`))).toEqual([]);
    expect(await told(await insert(true, sql`'-infinity'`))).toEqual([]);
  });

  it('a deletion tells what was due, and the runs that waited', async () => {
    const { jobId } = await armJob(database(), { nextFireAt: DUE_AT });
    const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
    await database().rows(sql`
      insert into scheduler_pending_run (id, job_id, scheduled_at, attempt, trigger, actor) values
        (${first}::uuid, ${jobId}, '2026-01-01T00:00:00Z', 1, 'backfill', 'test'),
        (${second}::uuid, ${jobId}, '2026-01-01T00:00:01Z', 2, 'retry', 'scheduler'),
        (${third}::uuid, ${jobId}, '2026-01-01T00:00:02.003Z', 1, 'manual', 'test')`);
    await database().rows(sql`delete from scheduler_job_config where job_id = ${jobId}`);
    expect((await told(jobId)).toReversed()).toMatchObject([
      { type: 'occurrence.skipped', executionId: first, detail: { cause: 'deleted', trigger: 'backfill', attempt: 1 } },
      { type: 'run.dropped', executionId: second, detail: { cause: 'deleted', trigger: 'retry', attempt: 2 } },
      { type: 'run.dropped', executionId: third, detail: { cause: 'deleted', trigger: 'manual', attempt: 1 } },
      { type: 'occurrence.skipped', scheduledAt: DUE_AT, detail: { cause: 'deleted', from: DUE_AT.toISOString() } },
    ]);
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
