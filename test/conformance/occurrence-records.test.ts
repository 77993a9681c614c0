/** What is recorded of one occurrence. On each database. */
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { JobLedger } from '../../src/modules/foundation/application/job-ledger.ts';
import { PostgresEventHistory } from '../../src/modules/foundation/infrastructure/persistence/postgres-event-history.ts';
import { PostgresFireClaims } from '../../src/modules/foundation/infrastructure/persistence/postgres-fire-claims.ts';
import { PostgresJobPauses } from '../../src/modules/foundation/infrastructure/persistence/postgres-job-pauses.ts';
import { PostgresJobRemovals } from '../../src/modules/foundation/infrastructure/persistence/postgres-job-removals.ts';
import { PostgresOccurrenceRecords } from '../../src/modules/foundation/infrastructure/persistence/postgres-occurrence-records.ts';
import { PostgresPendingRuns } from '../../src/modules/foundation/infrastructure/persistence/postgres-pending-runs.ts';
import { SchedulerExecutionLogRepository } from '../../src/modules/foundation/infrastructure/persistence/scheduler-execution-log-repository.ts';
import { SchedulerJobConfigRepository } from '../../src/modules/foundation/infrastructure/persistence/scheduler-job-config-repository.ts';
import type { Database } from '../../src/modules/foundation/infrastructure/persistence/database.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';
import { failed, sampleRun, saveJob, succeeded } from './samples.ts';

describeOnEveryDatabase('PostgresOccurrenceRecords', (database) => {
  const records = () => new PostgresOccurrenceRecords(database());
  const log = () => new SchedulerExecutionLogRepository(database());

  it('read() finds all attempts at an occurrence, the first one first, and the one that waits', async () => {
    const { jobId } = await saveJob(database());
    const first = sampleRun({ jobId });
    const { scheduledAt } = first;
    await log().create(first);
    await log().update(first, failed(first));
    const second = sampleRun({ jobId, scheduledAt, attempt: 2 });
    await log().create(second);
    await log().update(second, succeeded(second));
    await log().create(sampleRun({ jobId }));
    const order = { id: randomUUID(), jobId, executionId: second.id, reason: null, actor: 'operator' };
    await new PostgresPendingRuns(database()).addRetry(order);
    const { executions, pending } = await records().read(jobId, scheduledAt);
    expect(executions.map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(pending).toMatchObject({ id: order.id, attempt: 3 });
    expect(await records().read('other', scheduledAt)).toEqual({ executions: [], pending: null });
  });

  it('firstWithin() finds the earliest run, recorded or waiting, from an instant until before another', async () => {
    const { jobId } = await saveJob(database());
    const [from, until] = [new Date('2026-11-30T06:41:06Z'), new Date('2026-11-30T06:41:07Z')];
    const first = () => records().firstWithin(jobId, from, until);
    for (const scheduledAt of [new Date(from.getTime() - 1), until])
      await log().create(sampleRun({ jobId, scheduledAt }));
    expect(await first()).toBeNull();
    const late = sampleRun({ jobId, scheduledAt: new Date(until.getTime() - 1) });
    await log().create(late);
    expect(await first()).toEqual(late.scheduledAt);
    await log().create(sampleRun({ jobId, scheduledAt: from }));
    expect(await first()).toEqual(from);
    const order = { id: randomUUID(), jobId, jobKwargs: {}, reason: null, actor: 'operator' };
    const { scheduledAt } = await new PostgresPendingRuns(database()).add({ ...order, trigger: 'manual' });
    expect(await records().firstWithin(jobId, scheduledAt, new Date(scheduledAt.getTime() + 1))).toEqual(scheduledAt);
  });

  it('hasAny() knows whether a job left anything behind', async () => {
    const run = sampleRun();
    expect(await records().hasAny(run.jobId)).toBe(false);
    await log().create(run);
    expect(await records().hasAny(run.jobId)).toBe(true);
  });
});

function ledgerOn(database: Database): JobLedger {
  return new JobLedger({
    history: new PostgresEventHistory(database),
    configs: new SchedulerJobConfigRepository(database),
    records: new PostgresOccurrenceRecords(database),
    registry: () => new Map(),
    now: () => Date.now(),
    defaults: { timezone: 'UTC' },
  });
}

describeOnEveryDatabase('JobLedger.why()', (database) => {
  const why = async (jobId: string, at: Date) => (await ledgerOn(database()).why(jobId, at.toISOString())).verdict;
  const everyMinute = { cronExpression: '* * * * *', timezone: 'UTC' };
  const lastMinute = (): Date => new Date(Math.floor(Date.now() / 60_000) * 60_000);

  it('follows a job through its life', async () => {
    const config = await saveJob(database(), everyMinute);
    const { jobId, revision } = config;
    const at = lastMinute();
    expect(await why(jobId, new Date(at.getTime() - 600_000))).toBe('beforeCreation');
    expect(await why(jobId, new Date(at.getTime() + 600_000))).toBe('notYet');
    expect(await why(jobId, new Date(at.getTime() + 600_001))).toBe('notScheduled');
    const long = new Date(at.getTime() - 3_600_000);
    await new PostgresFireClaims(database()).arm([{ jobId, revision, nextFireAt: long }]);
    const configs = new SchedulerJobConfigRepository(database());
    const { id: _id, revision: _revision, createdAt: _c, updatedAt: _u, lastRunAt: _l, ...rest } = config;
    const { pausedAt: _pausedAt, pausedUntil: _pausedUntil, pauseReason: _pauseReason, ...spec } = rest;
    await configs.upsert({ ...spec, cronExpression: '*/2 * * * *' }, { actor: 'admin' });
    expect(await why(jobId, long)).toBe('edited');
    await new PostgresJobPauses(database()).pause({ jobId, actor: 'operator', reason: null, until: null });
    const soon = new Date(Math.ceil(Date.now() / 120_000) * 120_000 + 240_000);
    expect(await why(jobId, soon)).toBe('paused');
    await new PostgresJobRemovals(database()).remove({ jobId, actor: 'admin' });
    expect(await why(jobId, soon)).toBe('deleted');
  });

  it('finds what ran, and knows no job that left nothing', async () => {
    const { jobId } = await saveJob(database(), everyMinute);
    const run = sampleRun({ jobId });
    await new SchedulerExecutionLogRepository(database()).create(run);
    expect(await why(jobId, run.scheduledAt)).toBe('running');
    await new SchedulerExecutionLogRepository(database()).update(run, succeeded(run));
    expect(await why(jobId, run.scheduledAt)).toBe('ran');
    await expect(why('never-there', run.scheduledAt)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  });
});
