/** The port AheadClaims, on each database and the testing kit's store. */
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { describeOnEveryStore } from '../support/databases.ts';
import { aheadSamples, leaseMs } from './ahead-samples.ts';

describeOnEveryStore('AheadClaims', (database, onDatabases) => {
  const { ahead, executions, instances, cursorOf, skippedOf, end, renew, claimAhead, claimedAndDue } =
    aheadSamples(database);

  describe('confirmAll()', () => {
    onDatabases('renews the lease at or after the due time, and not before', async () => {
      const early = await claimAhead();
      const before = { dueAt: early.dueAt, leaseMs, tick: early.tick, renewals: early.held.renewals };
      expect((await ahead().confirmAll(early.instanceId, before)).isConfirmed).toBe(false);
      const { instanceId, dueAt, tick, renewals } = await claimedAndDue();
      const { now, isConfirmed } = await ahead().confirmAll(instanceId, { dueAt, leaseMs, tick, renewals });
      expect(isConfirmed).toBe(true);
      const [row] = await database().rows<{ renewed_at: string }>(sql`
        select renewed_at from scheduler_instance where id = ${instanceId} and confirmed_until = ${dueAt.toISOString()}::timestamptz`);
      expect(Math.abs(new Date(row!.renewed_at).getTime() - now.getTime())).toBeLessThanOrEqual(1);
    });

    for (const change of [
      sql`update scheduler_job_config set notes = 'edited'`,
      sql`update scheduler_job_config set paused_at = now()`,
      sql`delete from scheduler_job_config`,
    ]) {
      onDatabases(
        `refuses where a job was changed since: ${change.queryChunks.flatMap((chunk) => ('value' in (chunk as object) ? (chunk as { value: string[] }).value : [])).join('')}`,
        async () => {
          const { instanceId, dueAt, tick, renewals, config } = await claimedAndDue();
          await database().rows(sql`${change} where job_id = ${config.jobId}`);
          const answer = await ahead().confirmAll(instanceId, { dueAt, leaseMs, tick, renewals });
          expect(answer.isConfirmed).toBe(false);
        },
      );
    }

    it('refuses where the lease has ended, and where it was lost in between', async () => {
      const { instanceId, dueAt, tick, renewals } = await claimedAndDue();
      const order = { dueAt, leaseMs, tick, renewals };
      await end(instanceId);
      expect((await ahead().confirmAll(instanceId, order)).isConfirmed).toBe(false);
      await renew(instanceId);
      expect((await ahead().confirmAll(instanceId, order)).isConfirmed).toBe(false);
    });
  });

  describe('confirmEach()', () => {
    it('does nothing before the due time', async () => {
      const { instanceId, dueAt, held } = await claimAhead();
      const { confirmed, givenBack } = await ahead().confirmEach(instanceId, { dueAt, leaseMs }, [held]);
      expect([confirmed.size, givenBack.size]).toEqual([0, 0]);
      expect(await executions().getById(held.run.id)).toMatchObject({ status: 'RUNNING' });
    });

    onDatabases('gives back what was edited, paused, disabled or deleted, and confirms the rest', async () => {
      const all = await Promise.all([1, 2, 3, 4, 5].map(() => claimedAndDue()));
      const [same, edited, paused, disabled, deleted] = all;
      const { instanceId, dueAt } = same!;
      for (const { held } of all)
        await database().rows(
          sql`update scheduler_execution_log set instance_id = ${instanceId} where id = ${held.run.id}`,
        );
      const edit = (config: { jobId: string }, set: string) =>
        database().rows(sql`update scheduler_job_config set ${sql.raw(set)} where job_id = ${config.jobId}`);
      await edit(edited!.config, "notes = 'edited'");
      await edit(paused!.config, 'paused_at = now()');
      await edit(disabled!.config, 'enabled = false');
      await database().rows(sql`delete from scheduler_job_config where job_id = ${deleted!.config.jobId}`);
      const order = { dueAt: new Date(Math.max(...all.map((each) => each.dueAt.getTime()))), leaseMs };
      const { confirmed, givenBack } = await ahead().confirmEach(
        instanceId,
        order,
        all.map(({ held }) => held),
      );
      expect(confirmed).toEqual(new Set([same!.held.run.id]));
      expect(givenBack).toEqual(new Set(all.slice(1).map(({ held }) => held.run.id)));
      for (const { held } of all.slice(1)) expect(await executions().getById(held.run.id)).toBeNull();
      expect(await cursorOf(edited!.config.jobId)).toEqual(edited!.dueAt);
      expect(await cursorOf(paused!.config.jobId)).toEqual(paused!.dueAt);
      expect(await cursorOf(disabled!.config.jobId)).toBe('unarmed');
      expect(await skippedOf(disabled!.config.jobId)).toMatchObject([{ scheduledAt: disabled!.dueAt }]);
      expect(await skippedOf(deleted!.config.jobId)).toMatchObject([{ detail: { cause: 'edited' } }]);
      expect(dueAt).toEqual(same!.dueAt);
    });

    it('gives everything back where the lease was lost since, even if it was taken again', async () => {
      const { instanceId, dueAt, held, config } = await claimedAndDue();
      await end(instanceId);
      await renew(instanceId);
      const { confirmed, givenBack } = await ahead().confirmEach(instanceId, { dueAt, leaseMs }, [held]);
      expect([confirmed.size, givenBack]).toEqual([0, new Set([held.run.id])]);
      expect(await cursorOf(config.jobId)).toEqual(dueAt);
    });
  });

  describe('giveBack()', () => {
    it('leaves no record, and the cursor where it stood', async () => {
      const { instanceId, held, dueAt, config } = await claimAhead();
      expect(await ahead().giveBack(instanceId, [held])).toEqual(new Set([held.run.id]));
      expect(await ahead().giveBack(instanceId, [held])).toEqual(new Set());
      expect(await ahead().giveBack(instanceId, [])).toEqual(new Set());
      expect(await executions().getById(held.run.id)).toBeNull();
      expect(await cursorOf(config.jobId)).toEqual(dueAt);
      expect(await skippedOf(config.jobId)).toEqual([]);
    });

    onDatabases('puts no cursor back that somebody moved or armed anew, and takes nobody else’s run', async () => {
      const { instanceId, held, config } = await claimAhead();
      expect((await ahead().giveBack('instance-b', [held])).size).toBe(0);
      await database().rows(
        sql`update scheduler_job_config set cron_expression = '0 0 * * *' where job_id = ${config.jobId}`,
      );
      await ahead().giveBack(instanceId, [held]);
      expect(await cursorOf(config.jobId)).toBe('unarmed');
    });
  });

  describe('giveBackOfDead()', () => {
    it('puts back what the dead had not confirmed, once, and it can never be confirmed again', async () => {
      const { instanceId, held, dueAt, tick, config } = await claimAhead();
      const order = { dueAt: new Date(Date.now() - 1_000), leaseMs, tick, renewals: held.renewals };
      expect((await ahead().confirmAll(instanceId, order)).isConfirmed).toBe(true);
      expect((await ahead().giveBackOfDead('heir')).unstarted.map(({ id }) => id)).not.toContain(held.run.id);
      await end(instanceId);
      expect((await instances().rescue('heir')).lost.map(({ id }) => id)).not.toContain(held.run.id);
      const found = (await Promise.all([1, 2, 3].map((at) => ahead().giveBackOfDead(`heir-${at}`)))).flatMap(
        ({ unstarted }) => unstarted,
      );
      expect(found.filter(({ id }) => id === held.run.id)).toEqual([
        { id: held.run.id, jobId: config.jobId, scheduledAt: dueAt, instanceId, isClaimable: true },
      ]);
      expect(await executions().getById(held.run.id)).toBeNull();
      expect(await cursorOf(config.jobId)).toEqual(dueAt);
      await renew(instanceId);
      expect((await ahead().confirmAll(instanceId, order)).isConfirmed).toBe(false);
    });

    it('puts back what was found fit, and confirmed until an instant before it is due', async () => {
      const { instanceId, held, dueAt } = await claimedAndDue();
      const before = { dueAt: new Date(dueAt.getTime() - 1), leaseMs };
      const { confirmed, heldFrom } = await ahead().confirmEach(instanceId, before, [held]);
      expect(confirmed).toEqual(new Set([held.run.id]));
      expect(heldFrom).toBeLessThanOrEqual(held.renewals);
      await end(instanceId);
      expect((await instances().rescue('heir')).lost.map(({ id }) => id)).not.toContain(held.run.id);
      expect((await ahead().giveBackOfDead('heir')).unstarted.map(({ id }) => id)).toContain(held.run.id);
      expect(await ahead().confirmEach(instanceId, { dueAt, leaseMs }, [held])).toMatchObject({ heldFrom: null });
    });

    it('leaves what was confirmed: it may have started, and is lost', async () => {
      const { instanceId, held, dueAt } = await claimedAndDue();
      await ahead().confirmEach(instanceId, { dueAt, leaseMs }, [held]);
      await end(instanceId);
      expect((await ahead().giveBackOfDead('heir')).unstarted.map(({ id }) => id)).not.toContain(held.run.id);
      expect((await instances().rescue('heir')).lost.map(({ id }) => id)).toContain(held.run.id);
    });

    onDatabases('says so where the job was edited meanwhile, and its cursor does not come to it any more', async () => {
      const { instanceId, held, config } = await claimedAndDue();
      await database().rows(
        sql`update scheduler_job_config set cron_expression = '0 0 * * *' where job_id = ${config.jobId}`,
      );
      await end(instanceId);
      const found = (await ahead().giveBackOfDead('heir')).unstarted.find(({ id }) => id === held.run.id);
      expect(found).toMatchObject({ isClaimable: false });
      expect(await cursorOf(config.jobId)).toBe('unarmed');
      expect(await skippedOf(config.jobId)).toMatchObject([{ detail: { cause: 'edited', instanceId } }]);
    });
  });
});
