/**
 * Rows that a session holds, on PostgreSQL and in the testing kit's store alike: they hold up their own job alone, and what was
 * left for their sake is made good when they are free. Its statements lock what they hold as an editor's would.
 */
import { randomUUID } from 'node:crypto';
import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OutageSettlement } from '../../src/modules/foundation/application/ports/outage-settlements.ts';
import { DatabaseBusyError } from '../../src/modules/foundation/domain/errors.ts';
import type { JobConfig } from '../../src/modules/foundation/domain/job-config.ts';
import type { Database } from '../../src/modules/foundation/infrastructure/persistence/database.ts';
import { PostgresDatabase } from '../../src/modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import { portsOn } from '../support/database-foundation.ts';
import { createMigratedDatabase } from '../support/databases.ts';
import { KitDatabase } from '../support/kit-database.ts';
import { aheadSamples, HOUR, leaseMs } from './ahead-samples.ts';
import { armJob, DUE_AT, dueFire, failed, pendingRunsOf, sampleRun, sampleSpec, succeeded } from './samples.ts';

interface Session {
  readonly database: Database;
  /** Holds a row while this works: of a cursor or a configuration by its job, of a record by its run. */
  whileHeld<T>(kind: 'cursors' | 'configs' | 'records', id: string, work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const LOCKS: Record<string, (id: string) => SQL> = {
  cursors: (id) => sql`select from scheduler_job_cursor where job_id = ${id} for update`,
  configs: (id) => sql`select from scheduler_job_config where job_id = ${id} for update`,
  records: (id) => sql`update scheduler_execution_log set progress = progress where id = ${id}`,
};

async function onPostgres(): Promise<Session> {
  const url = await createMigratedDatabase();
  const [database, session] = [new PostgresDatabase({ url }), new PostgresDatabase({ url, maxConnections: 1 })];
  await Promise.all([database.open(), session.open()]);
  return {
    database,
    whileHeld: async (kind, id, work) => {
      await session.rows(sql`begin`);
      await session.rows(LOCKS[kind]!(id));
      try {
        return await work();
      } finally {
        await session.rows(sql`rollback`);
      }
    },
    close: async () => void (await Promise.all([database.close(), session.close()])),
  };
}

async function onKit(): Promise<Session> {
  const database = new KitDatabase();
  return {
    database,
    whileHeld: async (kind, id, work) => {
      const { held, time } = database.store;
      held[kind].add(id);
      const working = work().finally(() => held[kind].delete(id));
      working.catch(() => undefined);
      await time.advance(9_000);
      return working;
    },
    close: () => database.close(),
  };
}

for (const [name, open] of [
  ['PostgreSQL', onPostgres],
  ['the testing kit', onKit],
] as const)
  describe(`rows that somebody holds on ${name}`, () => {
    let session: Session;
    beforeAll(async () => {
      session = await open();
    });
    afterAll(() => session.close());
    const ports = () => portsOn(session.database);
    const { ahead, claims, executions, cursorOf, end, claimAhead, claimedAndDue } = aheadSamples(
      () => session.database,
    );

    const nothing = { ended: [], active: [], waiting: [], unstarted: [], events: [] };
    const settlement = (config: JobConfig, over: Partial<OutageSettlement>): OutageSettlement => ({
      ...{ config, firstDueAt: DUE_AT, nextFireAt: new Date(+DUE_AT + HOUR) },
      ...nothing,
      ...over,
    });
    const settle = (instanceId: string, ...told: OutageSettlement[]) => ports().settlements.settle(instanceId, told);

    it('settle() leaves a job whose configuration is held to be told again, where something is to wait', async () => {
      const [held, free] = [await armJob(session.database), await armJob(session.database)];
      const waiting = [{ id: randomUUID(), scheduledAt: DUE_AT, trigger: 'schedule' as const }];
      const told = [
        settlement(held, { waiting }),
        settlement(free, { waiting: [{ ...waiting[0]!, id: randomUUID() }] }),
      ];
      const left = await session.whileHeld('configs', held.jobId, () => settle('instance-a', ...told));
      expect(left).toEqual(new Set([held.jobId]));
      expect([await cursorOf(held.jobId), await cursorOf(free.jobId)]).toEqual([DUE_AT, told[1]!.nextFireAt]);
      expect(await settle('instance-a', told[0]!)).toEqual(new Set());
      for (const { jobId } of [held, free]) expect(await pendingRunsOf(session.database, jobId)).toHaveLength(1);
      expect(await cursorOf(held.jobId)).toEqual(told[0]!.nextFireAt);
    });

    it('settle() waits for no record, and leaves its job to be told again', async () => {
      const [started, unstarted, free] = [await claimAhead(), await claimAhead(), await armJob(session.database)];
      const { run } = started.held;
      const active = [{ ...run, startedAt: started.dueAt }];
      const at = { firstDueAt: started.dueAt, nextFireAt: new Date(+started.dueAt + 2 * HOUR) };
      const began = settlement(started.config, { ...at, active });
      const left = settlement(unstarted.config, { ...at, unstarted: [unstarted.held] });
      const tell = (of: string, told: OutageSettlement) => settle(of, told, settlement(free, {}));
      const whileHeld = (id: string, of: string, told: OutageSettlement) =>
        session.whileHeld('records', id, () => tell(of, told));
      expect(await whileHeld(run.id, started.instanceId, began)).toEqual(new Set([started.config.jobId]));
      expect(await whileHeld(unstarted.held.run.id, unstarted.instanceId, left)).toEqual(
        new Set([unstarted.config.jobId]),
      );
      expect(await executions().getById(unstarted.held.run.id)).toMatchObject({ status: 'RUNNING' });
      expect(await tell(started.instanceId, began)).toEqual(new Set());
      expect(await tell(unstarted.instanceId, left)).toEqual(new Set());
      expect(await executions().getById(run.id)).toMatchObject({ startedAt: started.dueAt, claimedAt: started.dueAt });
      expect(await executions().getById(unstarted.held.run.id)).toBeNull();
    });

    it('giveBack() and giveBackOfDead() leave a run whose record or cursor is held for later', async () => {
      for (const kind of ['records', 'cursors'] as const) {
        const [held, free, dead] = [await claimAhead(), await claimAhead(), await claimAhead()];
        const idOf = ({ held: { run } }: typeof held) => (kind === 'records' ? run.id : run.jobId);
        const giveBack = () => ahead().giveBack(held.instanceId, [held.held]);
        expect(await session.whileHeld(kind, idOf(held), giveBack)).toEqual(new Set());
        expect(await ahead().giveBack(free.instanceId, [free.held])).toEqual(new Set([free.held.run.id]));
        expect(await giveBack()).toEqual(new Set([held.held.run.id]));
        await end(dead.instanceId);
        const ofDead = async () => (await ahead().giveBackOfDead('heir')).unstarted.map(({ id }) => id);
        expect(await session.whileHeld(kind, idOf(dead), ofDead)).not.toContain(dead.held.run.id);
        expect(await ofDead()).toContain(dead.held.run.id);
      }
    });

    it('confirmEach() confirms the others where the record of one that is cancelled is held', async () => {
      const [cancelled, other] = [await claimedAndDue(), await claimedAndDue()];
      await ports().cancellations.request({ executionId: cancelled.held.run.id, actor: 'tom', reason: 'no' });
      const { run } = cancelled.held;
      const order = { dueAt: other.dueAt, leaseMs };
      const confirm = () => ahead().confirmEach(cancelled.instanceId, order, [cancelled.held, other.held]);
      const { confirmed, givenBack } = await session.whileHeld('records', run.id, confirm);
      expect([confirmed, givenBack]).toEqual([new Set([other.held.run.id]), new Set()]);
    });

    it('claim() leaves what is to stop a run whose record is held until it can, and holds up no other', async () => {
      const [busy, free] = [await armJob(session.database), await armJob(session.database)];
      const run = sampleRun({ jobId: busy.jobId });
      await executions().create(run);
      const late = dueFire(busy, { whenOverlapping: 'cancelPrevious' });
      const claim = () => claims().claim('instance-a', [late, dueFire(free)]);
      const { runs, moved } = await session.whileHeld('records', run.id, claim);
      expect(runs.map(({ jobId }) => jobId)).toEqual([free.jobId]);
      expect(moved).toEqual(new Set([free.jobId]));
      expect((await claims().claim('instance-a', [late])).moved).toEqual(new Set([busy.jobId]));
      expect(await pendingRunsOf(session.database, busy.jobId)).toMatchObject([{ scheduledAt: DUE_AT }]);
      const asked = await ports().cancellations.getRequested('instance-a');
      expect(asked.map(({ executionId }) => executionId)).toContain(run.id);
    });

    it('claim() passes over a cursor that is held, and over a job that queues whose configuration is', async () => {
      for (const kind of ['cursors', 'configs'] as const) {
        const [held, free] = [await armJob(session.database), await armJob(session.database)];
        const fires = [held, free].map((config) => dueFire(config, { whenOverlapping: 'queueAll' }));
        const claim = () => claims().claim('instance-a', fires);
        expect((await session.whileHeld(kind, held.jobId, claim)).moved).toEqual(new Set([free.jobId]));
        expect((await claim()).moved).toEqual(new Set([held.jobId]));
      }
    });

    it('rescue() leaves a run whose record is held for later, and update() says that it is', async () => {
      const { jobId } = await armJob(session.database);
      const [lost, own] = [sampleRun({ jobId, instanceId: 'gone' }), sampleRun({ jobId })];
      for (const run of [lost, own]) await executions().create(run);
      const rescue = async () => (await ports().instances.rescue('rescuer')).lost.map(({ id }) => id);
      expect(await session.whileHeld('records', lost.id, rescue)).not.toContain(lost.id);
      expect(await rescue()).toContain(lost.id);
      const update = () => executions().update(own, succeeded(own));
      await expect(session.whileHeld('records', own.id, update)).rejects.toThrow(DatabaseBusyError);
      expect(await update()).toBe(true);
    });

    it('an edit that ends overlaps passes over a run whose record is held, and marks the one before it', async () => {
      const { jobId } = await armJob(session.database, { overlapPolicy: 'allow' });
      const [older, newest] = [sampleRun({ jobId }), sampleRun({ jobId })];
      for (const run of [older, newest]) await executions().create(run);
      const edit = () => ports().configs.upsert(sampleSpec({ jobId, overlapPolicy: 'skip' }), { actor: 'test' });
      await session.whileHeld('records', newest.id, edit);
      expect(await claims().getExclusive('instance-a', [older.id, newest.id])).toEqual(new Set([older.id]));
    });

    it('update() of a run that is tried again waits for its configuration, of another for none', async () => {
      const { jobId } = await armJob(session.database);
      const [tried, other] = [sampleRun({ jobId, maxAttempts: 2 }), sampleRun({ jobId })];
      for (const run of [tried, other]) await executions().create(run);
      const update = () => executions().update(tried, failed(tried, { retryAfterMs: 0 }));
      await expect(session.whileHeld('configs', jobId, update)).rejects.toThrow(DatabaseBusyError);
      expect(await session.whileHeld('configs', jobId, () => executions().update(other, succeeded(other)))).toBe(true);
      expect(await update()).toBe(true);
      expect(await pendingRunsOf(session.database, jobId)).toMatchObject([{ attempt: 2 }]);
    });

    it('add() and addRetry() say that the configuration is held, and what they asked for does not come later', async () => {
      const { jobId } = await armJob(session.database);
      const [run, { pending }] = [sampleRun({ jobId }), ports()];
      await executions().create(run);
      await executions().update(run, succeeded(run));
      const by = { jobId, reason: null, actor: 'tom' };
      const orders = [
        () => pending.add({ ...by, id: randomUUID(), trigger: 'manual', jobKwargs: {} }),
        () => pending.addRetry({ ...by, id: randomUUID(), executionId: run.id }),
      ];
      for (const order of orders)
        await expect(session.whileHeld('configs', jobId, order)).rejects.toThrow(DatabaseBusyError);
      expect(await pendingRunsOf(session.database, jobId)).toEqual([]);
      for (const order of orders) await order();
      expect(await pendingRunsOf(session.database, jobId)).toHaveLength(2);
    });
  });
