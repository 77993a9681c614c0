/** The next attempt that an outcome leaves behind, on each database and the testing kit's store. */
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { JobConfig } from '../../src/modules/foundation/domain/job-config.ts';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { failed, pendingRunsOf, sampleRun, saveJob, succeeded } from './samples.ts';

describeOnEveryStore('ExecutionLogRepository', (database, onDatabases) => {
  const executions = () => portsOn(database()).executions;
  const waitingOf = (jobId: string) => pendingRunsOf(database(), jobId);
  const arrange = async (over: Parameters<typeof sampleRun>[0] = {}, edit: Partial<JobConfig> = {}) => {
    const { jobId } = await saveJob(database(), edit);
    const run = sampleRun({ jobId, maxAttempts: 3, ...over });
    await executions().create(run);
    return run;
  };

  describe('update() with a next attempt', () => {
    it('leaves it waiting, with the same instant and arguments', async () => {
      const run = await arrange({ attempt: 2 });
      const outcome = failed(run, { retryAfterMs: 4_000 });
      expect(await executions().update(run, outcome)).toBe(true);
      expect(await waitingOf(run.jobId)).toEqual([
        {
          id: expect.not.stringMatching(run.id),
          jobId: run.jobId,
          scheduledAt: run.scheduledAt,
          attempt: 3,
          maxAttempts: 3,
          trigger: 'retry',
          jobKwargs: run.jobKwargs,
          reason: 'attempt 2 failed: ERROR',
          actor: 'scheduler',
          availableAt: new Date(outcome.finishedAt.getTime() + 4_000),
          createdAt: expect.any(Date),
        },
      ]);
    });

    it('leaves one, however often it is reported', async () => {
      const run = await arrange();
      const outcome = failed(run, { retryAfterMs: 0 });
      await Promise.all([executions().update(run, outcome), executions().update(run, outcome)]);
      await executions().update(run, outcome);
      expect(await waitingOf(run.jobId)).toHaveLength(1);
    });

    it('leaves none where it is fenced', async () => {
      const run = await arrange();
      const late = { ...run, instanceId: 'instance-b' };
      expect(await executions().update(late, failed(late, { retryAfterMs: 0 }))).toBe(false);
      expect(await waitingOf(run.jobId)).toEqual([]);
    });

    it('leaves none where no attempt is left, none is asked for, or the run succeeded', async () => {
      const [last, unasked, good] = [await arrange({ attempt: 3 }), await arrange(), await arrange()];
      await executions().update(last, failed(last, { retryAfterMs: 0 }));
      await executions().update(unasked, failed(unasked));
      await executions().update(good, succeeded(good));
      for (const { jobId } of [last, unasked, good]) expect(await waitingOf(jobId)).toEqual([]);
    });

    onDatabases('leaves none where the job is gone, and records the outcome all the same', async () => {
      const run = await arrange();
      await database().rows(sql`delete from scheduler_job_config where job_id = ${run.jobId}`);
      expect(await executions().update(run, failed(run, { retryAfterMs: 0 }))).toBe(true);
      expect(await executions().getById(run.id)).toMatchObject({ status: 'FAILED' });
    });

    it('of one that its own instance calls lost leaves what its job says of lost runs, and tells of it', async () => {
      const [retried, failing, last] = [
        await arrange({ maxAttempts: 1 }, { onLost: 'retry' }),
        await arrange({ maxAttempts: 3 }, { onLost: 'fail' }),
        await arrange({ attempt: 2, maxAttempts: 2 }, { onLost: 'retry' }),
      ];
      for (const run of [retried, failing, last, retried]) {
        expect(await executions().update(run, failed(run, { failureReason: 'LOST', errorMessage: 'too late' }))).toBe(
          true,
        );
      }
      expect(await waitingOf(retried.jobId)).toMatchObject([
        { attempt: 2, maxAttempts: 2, scheduledAt: retried.scheduledAt, reason: 'attempt 1 failed: LOST' },
      ]);
      for (const { jobId } of [failing, last]) expect(await waitingOf(jobId)).toEqual([]);
      const { id, jobId, scheduledAt, instanceId } = retried;
      const events = (await portsOn(database()).ledger.getRecent(9, jobId)).filter(({ type }) => type === 'run.lost');
      expect(events).toMatchObject([{ executionId: id, scheduledAt, reason: 'too late', actor: instanceId }]);
    });

    onDatabases('deletions in the same moment never keep an outcome from being recorded', async () => {
      const runs = await Promise.all(Array.from({ length: 20 }, () => arrange()));
      const answers = await Promise.all(
        runs.flatMap((run) => [
          executions().update(run, failed(run, { retryAfterMs: 0 })),
          database().rows(sql`delete from scheduler_job_config where job_id = ${run.jobId}`),
        ]),
      );
      expect(answers.filter((answer) => answer === true)).toHaveLength(20);
      for (const { jobId } of runs) expect(await waitingOf(jobId)).toEqual([]);
    });
  });
});
