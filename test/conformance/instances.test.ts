/** The port Instances, on each database and the testing kit's store. */
import { randomUUID } from 'node:crypto';
import { type SQL, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { Instance } from '../../src/modules/foundation/application/ports/instances.ts';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { pendingRunsOf, sampleRun, saveJob, succeeded } from './samples.ts';

function newInstance(): Instance {
  return {
    id: randomUUID(),
    hostname: 'host',
    runtime: 'node 24.0.0',
    version: '0.1.0',
    startedAt: new Date('2026-01-01T00:00:00.000Z'),
  };
}

describeOnEveryStore('Instances', (database, onDatabases) => {
  const instances = () => portsOn(database()).instances;
  const rescue = async (instanceId: string) => (await instances().rescue(instanceId)).lost;
  const executions = () => portsOn(database()).executions;
  const waitingOf = (jobId: string) => pendingRunsOf(database(), jobId);

  describe('renew()', () => {
    it('takes the lease by the database’s clock, and names the live', async () => {
      const [first, second] = [newInstance(), newInstance()];
      await instances().renew(first, 15_000);
      const { now, live } = await instances().renew(second, 10_000);
      expect(Math.abs(now.getTime() - (await database().now()))).toBeLessThan(5_000);
      expect(live).toEqual(expect.arrayContaining([expect.objectContaining(first), expect.objectContaining(second)]));
      const own = live.find((instance) => instance.id === second.id);
      expect(own!.expiresAt.getTime() - own!.renewedAt.getTime()).toBe(10_000);
    });

    it('prolongs the lease', async () => {
      const instance = newInstance();
      await instances().renew(instance, 1_000);
      const { live } = await instances().renew(instance, 100_000);
      expect(live.filter(({ id }) => id === instance.id)).toHaveLength(1);
    });

    onDatabases('a lease goes on from the renewal that it began with, until it ends or others close it', async () => {
      const instance = newInstance();
      const set = (what: SQL) => database().rows(sql`update scheduler_instance set ${what} where id = ${instance.id}`);
      const renewed = async () => {
        const { renewals } = await instances().renew(instance, 60_000);
        const [row] = await database().rows<{ held_from: number; is_held: boolean }>(sql`
          select held_from, held_since is not null as is_held from scheduler_instance where id = ${instance.id}`);
        return [renewals, row!.held_from, row!.is_held];
      };
      expect([await renewed(), await renewed()]).toEqual([
        [1, 1, true],
        [2, 1, true],
      ]);
      await set(sql`held_since = null`);
      expect([await renewed(), await renewed()]).toEqual([
        [3, 3, true],
        [4, 3, true],
      ]);
      await set(sql`expires_at = clock_timestamp()`);
      expect(await renewed()).toEqual([5, 5, true]);
    });

    onDatabases(
      'a lease that was held by a clock an hour ahead goes on, and what is claimed under it now is confirmed',
      async () => {
        const instance = newInstance();
        await instances().renew(instance, 60_000);
        await database().rows(sql`
        update scheduler_instance set held_since = held_since + interval '1 hour', renewed_at = renewed_at + interval '1 hour',
          expires_at = expires_at + interval '1 hour' where id = ${instance.id}`);
        const { renewals } = await instances().renew(instance, 60_000);
        const [row] = await database().rows<{ tick: number }>(
          sql`select last_value::int as tick from scheduler_revision_seq`,
        );
        const order = { dueAt: new Date(0), leaseMs: 60_000, tick: row!.tick, renewals };
        expect((await portsOn(database()).aheadClaims.confirmAll(instance.id, order)).isConfirmed).toBe(true);
      },
    );
  });

  it('release() ends the lease now', async () => {
    const [gone, other] = [newInstance(), newInstance()];
    await instances().renew(gone, 60_000);
    await instances().release(gone.id);
    await instances().release('never there');
    const { live } = await instances().renew(other, 60_000);
    expect(live.map(({ id }) => id)).not.toContain(gone.id);
  });

  describe('rescue()', () => {
    it('marks the runs of the dead as LOST, once, with an event each', async () => {
      const [dead, rescuer] = [newInstance(), newInstance()];
      await instances().renew(dead, 60_000);
      await instances().renew(rescuer, 60_000);
      const run = sampleRun({ instanceId: dead.id });
      await executions().create(run);
      expect(await rescue(rescuer.id)).toEqual([]);
      await instances().release(dead.id);
      const rescued = (await Promise.all([1, 2, 3, 4].map(() => rescue(rescuer.id)))).flat();
      expect(rescued).toEqual([{ id: run.id, jobId: run.jobId, scheduledAt: run.scheduledAt, instanceId: dead.id }]);
      expect(await executions().getById(run.id)).toMatchObject({
        status: 'FAILED',
        failureReason: 'LOST',
        errorMessage: expect.stringContaining('lease'),
        finishedAt: expect.any(Date),
        durationMs: expect.any(Number),
      });
      const events = await portsOn(database()).ledger.getRecent(5, run.jobId);
      expect(events).toEqual([expect.objectContaining({ type: 'run.lost', executionId: run.id, actor: rescuer.id })]);
    });

    it('of eight rescuers at once each run goes to exactly one', async () => {
      const dead = randomUUID();
      const runs = Array.from({ length: 60 }, () => sampleRun({ instanceId: dead }));
      await Promise.all(runs.map((run) => executions().create(run)));
      const answers = await Promise.all(Array.from({ length: 8 }, (_, at) => rescue(`rescuer-${at}`)));
      const rescued = answers.flat().filter((run) => run.instanceId === dead);
      expect(rescued.map((run) => run.id).toSorted()).toEqual(runs.map((run) => run.id).toSorted());
    });

    it('fences what the dead report afterwards', async () => {
      const rescuer = newInstance();
      const run = sampleRun({ instanceId: 'never had a lease' });
      await executions().create(run);
      expect((await rescue(rescuer.id)).map(({ id }) => id)).toContain(run.id);
      expect(await executions().update(run, succeeded(run))).toBe(false);
      expect(await executions().getById(run.id)).toMatchObject({ failureReason: 'LOST' });
    });

    it('leaves the next attempt of a lost run waiting where its job says so, once', async () => {
      const { jobId } = await saveJob(database(), { onLost: 'retry' });
      const run = sampleRun({ jobId, instanceId: 'dead' });
      await executions().create(run);
      await Promise.all([1, 2, 3].map((at) => rescue(`rescuer-${at}`)));
      expect(await waitingOf(jobId)).toMatchObject([
        { attempt: 2, maxAttempts: 2, trigger: 'retry', scheduledAt: run.scheduledAt, jobKwargs: run.jobKwargs },
      ]);
      await rescue('rescuer');
      expect(await waitingOf(jobId)).toHaveLength(1);
    });

    it('leaves none where the attempts are used up, the job fails its lost runs, or is gone', async () => {
      const used = sampleRun({
        jobId: (await saveJob(database(), { onLost: 'retry' })).jobId,
        attempt: 2,
        maxAttempts: 2,
      });
      const fails = sampleRun({ jobId: (await saveJob(database())).jobId, maxAttempts: 5 });
      const runs = [used, fails, sampleRun()].map((run) => ({ ...run, instanceId: 'dead' }));
      for (const run of runs) await executions().create(run);
      expect((await rescue('rescuer')).map(({ id }) => id)).toEqual(expect.arrayContaining(runs.map(({ id }) => id)));
      for (const { jobId } of runs) expect(await waitingOf(jobId)).toEqual([]);
    });

    onDatabases('jobs deleted and edited in the same moment never keep a lost run from ending', async () => {
      const jobs = await Promise.all(Array.from({ length: 16 }, () => saveJob(database(), { onLost: 'retry' })));
      const runs = jobs.map(({ jobId }) => sampleRun({ jobId, instanceId: 'dead' }));
      await Promise.all(runs.map((run) => executions().create(run)));
      await Promise.all([
        ...[1, 2].map((at) => rescue(`rescuer-${at}`)),
        ...jobs.map((job, at) =>
          at % 2 === 0
            ? database().rows(sql`delete from scheduler_job_config where job_id = ${job.jobId}`)
            : database().rows(sql`update scheduler_job_config set notes = 'edited' where job_id = ${job.jobId}`),
        ),
      ]);
      const lost = { failureReason: 'LOST' };
      const ofEdited = runs.filter((_, at) => at % 2 === 1);
      for (const { id } of ofEdited) expect(await executions().getById(id)).toMatchObject(lost);
      // A row that is just being deleted is waited for by no rescue: its run is the next one's.
      await rescue('rescuer-3');
      for (const [at, run] of runs.entries()) {
        expect(await executions().getById(run.id)).toMatchObject(lost);
        expect(await waitingOf(run.jobId)).toHaveLength(at % 2);
      }
    });

    it('never takes its own', async () => {
      const own = newInstance();
      const run = sampleRun({ instanceId: own.id });
      await executions().create(run);
      expect((await rescue(own.id)).map(({ id }) => id)).not.toContain(run.id);
    });

    onDatabases('forgets instances that are long gone', async () => {
      const old = newInstance();
      await instances().renew(old, 60_000);
      await database().rows(sql`
        update scheduler_instance set expires_at = now() - interval '2 days' where id = ${old.id}`);
      await rescue('rescuer');
      expect(await database().rows(sql`select id from scheduler_instance where id = ${old.id}`)).toEqual([]);
    });
  });

  onDatabases(
    'getRunning() finds what this instance has held for so long, and nothing of others or that has ended',
    async () => {
      const [instanceId, other] = [randomUUID(), randomUUID()];
      const before = (minutes: number) => new Date(Date.now() - minutes * 60_000);
      const [old, ended, ahead, fresh] = [5, 5, 5, 0].map((minutes) =>
        sampleRun({ instanceId, startedAt: before(minutes) }),
      );
      await Promise.all([old!, ended!, ahead!, fresh!].map((run) => executions().create(run)));
      await executions().create(sampleRun({ instanceId: other, startedAt: before(5) }));
      await executions().update(ended!, succeeded(ended!));
      await database().rows(sql`
      update scheduler_execution_log set claimed_at = clock_timestamp() where id = ${ahead!.id}`);
      expect(await instances().getRunning(instanceId, 60_000)).toEqual([expect.objectContaining(old)]);
    },
  );
});
