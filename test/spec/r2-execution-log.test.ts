/** R2: the execution log, persisted. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { Run } from '../../src/modules/foundation/domain/run.ts';
import { readColumns, readConstraints, readIndexes } from '../support/database-catalogue.ts';
import { resolveOn } from '../support/database-foundation.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';

function newRun(jobId: string, minute: number): Run {
  const scheduledAt = new Date(Date.UTC(2026, 4, 1, 0, minute));
  return {
    id: randomUUID(),
    jobId,
    scheduledAt,
    startedAt: scheduledAt,
    attempt: 1,
    maxAttempts: 1,
    trigger: 'schedule',
    instanceId: 'instance',
    jobKwargs: {},
  };
}

describeOnEveryDatabase('R2', (database) => {
  const repository = () => resolveOn(database(), 'executions');

  it('R2.1 the migrated table has the columns of the specification', async () => {
    const instant = 'timestamp with time zone';
    expect(await readColumns(database(), 'scheduler_execution_log')).toMatchObject({
      id: { type: 'uuid', isNullable: false },
      job_id: { type: 'text', isNullable: false },
      started_at: { type: instant, isNullable: false },
      finished_at: { type: instant, isNullable: true },
      status: { type: 'character varying', isNullable: false },
      error_message: { type: 'text', isNullable: true },
      duration_ms: { type: 'integer', isNullable: true },
    });
    expect(await readConstraints(database(), 'scheduler_execution_log', 'p')).toEqual(['PRIMARY KEY (id)']);
  });

  it('R2.1 there is an index on (job_id, started_at)', async () => {
    expect(await readIndexes(database(), 'scheduler_execution_log')).toContain('btree (job_id, started_at)');
  });

  it('R2.1 the status is RUNNING, SUCCESS or FAILED, and a row needs no more than the specification’s columns', async () => {
    const insert = (status: string) =>
      database().rows(sql`
        insert into scheduler_execution_log (job_id, started_at, status) values ('by-hand', now(), ${status})`);
    for (const status of ['RUNNING', 'SUCCESS', 'FAILED']) await insert(status);
    await expect(insert('DONE')).rejects.toMatchObject({ classified: { fault: 'checkViolation' } });
    expect(await repository().getRecentByJobId('by-hand', 10)).toHaveLength(3);
  });

  it('R2.1 history stays when its job is deleted', async () => {
    const jobId = randomUUID();
    await database().rows(sql`
      insert into scheduler_job_config (job_id, job_name, cron_expression) values (${jobId}, 'n', '* * * * *')`);
    await repository().create(newRun(jobId, 0));
    await database().rows(sql`delete from scheduler_job_config where job_id = ${jobId}`);
    expect(await repository().getRecentByJobId(jobId, 10)).toHaveLength(1);
  });

  it('R2.2 create(), update() and getRecentByJobId() through the repository', async () => {
    const jobId = randomUUID();
    const [first, second] = [newRun(jobId, 1), newRun(jobId, 2)];
    await repository().create(first);
    await repository().create(second);
    const finishedAt = new Date(Date.UTC(2026, 4, 1, 1));
    await repository().update(first, { status: 'SUCCESS', finishedAt, durationMs: 1234, result: { sent: 3 } });
    expect(await repository().getRecentByJobId(jobId, 10)).toMatchObject([
      { id: second.id, status: 'RUNNING', finishedAt: null, durationMs: null, errorMessage: null },
      { id: first.id, status: 'SUCCESS', finishedAt, durationMs: 1234, errorMessage: null },
    ]);
    expect(await repository().getRecentByJobId(jobId, 1)).toMatchObject([{ id: second.id }]);
    expect(await repository().getRecentByJobId('another', 10)).toEqual([]);
  });

  it('R2.2 a failure is read back with its error', async () => {
    const run = newRun(randomUUID(), 3);
    await repository().create(run);
    const failure = { failureReason: 'ERROR', errorMessage: 'boom', errorStack: 'Error: boom\n  at x' } as const;
    await repository().update(run, { status: 'FAILED', finishedAt: new Date(), durationMs: 5, ...failure });
    expect(await repository().getRecentByJobId(run.jobId, 1)).toMatchObject([{ status: 'FAILED', ...failure }]);
  });
});
