/** What was sent long ago claims nothing, and what waits or hangs ends: however long a statement is on its way. */
import { randomUUID } from 'node:crypto';
import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseBusyError } from '../../src/modules/foundation/domain/errors.ts';
import type { JobConfig } from '../../src/modules/foundation/domain/job-config.ts';
import type { Run } from '../../src/modules/foundation/domain/run.ts';
import type { Database } from '../../src/modules/foundation/infrastructure/persistence/database.ts';
import { PostgresDatabase } from '../../src/modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import { PostgresAheadClaims } from '../../src/modules/foundation/infrastructure/persistence/postgres-ahead-claims.ts';
import { PostgresBackfills } from '../../src/modules/foundation/infrastructure/persistence/postgres-backfills.ts';
import { PostgresCancellations } from '../../src/modules/foundation/infrastructure/persistence/postgres-cancellations.ts';
import { PostgresEventLedger } from '../../src/modules/foundation/infrastructure/persistence/postgres-event-ledger.ts';
import { PostgresFireClaims } from '../../src/modules/foundation/infrastructure/persistence/postgres-fire-claims.ts';
import { PostgresHistoryPruner } from '../../src/modules/foundation/infrastructure/persistence/postgres-history-pruner.ts';
import { PostgresInstances } from '../../src/modules/foundation/infrastructure/persistence/postgres-instances.ts';
import { PostgresJobPauses } from '../../src/modules/foundation/infrastructure/persistence/postgres-job-pauses.ts';
import { PostgresJobRemovals } from '../../src/modules/foundation/infrastructure/persistence/postgres-job-removals.ts';
import { PostgresOutageSettlements } from '../../src/modules/foundation/infrastructure/persistence/postgres-outage-settlements.ts';
import { PostgresPendingRuns } from '../../src/modules/foundation/infrastructure/persistence/postgres-pending-runs.ts';
import { PostgresRunOutputs } from '../../src/modules/foundation/infrastructure/persistence/postgres-run-outputs.ts';
import { PostgresUnclaimedLedger } from '../../src/modules/foundation/infrastructure/persistence/postgres-unclaimed-ledger.ts';
import { SchedulerExecutionLogRepository } from '../../src/modules/foundation/infrastructure/persistence/scheduler-execution-log-repository.ts';
import { SchedulerJobConfigRepository } from '../../src/modules/foundation/infrastructure/persistence/scheduler-job-config-repository.ts';
import { portsOn } from '../support/database-foundation.ts';
import { createMigratedDatabase, describeOnEveryStore } from '../support/databases.ts';
import { armJob, dueFire, sampleRun, sampleSpec, saveJob, succeeded } from './samples.ts';

const LEASE_MS = 60_000;
const newInstance = () => ({
  ...{ id: randomUUID(), hostname: 'host', runtime: 'node', version: '0', startedAt: new Date() },
});

describeOnEveryStore('a claim that was sent before the lease was renewed', (database) => {
  const ports = () => portsOn(database());

  /** An instance that renews its lease so often after it has sent a claim. */
  async function sentBefore(times: number) {
    const [instance, { instances }] = [newInstance(), ports()];
    const { renewals } = await instances.renew(instance, LEASE_MS);
    for (let renewed = 0; renewed < times; renewed += 1) await instances.renew(instance, LEASE_MS);
    return { instanceId: instance.id, renewals };
  }

  it('renew() counts, for each instance from 1', async () => {
    const [instance, other] = [newInstance(), newInstance()];
    const renew = async (of: typeof instance) => (await ports().instances.renew(of, LEASE_MS)).renewals;
    expect([await renew(instance), await renew(instance), await renew(other), await renew(instance)]).toEqual([
      1, 2, 1, 3,
    ]);
  });

  it.each([
    { times: 0, isClaimed: true },
    { times: 1, isClaimed: true },
    { times: 2, isClaimed: false },
    { times: 9, isClaimed: false },
  ])('$times times: an occurrence and a waiting run are claimed: $isClaimed', async ({ times, isClaimed }) => {
    const { instanceId, renewals } = await sentBefore(times);
    const config = await armJob(database());
    const { runs, moved } = await ports().claims.claim(instanceId, [dueFire(config)], { renewals });
    expect([runs.length, moved.size]).toEqual(isClaimed ? [1, 1] : [0, 0]);
    const { jobId } = await saveJob(database());
    const order = { trigger: 'manual', jobKwargs: {}, reason: null, actor: 'tom' } as const;
    const { id } = await ports().pending.add({ ...order, id: randomUUID(), jobId });
    const claimed = await ports().pending.claim(instanceId, { handlers: [jobId], limit: 10, renewals });
    expect(claimed.runs.map((run) => run.id)).toEqual(isClaimed ? [id] : []);
    expect(await ports().pending.getById(id)).toEqual(isClaimed ? null : expect.objectContaining({ id }));
  });
});

describe('a statement of somebody who has vanished', () => {
  /** Of one connection, that others wait for. */
  let session: PostgresDatabase;
  let server: PostgresDatabase;
  let claims: PostgresFireClaims;
  const limits: unknown[] = [];

  /** Runs each statement in a transaction, notes what it may last there, and takes it back. */
  const noting = {
    rows: async (statement: SQL) => {
      await session.rows(sql`begin`);
      try {
        const rows = await session.rows(statement);
        limits.push(
          ...(await session.rows(sql`
            select current_setting('lock_timeout') as lock, current_setting('transaction_timeout') as whole`)),
        );
        return rows;
      } finally {
        await session.rows(sql`rollback`);
      }
    },
  } as unknown as Database;

  beforeAll(async () => {
    const url = await createMigratedDatabase();
    session = new PostgresDatabase({ url, maxConnections: 1 });
    server = new PostgresDatabase({ url });
    claims = new PostgresFireClaims(server);
    await Promise.all([session.open(), server.open()]);
  });
  afterAll(async () => {
    await Promise.all([session.close(), server.close()]);
  });

  type Work = (run: Run, config: JobConfig) => Promise<unknown>;
  const by = { actor: 'tom' };
  const works: Record<string, Work> = {
    'claims occurrences': (_, config) => new PostgresFireClaims(noting).claim('instance-a', [dueFire(config)]),
    'claims waiting runs': (_, { jobId }) =>
      new PostgresPendingRuns(noting).claim('instance-a', { handlers: [jobId], limit: 1 }),
    'confirms all': async () => {
      const [row] = await server.rows<{ tick: number }>(
        sql`select last_value::int as tick from scheduler_revision_seq`,
      );
      const order = { dueAt: new Date(0), leaseMs: LEASE_MS, tick: row!.tick, renewals: 0 };
      return new PostgresAheadClaims(noting).confirmAll('instance-a', order);
    },
    'confirms each': (run, config) =>
      new PostgresAheadClaims(noting).confirmEach('instance-a', { dueAt: new Date(0), leaseMs: LEASE_MS }, [
        { run, config, nextFireAt: null, renewals: 0 },
      ]),
    'gives back': (run, config) =>
      new PostgresAheadClaims(noting).giveBack('instance-a', [{ run, config, nextFireAt: null, renewals: 0 }]),
    'gives back of the dead': () => new PostgresAheadClaims(noting).giveBackOfDead('instance-a'),
    'records outcomes': (run) => new SchedulerExecutionLogRepository(noting).update(run, succeeded(run)),
    'writes output': ({ id }) =>
      new PostgresRunOutputs(noting).write({ executionId: id, instanceId: 'instance-a', progress: null, lines: [] }),
    rescues: () => new PostgresInstances(noting).rescue('instance-a'),
    prunes: () =>
      new PostgresHistoryPruner(noting).prune({ olderThan: null, keepLast: 9, signal: new AbortController().signal }),
    'adds a run': (_, { jobId }) =>
      new PostgresPendingRuns(noting).add({
        ...{ ...by, jobId, reason: null },
        id: randomUUID(),
        trigger: 'manual',
        jobKwargs: {},
      }),
    'adds a retry': ({ id, jobId }) =>
      new PostgresPendingRuns(noting).addRetry({
        ...{ ...by, jobId, reason: null },
        id: randomUUID(),
        executionId: id,
      }),
    'renews a lease': () => new PostgresInstances(noting).renew(newInstance(), LEASE_MS),
    'gives up a lease': () => new PostgresInstances(noting).release('instance-a'),
    'tells what passes unclaimed': (_, { jobId, revision }) =>
      new PostgresUnclaimedLedger(noting).tell(
        [{ ...{ revision, cursor: null, from: new Date(0) }, event: { type: 'job.unresolved', jobId, key: jobId } }],
        LEASE_MS,
      ),
    'writes events': (_, { jobId }) => new PostgresEventLedger(noting).append([{ type: 'job.unresolved', jobId }]),
    settles: (_, config) =>
      new PostgresOutageSettlements(noting).settle('instance-a', [
        { config, firstDueAt: new Date(), ended: [], active: [], waiting: [], events: [] },
      ]),
    cancels: ({ id }) => new PostgresCancellations(noting).request({ executionId: id, actor: 'tom', reason: 'r' }),
    saves: (_, { jobId }) => new SchedulerJobConfigRepository(noting).upsert(sampleSpec({ jobId }), { actor: 'tom' }),
    pauses: (_, { jobId }) => new PostgresJobPauses(noting).pause({ ...by, jobId, reason: null, until: null }),
    removes: (_, { jobId }) => new PostgresJobRemovals(noting).remove({ ...by, jobId }),
    backfills: (_, { jobId }) =>
      new PostgresBackfills(noting).add({
        ...{ ...by, jobId, reason: null, includeCompleted: false },
        ...{ occurrences: [], range: { from: new Date(0), to: new Date(1) } },
      }),
  };

  it.each(Object.entries(works))('waits 4 s for a lock and lasts 15 s where it %s', async (_name, work) => {
    const config = await armJob(server);
    const run = sampleRun({ jobId: config.jobId });
    await new SchedulerExecutionLogRepository(server).create(run);
    limits.length = 0;
    await work(run, config);
    expect(limits).toEqual([{ lock: '4s', whole: '15s' }]);
  });

  it('a rescue leaves a run of which somebody holds the job for later, and waits for him with no other', async () => {
    const configs = [await armJob(server, { onLost: 'retry' }), await armJob(server, { onLost: 'retry' })];
    const { executions, instances, configs: jobs, pending } = portsOn(server);
    const runs = configs.map(({ jobId }) => sampleRun({ jobId, instanceId: 'gone' }));
    for (const run of runs) await executions.create(run);
    const rescue = async () => {
      const { lost } = await instances.rescue('rescuer');
      return lost.map(({ id }) => id).filter((id) => runs.some((run) => run.id === id));
    };
    await session.rows(sql`begin`);
    await session.rows(sql`select from scheduler_job_config where job_id = ${runs[0]!.jobId} for update`);
    expect(await rescue()).toEqual([runs[1]!.id]);
    await session.rows(sql`rollback`);
    expect(await rescue()).toEqual([runs[0]!.id]);
    for (const { jobId, startedAt } of runs) {
      expect(await jobs.getByJobId(jobId)).toMatchObject({ lastRunAt: startedAt, lastSuccessAt: null });
      expect(await pending.getReady({ handlers: [jobId], limit: 9 })).toHaveLength(1);
    }
  });

  it('a claim waits for nobody who holds the record of a run that goes on, and skips its job as it would', async () => {
    const [held, free] = [await armJob(server), await armJob(server)];
    const run = sampleRun({ jobId: held.jobId });
    await new SchedulerExecutionLogRepository(server).create(run);
    await session.rows(sql`begin`);
    await session.rows(sql`update scheduler_execution_log set result = null where id = ${run.id}`);
    const { runs, moved } = await claims.claim('instance-a', [dueFire(held), dueFire(free)]);
    await session.rows(sql`rollback`);
    expect(runs.map(({ jobId }) => jobId)).toEqual([free.jobId]);
    expect(moved).toEqual(new Set([held.jobId, free.jobId]));
    const [event] = await new PostgresEventLedger(server).getRecent(1, held.jobId);
    expect(event).toMatchObject({ type: 'occurrence.skipped', detail: { cause: 'overlap' } });
  });

  it('a claim that waits for a record that nobody knows of yet fails, and has claimed nothing', async () => {
    const config = await armJob(server);
    await session.rows(sql`begin`);
    await session.rows(sql`
      insert into scheduler_execution_log (job_id, started_at, status, scheduled_at, trigger, instance_id, is_exclusive)
      values (${config.jobId}, now(), 'RUNNING', '2020-01-01', 'manual', 'vanished', true)`);
    await expect(claims.claim('instance-a', [dueFire(config)])).rejects.toThrow(DatabaseBusyError);
    await session.rows(sql`rollback`);
    expect((await claims.claim('instance-a', [dueFire(config)])).runs).toHaveLength(1);
  });
});
