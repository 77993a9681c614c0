/** The port SchedulerFigures, on each database. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeEach, expect, it } from 'vitest';
import { PostgresInstances } from '../../src/modules/foundation/infrastructure/persistence/postgres-instances.ts';
import { PostgresPendingRuns } from '../../src/modules/foundation/infrastructure/persistence/postgres-pending-runs.ts';
import { PostgresSchedulerFigures } from '../../src/modules/foundation/infrastructure/persistence/postgres-scheduler-figures.ts';
import { SchedulerExecutionLogRepository } from '../../src/modules/foundation/infrastructure/persistence/scheduler-execution-log-repository.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';
import { armJob, sampleRun, succeeded } from './samples.ts';

describeOnEveryDatabase('PostgresSchedulerFigures', (database) => {
  const figures = () => new PostgresSchedulerFigures(database());
  const instances = () => new PostgresInstances(database());
  const executions = () => new SchedulerExecutionLogRepository(database());
  const instance = () => ({
    id: randomUUID(),
    hostname: 'host',
    runtime: 'deno 2.9.6',
    version: '0.1.0',
    startedAt: new Date('2026-01-01T00:00:00.000Z'),
  });
  beforeEach(async () => {
    await database().rows(sql`
      with jobs as (delete from scheduler_job_config), runs as (delete from scheduler_execution_log)
      delete from scheduler_instance`);
  });

  it('read() of an empty database is all zeros, with the database’s clock', async () => {
    const { now, ...rest } = await figures().read();
    expect(Math.abs(now.getTime() - (await database().now()))).toBeLessThan(5_000);
    const lateness = { runs: 0, p50Ms: null, p95Ms: null, p99Ms: null, maxMs: null };
    expect(rest).toEqual({ instances: [], running: 0, pending: 0, due: 0, oldestDueAt: null, lateness });
  });

  it('read() names the live instances first, and those that ended', async () => {
    const [gone, live] = [instance(), instance()];
    await instances().renew(gone, 60_000);
    await instances().release(gone.id);
    await instances().renew(live, 15_000);
    expect((await figures().read()).instances).toEqual([
      expect.objectContaining({ ...live, isLive: true }),
      expect.objectContaining({ ...gone, isLive: false }),
    ]);
  });

  it('read() counts what runs and what waits', async () => {
    const job = await armJob(database());
    await executions().create(sampleRun());
    await executions().create(sampleRun());
    await new PostgresPendingRuns(database()).add({
      id: randomUUID(),
      jobId: job.jobId,
      trigger: 'manual',
      jobKwargs: {},
      reason: null,
      actor: 'test',
    });
    expect(await figures().read()).toMatchObject({ running: 2, pending: 1 });
  });

  it('read() finds what is overdue, unless its job is disabled or paused', async () => {
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
    await armJob(database(), { nextFireAt: at(3) });
    await armJob(database(), { nextFireAt: at(2) });
    await armJob(database(), { nextFireAt: new Date('2999-01-01T00:00:00.000Z') });
    const disabled = await armJob(database(), { nextFireAt: at(1) });
    const paused = await armJob(database(), { nextFireAt: at(0) });
    const resumed = await armJob(database(), { nextFireAt: at(4) });
    await database().rows(sql`update scheduler_job_config set enabled = false where job_id = ${disabled.jobId}`);
    await database().rows(sql`update scheduler_job_config set paused_at = now() where job_id = ${paused.jobId}`);
    await database().rows(sql`
      update scheduler_job_config set paused_at = now(), paused_until = now() - interval '1 s'
      where job_id = ${resumed.jobId}`);
    await database().rows(sql`
      update scheduler_job_cursor set next_fire_at = ${at(0).toISOString()}::timestamptz where job_id = ${paused.jobId}`);
    expect(await figures().read()).toMatchObject({ due: 3, oldestDueAt: at(2) });
  });

  it('read() takes the lateness from runs that a schedule started', async () => {
    for (const lateMs of [10, 20, 30, 40, 1_000]) {
      const run = sampleRun();
      const late = { ...run, startedAt: new Date(run.scheduledAt.getTime() + lateMs) };
      await executions().create(late);
      await executions().update(late, succeeded(late));
    }
    for (const over of [{ trigger: 'manual' }, { trigger: 'catchUp' }, { attempt: 2 }] as const) {
      const run = sampleRun(over);
      await executions().create({ ...run, startedAt: new Date(run.scheduledAt.getTime() + 3_600_000) });
    }
    const { lateness } = await figures().read();
    expect(lateness).toEqual({ runs: 5, p50Ms: 30, p95Ms: 808, p99Ms: 962, maxMs: 1_000 });
  });
});
