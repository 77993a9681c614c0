/** What the dead left behind is made good a portion a statement, on each database; what somebody holds is in no other's way. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { PostgresAheadClaims } from '../../src/modules/foundation/infrastructure/persistence/postgres-ahead-claims.ts';
import { PostgresInstances } from '../../src/modules/foundation/infrastructure/persistence/postgres-instances.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';
import { aheadSamples, HOUR } from './ahead-samples.ts';
import { dueFire, holdLeases, sampleRun } from './samples.ts';

const PORTION = 3;
const ALLOW = { overlapPolicy: 'allow' } as const;

/** Every portion, each with the ids that it answered with. */
async function portionsOf(ask: (from: string | null) => Promise<{ ids: string[]; rest: string | null }>) {
  const portions: string[][] = [];
  for (let from: string | null = null; ;) {
    const { ids, rest } = await ask(from);
    portions.push(ids);
    if (rest === null) return portions;
    from = rest;
  }
}
const sizes = (portions: string[][]) => portions.map(({ length }) => length);

describeOnEveryDatabase('What many runs were left behind', (database) => {
  const { executions, cursorOf, end, claims, claimAhead } = aheadSamples(database);
  const unstartedOf = () =>
    portionsOf(async (from) => {
      const { unstarted, rest } = await new PostgresAheadClaims(database(), PORTION).giveBackOfDead('heir', from);
      return { ids: unstarted.map(({ id }) => id), rest };
    });
  const lostOf = () =>
    portionsOf(async (from) => {
      const { lost, rest } = await new PostgresInstances(database(), PORTION).rescue('rescuer', from);
      return { ids: lost.map(({ id }) => id), rest };
    });

  it('rescue() ends them a portion a statement', async () => {
    const runs = Array.from({ length: 8 }, () => sampleRun({ instanceId: randomUUID() }));
    for (const run of runs) await executions().create(run);
    const portions = await lostOf();
    expect(sizes(portions)).toEqual([3, 3, 2]);
    expect(portions.flat()).toEqual(runs.map(({ id }) => id).toSorted());
    expect(await lostOf()).toEqual([[]]);
  });

  it('rescue() goes past those that end in between, and answers with no more than it ended', async () => {
    const runs = Array.from({ length: 6 }, () => sampleRun({ instanceId: randomUUID() }));
    for (const run of runs) await executions().create(run);
    const rescue = new PostgresInstances(database(), PORTION);
    const { rest } = await rescue.rescue('rescuer');
    await database().rows(sql`update scheduler_execution_log set status = 'SUCCESS' where status = 'RUNNING'`);
    expect(await rescue.rescue('rescuer', rest)).toEqual({ lost: [], rest: null });
  });

  it('giveBackOfDead() gives them back a portion a statement, whose lease was closed with the first', async () => {
    const claimed = [];
    for (let count = 0; count < 7; count += 1) claimed.push(await claimAhead());
    for (const { instanceId } of claimed) await end(instanceId);
    const portions = await unstartedOf();
    expect(sizes(portions)).toEqual([3, 3, 1]);
    expect(portions.flat().toSorted()).toEqual(claimed.map(({ held }) => held.run.id).toSorted());
    for (const { config, dueAt } of claimed) expect(await cursorOf(config.jobId)).toEqual(dueAt);
    expect(await unstartedOf()).toEqual([[]]);
  });

  it('giveBackOfDead() gives back all of a job in one portion, so that its cursor stands before the first', async () => {
    const first = await claimAhead(ALLOW);
    const instanceIds = Array.from({ length: 5 }, () => randomUUID());
    await holdLeases(database(), instanceIds);
    let at = first.held.nextFireAt;
    for (const instanceId of instanceIds) {
      const nextFireAt = new Date(+at + HOUR);
      const run = { id: randomUUID(), scheduledAt: at, trigger: 'schedule' } as const;
      const fire = dueFire(first.config, { dueAt: at, nextFireAt, run });
      await claims().claim(instanceId, [fire], { aheadMs: 9 * HOUR });
      at = nextFireAt;
    }
    for (const instanceId of [first.instanceId, ...instanceIds]) await end(instanceId);
    expect(sizes(await unstartedOf())).toEqual([6, 0]);
    expect(await cursorOf(first.config.jobId)).toEqual(first.dueAt);
  });
});
