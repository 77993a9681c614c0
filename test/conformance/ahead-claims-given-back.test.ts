/** The port AheadClaims, on each database and the testing kit's store: where an occurrence goes that was claimed ahead and is not to start. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { JobSpec } from '../../src/modules/foundation/domain/job-config.ts';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { aheadSamples, HOUR, leaseMs } from './ahead-samples.ts';
import { dueFire, holdLeases, pendingRunsOf, sampleRun } from './samples.ts';

const ALLOW = { overlapPolicy: 'allow' } as const;

describeOnEveryStore('AheadClaims, of what is given back,', (database, onDatabases) => {
  const { ahead, claims, executions, cursorOf, skippedOf, end, claimAhead, claimedAndDue, moveRun, setCursor } =
    aheadSamples(database);
  type Claimed = Pick<Awaited<ReturnType<typeof claimedAndDue>>, 'instanceId' | 'config' | 'dueAt' | 'held'>;

  const ways = {
    confirmEach: ({ instanceId, dueAt, held }: Claimed) => ahead().confirmEach(instanceId, { dueAt, leaseMs }, [held]),
    giveBack: ({ instanceId, held }: Claimed) => ahead().giveBack(instanceId, [held]),
    giveBackOfDead: async ({ instanceId }: Claimed) => {
      await end(instanceId);
      return ahead().giveBackOfDead(randomUUID());
    },
  };
  const eventsOf = async ({ config }: Claimed, type: string) =>
    (await portsOn(database()).ledger.getRecent(9, config.jobId)).filter((event) => event.type === type);
  /** A later occurrence has run, and the cursor stands behind it. */
  const overtake = async ({ config, held, dueAt }: Claimed) => {
    const scheduledAt = new Date(dueAt.getTime() + 1_000);
    await executions().create(sampleRun({ jobId: config.jobId, scheduledAt, startedAt: scheduledAt }));
    const stands = new Date(held.nextFireAt!.getTime() + HOUR);
    await setCursor(config.jobId, stands);
    return stands;
  };

  for (const way of ['confirmEach', 'giveBack'] as const) {
    onDatabases(`${way}() does not undo an edit of the schedule after which the same instant is next`, async () => {
      const claimed = await claimedAndDue();
      const { held, config } = claimed;
      const [row] = await database().rows<{ revision: number }>(sql`
        update scheduler_job_config set cron_expression = '0 0 1 1 *' where job_id = ${config.jobId} returning revision`);
      await claims().arm([{ jobId: config.jobId, revision: row!.revision, nextFireAt: held.nextFireAt }]);
      await ways[way](claimed);
      expect(await executions().getById(held.run.id)).toBeNull();
      expect(await cursorOf(config.jobId)).toEqual(held.nextFireAt);
      expect(await skippedOf(config.jobId)).toMatchObject([{ scheduledAt: claimed.dueAt }]);
    });
  }

  it('giveBackOfDead() of two of one job puts its cursor back to the older', async () => {
    const first = await claimAhead(ALLOW);
    const second = randomUUID();
    await holdLeases(database(), [second]);
    const at = first.held.nextFireAt;
    const run = { id: randomUUID(), scheduledAt: at, trigger: 'schedule' } as const;
    const fire = dueFire(first.config, { dueAt: at, nextFireAt: new Date(at.getTime() + HOUR), run });
    await claims().claim(second, [fire], { aheadMs: 9 * HOUR });
    for (const instanceId of [first.instanceId, second]) await end(instanceId);
    const ids = (await ahead().giveBackOfDead(randomUUID())).unstarted.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([first.held.run.id, run.id]));
    expect(await cursorOf(first.config.jobId)).toEqual(first.dueAt);
    expect(await pendingRunsOf(database(), first.config.jobId)).toEqual([]);
  });

  for (const way of ['giveBack', 'giveBackOfDead'] as const) {
    it(`${way}() of one that later ones have overtaken lets it alone wait, and leaves the cursor`, async () => {
      const claimed = await claimAhead({ ...ALLOW, maxAttempts: 3 });
      const stoodAt = await overtake(claimed);
      await ways[way](claimed);
      expect(await executions().getById(claimed.held.run.id)).toBeNull();
      expect(await cursorOf(claimed.config.jobId)).toEqual(stoodAt);
      expect(await pendingRunsOf(database(), claimed.config.jobId)).toMatchObject([
        { scheduledAt: claimed.dueAt, trigger: 'schedule', actor: 'scheduler', maxAttempts: 3 },
      ]);
    });
  }

  for (const [policies, trigger] of [
    [{ misfirePolicy: 'once' }, 'catchUp'],
    [{ misfirePolicy: 'once', misfireGraceMs: 30_000 }, null],
    [{ misfirePolicy: 'all' }, 'catchUp'],
    [{ misfirePolicy: 'all', catchUpLimit: 0 }, null],
    [{ misfirePolicy: 'skip' }, null],
    [{ misfirePolicy: 'skip', misfireGraceMs: 600_000 }, 'schedule'],
  ] satisfies [Partial<JobSpec>, string | null][]) {
    it(`one that is overtaken and a minute late is ${trigger ?? 'named'}: ${JSON.stringify(policies)}`, async () => {
      const claimed = await claimedAndDue({ ...ALLOW, ...policies });
      const dueAt = new Date(claimed.dueAt.getTime() - 60_000);
      const claimedAt = new Date(dueAt.getTime() - 1_000);
      await moveRun(claimed.held.run.id, dueAt, claimedAt);
      const run = { ...claimed.held.run, scheduledAt: dueAt, claimedAt };
      await overtake(claimed);
      await ahead().giveBack(claimed.instanceId, [{ ...claimed.held, run }]);
      const waiting = await pendingRunsOf(database(), claimed.config.jobId);
      expect(waiting.map((pending) => [pending.trigger, pending.scheduledAt])).toEqual(
        trigger === null ? [] : [[trigger, dueAt]],
      );
      expect(await eventsOf(claimed, 'occurrence.misfired')).toMatchObject(
        trigger === null ? [{ scheduledAt: dueAt }] : [],
      );
    });
  }

  onDatabases(
    'confirmAll() is refused once somebody wants a run to stop that was claimed ahead, and not for another',
    async () => {
      const claimed = await claimedAndDue();
      const { instanceId, dueAt, tick, renewals } = claimed;
      const cancellations = portsOn(database()).cancellations;
      const running = sampleRun();
      await executions().create(running);
      const confirm = async () =>
        (await ahead().confirmAll(instanceId, { dueAt, leaseMs, tick, renewals })).isConfirmed;
      await cancellations.request({ executionId: running.id, reason: 'enough', actor: 'test' });
      expect(await confirm()).toBe(true);
      await database().rows(sql`update scheduler_instance set confirmed_until = null where id = ${instanceId}`);
      await cancellations.request({ executionId: claimed.held.run.id, reason: 'enough', actor: 'test' });
      expect(await confirm()).toBe(false);
    },
  );

  for (const way of ['confirmEach', 'giveBack', 'giveBackOfDead'] as const) {
    it(`${way}() records a run that somebody wants to stop as cancelled, and its cursor stays`, async () => {
      const claimed = await claimedAndDue();
      const order = { executionId: claimed.held.run.id, reason: 'enough', actor: 'test' };
      await portsOn(database()).cancellations.request(order);
      const answer = await ways[way](claimed);
      if ('givenBack' in answer) expect([answer.confirmed.size, answer.givenBack.size]).toEqual([0, 1]);
      expect(await executions().getById(claimed.held.run.id)).toMatchObject({
        ...{ status: 'FAILED', failureReason: 'CANCELLED', errorMessage: 'enough', durationMs: 0 },
      });
      expect(await cursorOf(claimed.config.jobId)).toEqual(claimed.held.nextFireAt);
      expect(await skippedOf(claimed.config.jobId)).toEqual([]);
    });
  }
});
