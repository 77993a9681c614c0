/** Removing a job: what goes, what stays, what is told. On each database and the testing kit's store. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { armJob, pendingRunsOf, sampleRun, saveJob } from './samples.ts';

describeOnEveryStore('JobRemovals', (database, onDatabases) => {
  const removals = () => portsOn(database()).removals;
  const eventsOf = (jobId: string) => portsOn(database()).ledger.getRecent(20, jobId);
  const read = (jobId: string) => portsOn(database()).configs.getByJobId(jobId);

  it('remove() leaves the history, and an audit event with what was, secrets masked', async () => {
    const { jobId } = await saveJob(database(), { jobKwargs: { apiToken: 'hunter2', to: 'x' } });
    const log = portsOn(database()).executions;
    await log.create(sampleRun({ jobId }));
    expect(await removals().remove({ jobId, actor: 'admin' })).toBe(true);
    expect(await read(jobId)).toBeNull();
    expect(await log.getRecentByJobId(jobId, 5)).toMatchObject([{ jobId, status: 'RUNNING' }]);
    const deleted = (await eventsOf(jobId)).find(({ type }) => type === 'job.deleted');
    expect(deleted).toMatchObject({
      actor: 'admin',
      detail: { before: { jobId, jobKwargs: { apiToken: '***', to: 'x' } }, runningRuns: 1, waitingRuns: 0 },
    });
  });

  onDatabases('remove() tells each run that waited, and the occurrences that were due', async () => {
    const { jobId } = await armJob(database());
    const id = randomUUID();
    await database().rows(sql`
      insert into scheduler_pending_run (id, job_id, scheduled_at, trigger, actor)
      values (${id}::uuid, ${jobId}, '2026-01-01T00:00:00Z', 'backfill', 'test')`);
    await removals().remove({ jobId, actor: 'admin' });
    expect(await pendingRunsOf(database(), jobId)).toEqual([]);
    expect(await eventsOf(jobId)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'occurrence.skipped', executionId: id }),
        expect.objectContaining({ type: 'occurrence.skipped', detail: expect.objectContaining({ cause: 'deleted' }) }),
        expect.objectContaining({ type: 'job.deleted', detail: expect.objectContaining({ waitingRuns: 1 }) }),
      ]),
    );
  });

  it('remove() of another revision, or of no job, changes nothing and tells nothing', async () => {
    const { jobId, revision } = await saveJob(database());
    expect(await removals().remove({ jobId, actor: 'admin', ifRevision: revision + 1 })).toBe(false);
    expect(await read(jobId)).not.toBeNull();
    expect((await eventsOf(jobId)).map(({ type }) => type)).toEqual(['job.created']);
    expect(await removals().remove({ jobId: 'none', actor: 'admin' })).toBe(false);
    expect(await removals().remove({ jobId, actor: 'admin', ifRevision: revision })).toBe(true);
  });
});
