/** The port ExecutionLogRepository, on each database and the testing kit's store. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/modules/foundation/domain/json.ts';
import type { Execution } from '../../src/modules/foundation/domain/run.ts';
import { SchedulerExecutionLogRepository } from '../../src/modules/foundation/infrastructure/persistence/scheduler-execution-log-repository.ts';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { failed, sampleRun, saveJob, succeeded } from './samples.ts';

const ID = randomUUID();

describeOnEveryStore('ExecutionLogRepository', (database, onDatabases) => {
  const repository = () => portsOn(database()).executions;

  describe('create()', () => {
    it('writes a RUNNING record', async () => {
      const run = sampleRun();
      await repository().create(run);
      expect(await repository().getById(run.id)).toEqual({
        ...run,
        status: 'RUNNING',
        claimedAt: null,
        finishedAt: null,
        durationMs: null,
        errorMessage: null,
        errorStack: null,
        failureReason: null,
        result: null,
        progress: null,
      } satisfies Execution);
    });

    it('changes nothing when the run is written again, at once or later', async () => {
      const log = repository();
      const run = sampleRun();
      await Promise.all([log.create(run), log.create(run)]);
      await log.update(run, succeeded(run));
      await log.create({ ...run, maxAttempts: 9 });
      expect(await log.getById(run.id)).toMatchObject({ status: 'SUCCESS', maxAttempts: 1 });
      expect(await log.getRecentByJobId(run.jobId, 10)).toHaveLength(1);
    });

    it('writes what runs beside an exclusive run too', async () => {
      const { jobId } = await saveJob(database());
      const log = repository();
      const runs = [sampleRun({ jobId }), sampleRun({ jobId }), sampleRun({ jobId })];
      await Promise.all(runs.slice(1).map((run) => log.create(run)));
      await log.create(runs[0]!);
      expect(await log.getRecentByJobId(jobId, 10)).toHaveLength(3);
    });
  });

  describe('update()', () => {
    it('writes success with its result, and the last run of the job', async () => {
      const { jobId, revision } = await saveJob(database());
      const run = sampleRun({ jobId });
      await repository().create(run);
      expect(await repository().update(run, succeeded(run, { rows: [1, 2], text: '"quoted"' }))).toBe(true);
      expect(await repository().getById(run.id)).toMatchObject({
        status: 'SUCCESS',
        durationMs: 250,
        finishedAt: new Date(run.startedAt.getTime() + 250),
        result: { rows: [1, 2], text: '"quoted"' },
      });
      expect(await portsOn(database()).configs.getByJobId(jobId)).toMatchObject({
        lastRunAt: run.startedAt,
        revision,
      });
    });

    it.each([null, 'text', '123', 'null', 12.5, false, [], [null], {}])(
      'reads the result %j back as it was',
      async (result) => {
        const run = sampleRun();
        await repository().create(run);
        await repository().update(run, succeeded(run, result));
        expect((await repository().getById(run.id))?.result).toEqual(result);
      },
    );

    it('writes a failure with its reason', async () => {
      const run = sampleRun();
      await repository().create(run);
      const outcome = failed(run, { failureReason: 'TIMEOUT', errorStack: 'Error: it broke\n  at …' });
      expect(await repository().update(run, outcome)).toBe(true);
      expect(await repository().getById(run.id)).toMatchObject(outcome);
    });

    it('is fenced: not of another instance, not what is finished, not what is not there', async () => {
      const log = repository();
      const run = sampleRun();
      await log.create(run);
      expect(await log.update({ ...run, instanceId: 'instance-b' }, succeeded(run))).toBe(false);
      expect(await log.update(sampleRun(), succeeded(run))).toBe(false);
      expect(await log.update(run, failed(run))).toBe(true);
      expect(await log.update(run, succeeded(run))).toBe(false);
      expect(await log.getById(run.id)).toMatchObject({ status: 'FAILED' });
    });

    it('answers the same when the same outcome is reported again', async () => {
      const log = repository();
      const run = sampleRun();
      await log.create(run);
      expect(await log.update(run, succeeded(run))).toBe(true);
      expect(await log.update(run, succeeded(run))).toBe(true);
    });

    it('never moves the last run back', async () => {
      const { jobId } = await saveJob(database(), { overlapPolicy: 'allow' });
      const log = repository();
      const [older, newer] = [sampleRun({ jobId }), sampleRun({ jobId })];
      await Promise.all([log.create(older), log.create(newer)]);
      await log.update(newer, succeeded(newer));
      await log.update(older, succeeded(older));
      const config = await portsOn(database()).configs.getByJobId(jobId);
      expect(config?.lastRunAt).toEqual(newer.startedAt);
    });

    onDatabases('cleans arguments that PostgreSQL cannot hold', async () => {
      const run = sampleRun({ jobKwargs: { 'k\u0000': 'v\uD800', kept: String.raw`\u0000 \\u0000` } });
      await repository().create(run);
      const kept = { 'k\uFFFD': 'v\uFFFD', kept: String.raw`\u0000 \\u0000` };
      expect((await repository().getById(run.id))?.jobKwargs).toEqual(kept);
    });

    it('cuts and cleans an error that PostgreSQL cannot hold', async () => {
      const run = sampleRun();
      const hostile = `a\u0000b\uDFFF${'界'.repeat(100_000)}`;
      await repository().create(run);
      expect(await repository().update(run, failed(run, { errorMessage: hostile, errorStack: hostile }))).toBe(true);
      const found = await repository().getById(run.id);
      expect(found?.errorMessage).toMatch(/^a\uFFFDb\uFFFD界+… \(cut; 100004 characters in all\)$/);
      expect(Buffer.byteLength(found?.errorMessage ?? '')).toBeLessThanOrEqual(8 * 1024);
    });

    it('stores a result of 64 Ki characters whole, and of a larger one the beginning of its JSON', async () => {
      const stored = async (result: Json) => {
        const run = sampleRun();
        await repository().create(run);
        expect(await repository().update(run, succeeded(run, result))).toBe(true);
        return (await repository().getById(run.id))?.result;
      };
      // JSON puts a text between quotes.
      const largest = 'x'.repeat(64 * 1024 - 2);
      expect(await stored(largest)).toBe(largest);
      expect(await stored(`${largest}x`)).toMatchObject({ truncated: true, characters: 64 * 1024 + 1 });
      const cut = await stored({ rows: '界'.repeat(300_000) });
      expect(cut).toEqual({ truncated: true, characters: 300_011, start: expect.any(String) });
      const { start } = cut as { start: string };
      expect(start).toMatch(/^\{"rows":"界+… \(cut; 300011 characters in all\)$/);
      expect(Buffer.byteLength(start)).toBeLessThanOrEqual(8 * 1024);
    });
  });

  onDatabases('writes many at once, and a poison row fails alone', async () => {
    const log = repository();
    const runs = Array.from({ length: 700 }, () => sampleRun());
    const poison = sampleRun({ id: 'not a uuid' });
    const created = await Promise.allSettled(
      [...runs.slice(0, 20), poison, ...runs.slice(20)].map((run) => log.create(run)),
    );
    expect(created.filter((result) => result.status === 'rejected')).toHaveLength(1);
    expect(created[20]).toMatchObject({ status: 'rejected', reason: { code: 'DATABASE_STATEMENT' } });
    expect(await Promise.all(runs.map((run) => log.update(run, succeeded(run))))).toEqual(runs.map(() => true));
  });

  onDatabases('writers on several replicas do not lock each other out', async () => {
    const jobs = await Promise.all(Array.from({ length: 12 }, () => saveJob(database(), { overlapPolicy: 'allow' })));
    const replicas = Array.from({ length: 4 }, () => new SchedulerExecutionLogRepository(database()));
    const rounds = replicas.map(async (log, replica) => {
      for (let round = 0; round < 10; round += 1) {
        const order = (replica + round) % 2 === 0 ? jobs : jobs.toReversed();
        const runs = order.map(({ jobId }) =>
          sampleRun({ jobId, instanceId: `replica-${replica}`, scheduledAt: new Date(1e12 + replica * 1e6 + round) }),
        );
        await Promise.all(runs.map((run) => log.create(run)));
        const written = await Promise.all(runs.map((run) => log.update(run, succeeded(run))));
        expect(written.every(Boolean)).toBe(true);
      }
    });
    await Promise.all(rounds);
  });

  describe('reading', () => {
    it('getRecentByJobId() gives the newest first, no more than asked', async () => {
      const jobId = `job-${randomUUID()}`;
      const runs = Array.from({ length: 4 }, () => sampleRun({ jobId }));
      const log = repository();
      await Promise.all(runs.map((run) => log.create(run)));
      const found = await log.getRecentByJobId(jobId, 3);
      expect(found.map(({ id }) => id)).toEqual([runs[3]!.id, runs[2]!.id, runs[1]!.id]);
    });

    it('getById() is null for what is no id at all', async () => {
      expect(await repository().getById('nonsense')).toBeNull();
      expect(await repository().getById(randomUUID())).toBeNull();
    });

    onDatabases('lastSuccessAt() is the newest success of a job, though its record is pruned', async () => {
      const { jobId } = await saveJob(database());
      const log = repository();
      expect(await log.lastSuccessAt(jobId)).toBeNull();
      const [good, bad] = [sampleRun({ jobId }), sampleRun({ jobId })];
      await Promise.all([log.create(good), log.create(bad)]);
      await Promise.all([log.update(good, succeeded(good)), log.update(bad, failed(bad))]);
      expect(await log.lastSuccessAt(jobId)).toEqual(succeeded(good).finishedAt);
      await database().rows(sql`delete from scheduler_execution_log where job_id = ${jobId}`);
      const early = sampleRun({ jobId, scheduledAt: new Date(0), startedAt: new Date(0) });
      await log.create(early);
      await log.update(early, succeeded(early));
      expect(await log.lastSuccessAt(jobId)).toEqual(succeeded(good).finishedAt);
    });

    it('list() pages through all, the same instant included, and filters', async () => {
      const jobId = `job-${randomUUID()}`;
      const startedAt = new Date('2026-03-04T05:06:07.890Z');
      const log = repository();
      const runs = Array.from({ length: 5 }, (_, at) =>
        sampleRun({ jobId, startedAt, trigger: at === 0 ? 'manual' : 'schedule' }),
      );
      await Promise.all(runs.map((run) => log.create(run)));
      await log.update(runs[1]!, succeeded(runs[1]!));
      const paged: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await log.list({ limit: 2, jobId, ...(cursor === undefined ? {} : { cursor }) });
        paged.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
      }
      expect(paged.toSorted()).toEqual(runs.map(({ id }) => id).toSorted());
      const count = async (query: object) => (await log.list({ limit: 10, jobId, ...query })).items.length;
      expect(await count({ status: 'SUCCESS' })).toBe(1);
      expect(await count({ trigger: 'manual' })).toBe(1);
      expect(await count({ from: startedAt })).toBe(5);
      expect(await count({ to: startedAt })).toBe(0);
    });

    for (const cursor of ['x', btoa('["yesterday","a"]'), btoa(JSON.stringify(['2026-13-45T00:00:00.000Z', ID]))])
      onDatabases(`list() refuses the cursor ${cursor}`, async () => {
        await expect(repository().list({ limit: 5, cursor })).rejects.toMatchObject({ errors: [{ path: 'cursor' }] });
      });
  });
});
