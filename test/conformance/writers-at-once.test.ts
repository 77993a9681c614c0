/** Who claims and who records, at once and of the same jobs, each with a pool of its own: only where there is a server. */
import { type SQL, sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobConfig } from '../../src/modules/foundation/domain/job-config.ts';
import type { Run } from '../../src/modules/foundation/domain/run.ts';
import type { Database } from '../../src/modules/foundation/infrastructure/persistence/database.ts';
import { PostgresDatabase } from '../../src/modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import { PostgresFireClaims } from '../../src/modules/foundation/infrastructure/persistence/postgres-fire-claims.ts';
import { SchedulerExecutionLogRepository } from '../../src/modules/foundation/infrastructure/persistence/scheduler-execution-log-repository.ts';
import { SchedulerJobConfigRepository } from '../../src/modules/foundation/infrastructure/persistence/scheduler-job-config-repository.ts';
import { createMigratedDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { armJob, DUE_AT, dueFire, failed, pendingRunsOf, sampleRun, succeeded } from './samples.ts';

const ROUNDS = 30;
const JOBS = 60;
const LATER = new Date('2026-01-02T03:05:00.000Z');

let client: ReturnType<typeof postgres>;
let databases: PostgresDatabase[] = [];
const refused: unknown[] = [];

/** Notes what the database refuses, a deadlock among it, before anybody tries it again. */
function noting(database: Database): Database {
  return Object.assign(Object.create(database) as Database, {
    query: (work: Parameters<Database['query']>[0]) => database.query(work),
    rows: async (statement: SQL) => {
      try {
        return await database.rows(statement);
      } catch (error) {
        refused.push(error);
        throw error;
      }
    },
  });
}

beforeAll(async () => {
  const url = await createMigratedDatabase();
  client = postgres(url, { max: 1, onnotice: () => undefined });
  databases = ['a', 'b', 'c'].map(() => new PostgresDatabase({ url }));
  await Promise.all(databases.map((database) => database.open()));
});
afterAll(async () => {
  await Promise.all(databases.map((database) => database.close()));
  await client.end({ timeout: 1 });
});

const log = (of: number) => new SchedulerExecutionLogRepository(noting(databases[of]!));
const claims = (of: number) => new PostgresFireClaims(noting(databases[of]!));
const shuffled = <Item>(items: readonly Item[]): Item[] =>
  items
    .map((item) => ({ item, key: Math.random() }))
    .toSorted((one, other) => one.key - other.key)
    .map(({ item }) => item);
const armAll = (count = JOBS) =>
  Promise.all(Array.from({ length: count }, () => armJob(databases[0]!, { overlapPolicy: 'allow' })));

/** What `work` does is done by others while this transaction holds what it has locked; it ends when they wait for it. */
async function whileLocked<T>(
  lock: (other: postgres.TransactionSql) => Promise<unknown>,
  work: () => Promise<T>,
  { meanwhile = async () => undefined, waiters = 1 }: { meanwhile?: () => Promise<unknown>; waiters?: number } = {},
): Promise<T> {
  const { promise: answer, resolve } = Promise.withResolvers<T>();
  await client.begin(async (other) => {
    await lock(other);
    const working = work();
    await eventually(async () => {
      const [row] = await other`select count(*)::int as waiting from pg_locks where not granted`;
      expect(row?.['waiting']).toBeGreaterThanOrEqual(waiters);
    });
    await meanwhile();
    resolve(working);
  });
  return await answer;
}

describe('update()', () => {
  it('by several instances of the same jobs, in opposite orders, never blocks in a circle and loses nothing', async () => {
    const configs = await armAll();
    const jobs = new SchedulerJobConfigRepository(databases[0]!);
    const logs = [0, 1, 2].map(log);
    for (let round = 0; round < ROUNDS; round += 1) {
      const runs = ['a', 'b', 'c'].map((name) =>
        configs.map(({ jobId }) => sampleRun({ jobId, instanceId: `instance-${name}` })),
      );
      await Promise.all(runs.flat().map((run) => log(0).create(run)));
      const answers = await Promise.all(
        runs.map(async (own, of) => {
          const repository = logs[of]!;
          const ordered = of === 0 ? own : of === 1 ? own.toReversed() : shuffled(own);
          return Promise.all(
            ordered.map((run, at) => repository.update(run, at % 7 === 0 ? failed(run) : succeeded(run))),
          );
        }),
      );
      expect(answers.flat().every(Boolean)).toBe(true);
      const newest = runs[2]!.at(-1)!;
      for (const one of logs) await one.writeLastRuns();
      expect((await jobs.getByJobId(newest.jobId))?.lastRunAt).toEqual(newest.startedAt);
    }
    const [row] = await client`select count(*)::int as open from scheduler_execution_log where status = 'RUNNING'`;
    expect(row?.['open']).toBe(0);
    expect(refused).toEqual([]);
  });

  it('records the outcome of a run whose record was changed while its lock was waited for', async () => {
    const [config] = await armAll(1);
    const runs = [1, 2, 3].map(() => sampleRun({ jobId: config!.jobId }));
    await Promise.all(runs.map((run) => log(0).create(run)));
    const answers = await whileLocked(
      (other) => other`update scheduler_execution_log set progress = '{"fraction": 1}' where id = ${runs[1]!.id}`,
      () => {
        const repository = log(0);
        return Promise.all(runs.map((run) => repository.update(run, succeeded(run))));
      },
    );
    expect(answers).toEqual([true, true, true]);
    for (const run of runs) expect(await log(0).getById(run.id)).toMatchObject({ status: 'SUCCESS' });
    expect(await log(0).getById(runs[1]!.id)).toMatchObject({ progress: { fraction: 1 } });
  });

  it('records nothing of a run that was taken away while its lock was waited for', async () => {
    const [config] = await armAll(1);
    const run = sampleRun({ jobId: config!.jobId });
    await log(0).create(run);
    const isRecorded = await whileLocked(
      (other) =>
        other`update scheduler_execution_log set status = 'FAILED', failure_reason = 'LOST' where id = ${run.id}`,
      () => log(0).update(run, succeeded(run)),
    );
    expect(isRecorded).toBe(false);
    expect(await log(0).getById(run.id)).toMatchObject({ status: 'FAILED', failureReason: 'LOST' });
  });

  it('a report that is sent again while the first one waits is answered as that one is, and written once', async () => {
    const [config] = await armAll(1);
    for (const report of [succeeded, failed]) {
      const run = sampleRun({ jobId: config!.jobId, maxAttempts: 2 });
      const outcome = { ...report(run), retryAfterMs: 60_000 };
      await log(0).create(run);
      const answers = await whileLocked(
        (other) => other`select from scheduler_execution_log where id = ${run.id} for update`,
        () => Promise.all([log(0).update(run, outcome), log(1).update(run, outcome)]),
        { waiters: 2 },
      );
      expect(answers).toEqual([true, true]);
    }
    const [row] = await client`select count(*)::int as next from scheduler_pending_run where job_id = ${config!.jobId}`;
    expect(row?.['next']).toBe(1);
  });

  it('waits for nobody who edits a job, and writes its last run when he has done so', async () => {
    const [edited, other, untouched] = await armAll(3);
    const runs: Run[] = [edited!, other!, untouched!].map(({ jobId }) => sampleRun({ jobId, maxAttempts: 2 }));
    await Promise.all(runs.map((run) => log(0).create(run)));
    const jobs = new SchedulerJobConfigRepository(databases[0]!);
    const lastRuns = async () =>
      (await Promise.all(runs.map(({ jobId }) => jobs.getByJobId(jobId)))).map((job) => job!.lastRunAt);
    const repository = log(0);
    await client.begin(async (tx) => {
      await tx`update scheduler_job_config set notes = 'edited' where job_id = ${edited!.jobId}`;
      await tx`update scheduler_job_config set last_run_at = '2001-01-01' where job_id = ${other!.jobId}`;
      const answers = runs.map((run, at) =>
        repository.update(run, at === 1 ? failed(run, { retryAfterMs: 0 }) : succeeded(run)),
      );
      expect(await Promise.all(answers)).toEqual([true, true, true]);
      await repository.writeLastRuns();
      expect(await lastRuns()).toEqual([null, null, runs[2]!.startedAt]);
    });
    await repository.writeLastRuns();
    expect(await lastRuns()).toEqual(runs.map(({ startedAt }) => startedAt));
    const [ofEdited, , ofUntouched] = runs.map((run) => succeeded(run).finishedAt);
    expect(await jobs.getByJobId(edited!.jobId)).toMatchObject({ notes: 'edited', lastSuccessAt: ofEdited });
    expect(await jobs.getByJobId(other!.jobId)).toMatchObject({ lastSuccessAt: null });
    expect(await jobs.getByJobId(untouched!.jobId)).toMatchObject({ lastSuccessAt: ofUntouched });
    expect(await pendingRunsOf(databases[0]!, other!.jobId)).toMatchObject([{ attempt: 2 }]);
    expect(refused).toEqual([]);
  });
});

describe('claim()', () => {
  it('by several instances of the same cursors, in opposite orders, never blocks in a circle, and each goes to one', async () => {
    const configs = await armAll();
    const rearm = (at: Date) => client`update scheduler_job_cursor set next_fire_at = ${at}`;
    const fireOf = (config: JobConfig, round: number) => {
      const scheduledAt = new Date(DUE_AT.getTime() + round * 1_000);
      const run = { ...dueFire(config).run!, scheduledAt };
      return dueFire(config, { dueAt: scheduledAt, run });
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      await rearm(new Date(DUE_AT.getTime() + round * 1_000));
      const orders = [configs, configs.toReversed(), shuffled(configs)];
      const answers = await Promise.all(
        orders.map((order, of) =>
          claims(of).claim(
            `claimer-${of}`,
            order.map((config) => fireOf(config, round)),
          ),
        ),
      );
      const moved = answers.flatMap((answer) => [...answer.moved]);
      const started = answers.flatMap((answer) => answer.runs.map(({ jobId }) => jobId));
      const all = configs.map(({ jobId }) => jobId).toSorted();
      expect(moved.toSorted()).toEqual(all);
      expect(started.toSorted()).toEqual(all);
    }
    expect(refused).toEqual([]);
  });

  it('moves a cursor that was changed, and says what it said, after the claim had begun', async () => {
    const configs = (await armAll(2)).toSorted((one, other) => (one.jobId < other.jobId ? -1 : 1));
    const [first, second] = configs as [JobConfig, JobConfig];
    // The claim waits to learn whether another records the first job's occurrence, and has not come to the second yet.
    const { runs, moved } = await whileLocked(
      (other) => other`
        insert into scheduler_execution_log (job_id, started_at, scheduled_at, status)
        values (${first.jobId}, ${DUE_AT}, ${DUE_AT}, 'SUCCESS')`,
      () =>
        claims(0).claim(
          'instance-a',
          configs.map((config) => dueFire(config)),
        ),
      {
        meanwhile: () =>
          databases[1]!.rows(sql`
            update scheduler_job_cursor set next_fire_at = next_fire_at where job_id = ${second.jobId}`),
      },
    );
    expect(runs.map(({ jobId }) => jobId)).toEqual([second.jobId]);
    expect(moved).toEqual(new Set([first.jobId, second.jobId]));
    for (const cursor of await claims(0).getCursors([...moved])) expect(cursor.nextFireAt).toEqual(LATER);
  });
});

it('an edit that ends overlaps is not refused because a run that keeps others away is just being started', async () => {
  const [{ jobId }] = (await armAll(1)) as [JobConfig];
  const run = sampleRun({ jobId });
  await log(0).create(run);
  await whileLocked(
    (other) => other`
      insert into scheduler_execution_log (job_id, started_at, scheduled_at, status, is_exclusive)
      values (${jobId}, ${DUE_AT}, ${DUE_AT}, 'RUNNING', true)`,
    () => databases[0]!.rows(sql`update scheduler_job_config set overlap_policy = 'skip' where job_id = ${jobId}`),
  );
  expect(await claims(0).getExclusive(run.instanceId, [run.id])).toEqual(new Set());
});
