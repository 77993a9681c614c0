/** Claims of what is not due yet, on each database and the testing kit's store. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { describeOnEveryStore } from '../support/databases.ts';
import { aheadSamples, HOUR, leaseMs } from './ahead-samples.ts';
import { armJob, dueFire, succeeded } from './samples.ts';

describeOnEveryStore('FireClaims ahead of time', (database, onDatabases) => {
  const { ahead, claims, executions, cursorOf, skippedOf, end, renew, claimAhead, claimedAndDue } =
    aheadSamples(database);

  describe('claim() ahead', () => {
    it('writes a record that starts when it is due, and moves the cursor', async () => {
      const { instanceId, config, held, dueAt } = await claimAhead();
      expect(held.run).toMatchObject({ jobId: config.jobId, scheduledAt: dueAt, startedAt: dueAt });
      expect(held.run.claimedAt!.getTime()).toBeLessThan(dueAt.getTime());
      const { lastSuccessAt: _lastSuccessAt, ...run } = held.run;
      expect(await executions().getById(run.id)).toMatchObject({ ...run, instanceId, status: 'RUNNING' });
      expect(await cursorOf(config.jobId)).toEqual(held.nextFireAt);
    });

    it('says when the job had succeeded last', async () => {
      const config = await armJob(database());
      const fire = dueFire(config);
      const [first] = (await claims().claim('instance-a', [fire])).runs;
      const outcome = succeeded(first!);
      await executions().update(first!, outcome);
      const next = { ...fire, dueAt: fire.nextFireAt!, nextFireAt: null };
      const again = { ...next, run: { ...fire.run!, id: randomUUID(), scheduledAt: next.dueAt } };
      const { runs } = await claims().claim('instance-a', [again], { aheadMs: HOUR });
      expect([first!.lastSuccessAt, ...runs.map((run) => run.lastSuccessAt)]).toEqual([null, outcome.finishedAt]);
    });

    onDatabases('leaves what is due later than that', async () => {
      const { config, fire } = await claimAhead();
      await database().rows(sql`update scheduler_job_cursor set next_fire_at = ${fire.dueAt.toISOString()}::timestamptz
        where job_id = ${config.jobId}`);
      expect((await claims().claim('instance-a', [fire], { aheadMs: HOUR / 2 })).moved.size).toBe(0);
      expect((await claims().claim('instance-a', [fire])).moved.size).toBe(0);
    });

    it('takes nothing for an instance whose lease has ended, or that never had one', async () => {
      const config = await armJob(database());
      const instanceId = randomUUID();
      expect((await claims().claim(instanceId, [dueFire(config)])).moved.size).toBe(0);
      await renew(instanceId);
      await end(instanceId);
      expect((await claims().claim(instanceId, [dueFire(config)])).moved.size).toBe(0);
      await renew(instanceId);
      expect((await claims().claim(instanceId, [dueFire(config)])).runs).toHaveLength(1);
    });

    onDatabases('leaves the cursor where it is while the same occurrence is unconfirmed elsewhere', async () => {
      const { instanceId, config, held, dueAt } = await claimedAndDue();
      const at = dueAt.toISOString();
      await database().rows(sql`update scheduler_job_cursor set next_fire_at = ${at}::timestamptz
        where job_id = ${config.jobId}`);
      const fire = dueFire(config, { dueAt, run: { id: randomUUID(), scheduledAt: dueAt, trigger: 'schedule' } });
      expect((await claims().claim('instance-a', [fire])).moved.size).toBe(0);
      await ahead().confirmEach(instanceId, { dueAt, leaseMs }, [held]);
      expect(await claims().claim('instance-a', [fire])).toMatchObject({ runs: [], moved: new Set([config.jobId]) });
    });

    onDatabases('skips no occurrence because of a run that may still be given back', async () => {
      const { config } = await claimAhead();
      const dueAt = new Date('2026-01-02T03:04:05.000Z');
      await database().rows(sql`update scheduler_job_cursor set next_fire_at = ${dueAt.toISOString()}::timestamptz
        where job_id = ${config.jobId}`);
      expect((await claims().claim('instance-a', [dueFire(config, { dueAt })])).moved.size).toBe(0);
      expect(await skippedOf(config.jobId)).toEqual([]);
    });
  });
});
