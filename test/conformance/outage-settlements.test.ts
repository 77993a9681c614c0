/** The port OutageSettlements, on each database and the testing kit's store: what went on without it, told in one statement. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import type { OutageSettlement } from '../../src/modules/foundation/application/ports/outage-settlements.ts';
import type { JobConfig } from '../../src/modules/foundation/domain/job-config.ts';
import { PostgresDatabase } from '../../src/modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import { portsOn } from '../support/database-foundation.ts';
import { createMigratedDatabase, describeOnEveryStore } from '../support/databases.ts';
import { armJob, DUE_AT, dueFire, pendingRunsOf, sampleRun, saveJob, succeeded } from './samples.ts';

const at = (minutes: number) => new Date(DUE_AT.getTime() + minutes * 60_000);

describeOnEveryStore('OutageSettlements', (database, onDatabases) => {
  const settle = (...settlements: OutageSettlement[]) =>
    portsOn(database()).settlements.settle('instance-a', settlements);
  const executions = () => portsOn(database()).executions;
  const claims = () => portsOn(database()).claims;
  const edit = (config: JobConfig) => portsOn(database()).configs.upsert(config, { actor: 'test' });
  const cursorOf = async ({ jobId }: JobConfig) => (await claims().getCursors([jobId]))[0]!.nextFireAt;
  const eventsOf = ({ jobId }: JobConfig) => portsOn(database()).ledger.getRecent(9, jobId);
  const typesOf = async (config: JobConfig) =>
    (await eventsOf(config)).map(({ type }) => type).filter((type) => !type.startsWith('job.'));
  const runAt = ({ jobId }: JobConfig, minutes: number) =>
    sampleRun({ jobId, scheduledAt: at(minutes), startedAt: at(minutes) });
  const settlement = (config: JobConfig, over: Partial<OutageSettlement> = {}): OutageSettlement => ({
    ...{ config, firstDueAt: DUE_AT, nextFireAt: at(3), ended: [], active: [], waiting: [], events: [] },
    ...over,
  });

  it('writes records, moves the cursor, queues and tells, and may be given the same again', async () => {
    const config = await armJob(database(), { overlapPolicy: 'queueAll' });
    const ended = [runAt(config, 0), runAt(config, 1)];
    const active = runAt(config, 2);
    const waiting = [{ id: randomUUID(), scheduledAt: new Date(+at(2) + 5_000), trigger: 'schedule' as const }];
    const same = settlement(config, { ended, active: [active], waiting });
    for (const again of [same, same]) await settle(again);
    expect(await cursorOf(config)).toEqual(at(3));
    const runs = await executions().getRecentByJobId(config.jobId, 9);
    expect(runs.map(({ id, status }) => [id, status])).toEqual(
      [active, ended[1]!, ended[0]!].map(({ id }) => [id, 'RUNNING']),
    );
    expect(await pendingRunsOf(database(), config.jobId)).toMatchObject([{ actor: 'scheduler', jobKwargs: {} }]);
    expect(await typesOf(config)).toEqual([]);
    for (const run of ended) expect(await executions().update(run, succeeded(run))).toBe(true);
  });

  it('what goes on beside a record that is RUNNING still is recorded, and keeps nobody away', async () => {
    const config = await armJob(database());
    const before = { ...runAt(config, 0), instanceId: 'instance-b' };
    await executions().create(before);
    const active = runAt(config, 2);
    const alone = await armJob(database());
    const other = runAt(alone, 2);
    await settle(settlement(config, { active: [active] }), settlement(alone, { active: [other] }));
    const ids = [active.id, other.id];
    expect((await claims().getClaimed('instance-a', ids)).map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(await claims().getExclusive('instance-a', [...ids, before.id])).toEqual(new Set([other.id]));
  });

  onDatabases('told again, it queues nothing that was started meanwhile', async () => {
    const config = await armJob(database(), { overlapPolicy: 'queueAll' });
    const waiting = [{ id: randomUUID(), scheduledAt: at(2), trigger: 'schedule' as const }];
    await settle(settlement(config, { waiting }));
    await database().rows(sql`delete from scheduler_pending_run where job_id = ${config.jobId}`);
    await executions().create({ ...runAt(config, 2), instanceId: 'instance-b' });
    await settle(settlement(config, { waiting }));
    expect(await pendingRunsOf(database(), config.jobId)).toEqual([]);
  });

  it('only the run that goes on keeps others away', async () => {
    const config = await armJob(database());
    const [ended, active] = [runAt(config, 0), runAt(config, 1)];
    await settle(settlement(config, { ended: [ended], active: [active] }));
    expect(await claims().getExclusive('instance-a', [ended.id, active.id])).toEqual(new Set([active.id]));
  });

  it('a settled occurrence is not started again, not even where its cursor was not moved', async () => {
    const config = await armJob(database());
    await settle(settlement(config, { nextFireAt: DUE_AT, ended: [runAt(config, 0)] }));
    expect(await cursorOf(config)).toEqual(DUE_AT);
    const { runs, moved } = await claims().claim('instance-b', [dueFire(config)]);
    expect([runs, moved.has(config.jobId)]).toEqual([[], true]);
  });

  it("of an occurrence that another instance has recorded that record stands, and the other's is told", async () => {
    const config = await armJob(database());
    const theirs = runAt(config, 0);
    await executions().create({ ...theirs, instanceId: 'instance-b' });
    const ours = { ...runAt(config, 0), id: randomUUID() };
    await settle(settlement(config, { ended: [ours] }));
    expect(await executions().getRecentByJobId(config.jobId, 9)).toMatchObject([{ id: theirs.id }]);
    expect((await eventsOf(config))[0]).toMatchObject({
      type: 'run.unrecorded',
      executionId: ours.id,
      scheduledAt: DUE_AT,
      actor: 'instance-a',
    });
    expect(await executions().update(ours, succeeded(ours))).toBe(false);
  });

  it('leaves alone a cursor that was moved further, moves one that was moved less far, and exhausts one', async () => {
    const [further, less, last] = await Promise.all([
      armJob(database(), { nextFireAt: at(9) }),
      armJob(database(), { nextFireAt: at(1) }),
      armJob(database()),
    ]);
    await settle(settlement(further), settlement(less), settlement(last, { nextFireAt: null }));
    expect(await Promise.all([further, less, last].map(cursorOf))).toEqual([at(9), at(3), 'exhausted']);
  });

  it('unarms the cursor of a schedule that was edited meanwhile, where it still stands', async () => {
    const edited = async (nextFireAt: Date): Promise<JobConfig> => {
      const config = await armJob(database());
      const { jobId, revision } = await edit({ ...config, cronExpression: '*/7 * * * *' });
      await claims().arm([{ jobId, revision, nextFireAt }]);
      return config;
    };
    const [standing, moved] = [await edited(DUE_AT), await edited(at(1))];
    await settle(settlement(standing), settlement(moved));
    expect([await cursorOf(standing), await cursorOf(moved)]).toEqual(['unarmed', at(1)]);
  });

  it('moves the cursor on past an edit that left the schedule as it was', async () => {
    const config = await armJob(database(), { startAt: at(-60), endAt: at(60) });
    await edit({ ...config, notes: 'edited' });
    expect(await settle(settlement(config))).toEqual(new Set());
    expect(await cursorOf(config)).toEqual(at(3));
  });

  it('tells of what was held while its cursor stands where it stood, and moves nothing', async () => {
    const [held, ran] = await Promise.all([armJob(database()), armJob(database(), { nextFireAt: at(1) })]);
    const { nextFireAt: _none, ...bare } = settlement(held);
    const events = (config: JobConfig) => [
      {
        type: 'occurrence.held' as const,
        jobId: config.jobId,
        scheduledAt: DUE_AT,
        reason: 'outage',
        detail: { count: 3 },
      },
    ];
    await settle({ ...bare, events: events(held) }, { ...bare, config: ran, events: events(ran) });
    expect([await typesOf(held), await typesOf(ran)]).toEqual([['occurrence.held'], []]);
    expect([await cursorOf(held), await cursorOf(ran)]).toEqual([DUE_AT, at(1)]);
    expect((await eventsOf(held))[0]).toMatchObject({ actor: 'instance-a', detail: { count: 3 } });
  });

  it('takes a job that was deleted meanwhile: its record is written, and nothing waits', async () => {
    const config = await saveJob(database());
    await portsOn(database()).removals.remove({ jobId: config.jobId, actor: 'test' });
    const waiting = [{ id: randomUUID(), scheduledAt: at(1), trigger: 'schedule' as const }];
    await settle(settlement(config, { ended: [runAt(config, 0)], waiting }));
    expect(await executions().getRecentByJobId(config.jobId, 9)).toHaveLength(1);
    expect(await pendingRunsOf(database(), config.jobId)).toEqual([]);
  });
});

describe('PostgresOutageSettlements on PostgreSQL', () => {
  it('writes the records of a job whose cursor is locked, and says that it is to be told again', async () => {
    const url = await createMigratedDatabase();
    const database = new PostgresDatabase({ url });
    await database.open();
    const config = await armJob(database);
    const run = sampleRun({ jobId: config.jobId, scheduledAt: DUE_AT });
    const told = { config, firstDueAt: DUE_AT, nextFireAt: at(3), ended: [run], active: [], waiting: [], events: [] };
    const settle = () => portsOn(database).settlements.settle('instance-a', [told]);
    const other = postgres(url, { max: 1 });
    await other.unsafe(`begin; select from scheduler_job_cursor for update`);
    expect(await settle()).toEqual(new Set([config.jobId]));
    await other.unsafe('rollback');
    await other.end({ timeout: 0 });
    const runs = await portsOn(database).executions.getRecentByJobId(config.jobId, 9);
    expect(runs.map(({ id }) => id)).toEqual([run.id]);
    expect(await settle()).toEqual(new Set());
    expect(await portsOn(database).claims.getCursors([config.jobId])).toMatchObject([{ nextFireAt: at(3) }]);
    await database.close();
  });
});
