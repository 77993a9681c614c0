/** The port OutageSettlements, on each database and the testing kit's store: runs that were claimed ahead of an outage, started in it or not. */
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { OutageSettlement } from '../../src/modules/foundation/application/ports/outage-settlements.ts';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { aheadSamples, HOUR } from './ahead-samples.ts';

describeOnEveryStore('OutageSettlements, of runs that were claimed ahead', (database, onDatabases) => {
  const { ahead, executions, instances, cursorOf, end, claimAhead } = aheadSamples(database);
  type Claimed = Awaited<ReturnType<typeof claimAhead>>;

  const settle = ({ instanceId, config, dueAt, held }: Claimed, over: Partial<OutageSettlement>) => {
    const nothing = { ended: [], active: [], waiting: [], unstarted: [held], events: [] };
    const settlement = { config, firstDueAt: dueAt, ...nothing, ...over };
    return portsOn(database()).settlements.settle(instanceId, [settlement]);
  };
  const heldEvent = ({ config, dueAt }: Claimed) => ({
    ...{ type: 'occurrence.held' as const, jobId: config.jobId, scheduledAt: dueAt, reason: 'outage: held' },
  });
  const heldOf = async ({ config }: Claimed) =>
    (await portsOn(database()).ledger.getRecent(9, config.jobId)).filter(({ type }) => type === 'occurrence.held');

  it('held: no record is left, the cursor goes back, and it is told', async () => {
    const claimed = await claimAhead();
    await settle(claimed, { events: [heldEvent(claimed)] });
    expect(await executions().getById(claimed.held.run.id)).toBeNull();
    expect(await cursorOf(claimed.config.jobId)).toEqual(claimed.dueAt);
    expect(await heldOf(claimed)).toMatchObject([{ scheduledAt: claimed.dueAt, actor: claimed.instanceId }]);
  });

  it('left out where others ran: no record is left, and the cursor goes where they went', async () => {
    const claimed = await claimAhead();
    const nextFireAt = new Date(claimed.dueAt.getTime() + 3 * HOUR);
    await settle(claimed, { nextFireAt });
    expect(await executions().getById(claimed.held.run.id)).toBeNull();
    expect(await cursorOf(claimed.config.jobId)).toEqual(nextFireAt);
  });

  for (const [what, change] of [
    ['edited', sql`update scheduler_job_config set notes = 'edited'`],
    ['moved on', sql`update scheduler_job_cursor set next_fire_at = next_fire_at + interval '1 day'`],
    ['asked to stop', sql`update scheduler_execution_log set cancel_requested_at = now()`],
  ] as const) {
    onDatabases(`of a job that was ${what} meanwhile nothing is taken back or told`, async () => {
      const claimed = await claimAhead();
      await database().rows(sql`${change} where job_id = ${claimed.config.jobId}`);
      const stoodAt = await cursorOf(claimed.config.jobId);
      await settle(claimed, { events: [heldEvent(claimed)] });
      expect(await executions().getById(claimed.held.run.id)).toMatchObject({ status: 'RUNNING' });
      expect([await cursorOf(claimed.config.jobId), await heldOf(claimed)]).toEqual([stoodAt, []]);
    });
  }

  onDatabases('takes nothing from another that has put it back and claimed it', async () => {
    const claimed = await claimAhead();
    await database().rows(
      sql`update scheduler_execution_log set instance_id = 'instance-b' where id = ${claimed.held.run.id}`,
    );
    await settle(claimed, { events: [heldEvent(claimed)] });
    expect(await executions().getById(claimed.held.run.id)).toMatchObject({ instanceId: 'instance-b' });
    expect(await heldOf(claimed)).toEqual([]);
  });

  it('one that has started is lost with its instance, and nobody puts it back', async () => {
    const claimed = await claimAhead();
    const { run } = claimed.held;
    const startedAt = new Date(run.scheduledAt.getTime() + 1_500);
    const active = [{ ...run, startedAt }];
    await settle(claimed, { nextFireAt: claimed.held.nextFireAt, active, unstarted: [] });
    expect(await executions().getById(run.id)).toMatchObject({ status: 'RUNNING', claimedAt: startedAt, startedAt });
    await end(claimed.instanceId);
    expect((await ahead().giveBackOfDead('heir')).unstarted.map(({ id }) => id)).not.toContain(run.id);
    expect((await instances().rescue('heir')).lost.map(({ id }) => id)).toContain(run.id);
  });
});
