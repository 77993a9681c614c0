/** The port PendingRuns, on each database. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { NewPendingRun } from '../../src/modules/foundation/application/ports/pending-runs.ts';
import { JobNotFoundError } from '../../src/modules/foundation/domain/errors.ts';
import { PostgresEventLedger } from '../../src/modules/foundation/infrastructure/persistence/postgres-event-ledger.ts';
import { PostgresPendingRuns } from '../../src/modules/foundation/infrastructure/persistence/postgres-pending-runs.ts';
import { SchedulerExecutionLogRepository } from '../../src/modules/foundation/infrastructure/persistence/scheduler-execution-log-repository.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';
import { saveJob, succeeded } from './samples.ts';

function newRun(jobId: string, over: Partial<NewPendingRun> = {}): NewPendingRun {
  return { id: randomUUID(), jobId, trigger: 'manual', jobKwargs: {}, reason: null, actor: 'operator', ...over };
}

describeOnEveryDatabase('PostgresPendingRuns', (database) => {
  const pending = () => new PostgresPendingRuns(database());
  const executions = () => new SchedulerExecutionLogRepository(database());
  const claim = (jobId: string, limit = 100) => pending().claim('instance-a', { handlers: [jobId], limit });

  describe('add()', () => {
    it('keeps it waiting, with its audit event', async () => {
      const { jobId } = await saveJob(database());
      const before = await database().now();
      const run = newRun(jobId, { jobKwargs: { apiKey: 'k', n: 1 }, reason: 'because' });
      const added = await pending().add(run);
      expect(added).toMatchObject({ ...run, attempt: 1 });
      expect(added.scheduledAt.getTime()).toBeGreaterThanOrEqual(Math.floor(before));
      expect(added.scheduledAt.getTime() % 1000).not.toBe(0);
      expect(await pending().getById(run.id)).toEqual(added);
      const [event] = await new PostgresEventLedger(database()).getRecent(1, jobId);
      expect(event).toMatchObject({
        type: 'job.triggered',
        executionId: run.id,
        actor: 'operator',
        reason: 'because',
        detail: { jobKwargs: { apiKey: '***', n: 1 } },
      });
    });

    it('gives each of many an instant of its own', async () => {
      const { jobId } = await saveJob(database());
      const added = await Promise.all(Array.from({ length: 12 }, () => pending().add(newRun(jobId))));
      expect(new Set(added.map((run) => run.scheduledAt.getTime())).size).toBe(12);
    });

    it('refuses a job that is not there', async () => {
      await expect(pending().add(newRun('missing'))).rejects.toThrow(JobNotFoundError);
    });
  });

  it('getById() is null for what is no id at all', async () => {
    expect(await pending().getById('nonsense')).toBeNull();
    expect(await pending().getById(randomUUID())).toBeNull();
  });

  describe('claim()', () => {
    it('turns a waiting run into a RUNNING record with the same id', async () => {
      const { jobId } = await saveJob(database(), { maxAttempts: 4 });
      const added = await pending().add(newRun(jobId, { jobKwargs: { a: [1] } }));
      const [run] = await claim(jobId);
      expect(run).toMatchObject({
        id: added.id,
        jobId,
        scheduledAt: added.scheduledAt,
        trigger: 'manual',
        maxAttempts: 4,
        instanceId: 'instance-a',
        jobKwargs: { a: [1] },
      });
      expect(await executions().getById(added.id)).toMatchObject({ status: 'RUNNING' });
      expect(await pending().getById(added.id)).toBeNull();
    });

    it('takes only runs whose function is among those asked for', async () => {
      const job = await saveJob(database(), { handler: 'some.function' });
      await pending().add(newRun(job.jobId));
      expect(await claim(job.jobId)).toEqual([]);
      expect(await pending().claim('instance-a', { handlers: ['x', 'some.function'], limit: 5 })).toHaveLength(1);
    });

    it('starts one at a time of a job whose runs exclude each other, oldest first', async () => {
      const { jobId } = await saveJob(database());
      const added = [];
      for (let at = 0; at < 3; at += 1) added.push(await pending().add(newRun(jobId)));
      for (const expected of added) {
        const runs = await claim(jobId);
        expect(runs.map((run) => run.id)).toEqual([expected.id]);
        expect(await claim(jobId)).toEqual([]);
        await executions().update(runs[0]!, succeeded(runs[0]!));
      }
    });

    it('starts as many as asked of a job that allows overlap', async () => {
      const { jobId } = await saveJob(database(), { overlapPolicy: 'allow' });
      await Promise.all(Array.from({ length: 5 }, () => pending().add(newRun(jobId))));
      expect(await claim(jobId, 3)).toHaveLength(3);
      expect(await claim(jobId)).toHaveLength(2);
      expect(await claim(jobId, 0)).toEqual([]);
    });

    it('gives each run to exactly one of many claimers', async () => {
      const jobs = await Promise.all(
        Array.from({ length: 60 }, (_, at) =>
          saveJob(database(), { handler: 'raced', overlapPolicy: at % 2 === 0 ? 'allow' : 'skip' }),
        ),
      );
      const added = await Promise.all(jobs.map(({ jobId }) => pending().add(newRun(jobId))));
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, at) => pending().claim(`claimer-${at}`, { handlers: ['raced'], limit: 100 })),
      );
      const started = answers.flat().map((run) => run.id);
      const rest = await pending().claim('last', { handlers: ['raced'], limit: 100 });
      expect([...started, ...rest.map((run) => run.id)].toSorted()).toEqual(added.map((run) => run.id).toSorted());
    });
  });

  it('waiting runs go with their job', async () => {
    const { jobId } = await saveJob(database());
    const { id } = await pending().add(newRun(jobId));
    await database().rows(sql`delete from scheduler_job_config where job_id = ${jobId}`);
    expect(await pending().getById(id)).toBeNull();
  });
});
