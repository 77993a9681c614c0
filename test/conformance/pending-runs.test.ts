/** The port PendingRuns, on each database and the testing kit's store. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { type NewPendingRun, SCHEDULER_ACTOR } from '../../src/modules/foundation/application/ports/pending-runs.ts';
import { JobNotFoundError } from '../../src/modules/foundation/domain/errors.ts';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { KitDatabase } from '../support/kit-database.ts';
import { holdLeases, sampleRun, saveJob, succeeded } from './samples.ts';

function newRun(jobId: string, over: Partial<NewPendingRun> = {}): NewPendingRun {
  return { id: randomUUID(), jobId, trigger: 'manual', jobKwargs: {}, reason: null, actor: 'operator', ...over };
}

describeOnEveryStore('PendingRuns', (database, onDatabases) => {
  const pending = () => portsOn(database()).pending;
  const executions = () => portsOn(database()).executions;
  const claimBy = async (instanceId: string, handlers: readonly string[], limit = 100) => {
    await holdLeases(database(), [instanceId]);
    return (await pending().claim(instanceId, { handlers, limit })).runs;
  };
  const claim = (jobId: string, limit = 100) => claimBy('instance-a', [jobId], limit);

  describe('add()', () => {
    it('keeps it waiting, with its audit event', async () => {
      const { jobId } = await saveJob(database());
      const before = await database().now();
      const run = newRun(jobId, { jobKwargs: { apiKey: 'k', n: 1 }, reason: 'because' });
      const added = await pending().add(run);
      expect(added).toMatchObject({ ...run, attempt: 1 });
      expect(added.scheduledAt.getTime()).toBeGreaterThanOrEqual(Math.floor(before));
      expect(added.scheduledAt.getTime() % 1000).not.toBe(0);
      expect(await pending().getById(run.id)).toEqual(added);
      const [event] = await portsOn(database()).ledger.getRecent(1, jobId);
      expect(event).toMatchObject({
        type: 'job.triggered',
        executionId: run.id,
        actor: 'operator',
        reason: 'because',
        detail: { jobKwargs: { apiKey: '***', n: 1 } },
      });
    });

    it('gives each of many an instant of its own', async () => {
      const { jobId } = await saveJob(database());
      const added = await Promise.all(Array.from({ length: 12 }, () => pending().add(newRun(jobId))));
      expect(new Set(added.map((run) => run.scheduledAt.getTime())).size).toBe(12);
    });

    it('refuses a job that is not there', async () => {
      await expect(pending().add(newRun('missing'))).rejects.toThrow(JobNotFoundError);
    });
  });

  it('getById() is null for what is no id at all', async () => {
    expect(await pending().getById('nonsense')).toBeNull();
    expect(await pending().getById(randomUUID())).toBeNull();
  });

  describe('claim()', () => {
    it('turns a waiting run into a RUNNING record with the same id', async () => {
      const { jobId } = await saveJob(database(), { maxAttempts: 4 });
      const added = await pending().add(newRun(jobId, { jobKwargs: { a: [1] } }));
      const [run] = await claim(jobId);
      expect(run).toMatchObject({
        id: added.id,
        jobId,
        scheduledAt: added.scheduledAt,
        trigger: 'manual',
        maxAttempts: 4,
        instanceId: 'instance-a',
        jobKwargs: { a: [1] },
      });
      expect(await executions().getById(added.id)).toMatchObject({ status: 'RUNNING' });
      expect(await pending().getById(added.id)).toBeNull();
    });

    it('says when the job had succeeded last', async () => {
      const { jobId } = await saveJob(database());
      await pending().add(newRun(jobId));
      const [first] = await claim(jobId);
      const outcome = succeeded(first!);
      await executions().update(first!, outcome);
      await pending().add(newRun(jobId));
      const [second] = await claim(jobId);
      expect([first!.lastSuccessAt, second!.lastSuccessAt]).toEqual([null, outcome.finishedAt]);
    });

    it('takes only runs whose function is among those asked for', async () => {
      const job = await saveJob(database(), { handler: 'some.function' });
      await pending().add(newRun(job.jobId));
      expect(await claim(job.jobId)).toEqual([]);
      expect(await claimBy('instance-a', ['x', 'some.function'])).toHaveLength(1);
    });

    it('starts one at a time of a job whose runs exclude each other, oldest first', async () => {
      const { jobId } = await saveJob(database());
      const added = [];
      for (let at = 0; at < 3; at += 1) added.push(await pending().add(newRun(jobId)));
      for (const expected of added) {
        const runs = await claim(jobId);
        expect(runs.map((run) => run.id)).toEqual([expected.id]);
        expect(await claim(jobId)).toEqual([]);
        await executions().update(runs[0]!, succeeded(runs[0]!));
      }
    });

    it('starts as many as asked of a job that allows overlap', async () => {
      const { jobId } = await saveJob(database(), { overlapPolicy: 'allow' });
      await Promise.all(Array.from({ length: 5 }, () => pending().add(newRun(jobId))));
      expect(await claim(jobId, 3)).toHaveLength(3);
      expect(await claim(jobId)).toHaveLength(2);
      expect(await claim(jobId, 0)).toEqual([]);
    });

    onDatabases(
      'gives nothing to an instance whose lease has ended by the clock of the database, however long it was asked before',
      async () => {
        const { jobId } = await saveJob(database());
        await pending().add(newRun(jobId));
        await holdLeases(database(), ['too-late']);
        await database().rows(sql`
        update scheduler_instance set expires_at = clock_timestamp() - interval '1 millisecond' where id = 'too-late'`);
        for (const instanceId of ['too-late', 'unknown']) {
          expect((await pending().claim(instanceId, { handlers: [jobId], limit: 9 })).runs).toEqual([]);
        }
        expect(await claim(jobId)).toHaveLength(1);
      },
    );

    it("can be asked for some alone, or for all but some, which are in no other's way", async () => {
      const { jobId } = await saveJob(database());
      const [first, second] = [await pending().add(newRun(jobId)), await pending().add(newRun(jobId))];
      const asked = { handlers: [jobId], limit: 9 };
      await holdLeases(database());
      const idsOf = async (options: object) =>
        (await pending().claim('instance-a', { ...asked, ...options })).runs.map(({ id }) => id);
      expect(await pending().getReady(asked)).toEqual([first.id]);
      expect(await pending().getReady({ ...asked, except: [first.id] })).toEqual([second.id]);
      expect(await pending().getReady({ ...asked, exceptJobs: [jobId] })).toEqual([]);
      expect(await idsOf({ exceptJobs: [jobId] })).toEqual([]);
      expect(await idsOf({ only: [second.id] })).toEqual([]);
      expect(await idsOf({ only: [second.id], except: [first.id] })).toEqual([second.id]);
      expect(await pending().getReady(asked)).toEqual([]);
    });

    it('gives each run to exactly one of many claimers', async () => {
      const jobs = await Promise.all(
        Array.from({ length: 60 }, (_, at) =>
          saveJob(database(), { handler: 'raced', overlapPolicy: at % 2 === 0 ? 'allow' : 'skip' }),
        ),
      );
      const added = await Promise.all(jobs.map(({ jobId }) => pending().add(newRun(jobId))));
      const answers = await Promise.all(Array.from({ length: 8 }, (_, at) => claimBy(`claimer-${at}`, ['raced'])));
      const started = answers.flat().map((run) => run.id);
      const rest = await claimBy('last', ['raced']);
      expect([...started, ...rest.map((run) => run.id)].toSorted()).toEqual(added.map((run) => run.id).toSorted());
    });
  });

  describe('claim() of runs that are not available yet', () => {
    const availableIn = async (id: string, ms: number): Promise<void> => {
      const behind = database();
      if (behind instanceof KitDatabase) return behind.makeAvailableIn(id, ms);
      await behind.rows(sql`
        update scheduler_pending_run set available_at = clock_timestamp() + ${ms} * interval '1 millisecond'
        where id = ${id}::uuid`);
    };

    it('leaves them, says when the next one will be, and starts younger ones meanwhile', async () => {
      const { jobId } = await saveJob(database());
      const [waits, ready] = [await pending().add(newRun(jobId)), await pending().add(newRun(jobId))];
      await availableIn(waits.id, 50_000);
      const { runs, nextInMs } = await pending().claim('instance-a', { handlers: [jobId], limit: 5 });
      expect(runs.map(({ id }) => id)).toEqual([ready.id]);
      expect(nextInMs).toBeGreaterThan(0);
      expect(nextInMs).toBeLessThanOrEqual(50_000);
      await executions().update(runs[0]!, succeeded(runs[0]!));
      expect(await claim(jobId)).toEqual([]);
      await availableIn(waits.id, 0);
      expect((await claim(jobId)).map(({ id }) => id)).toEqual([waits.id]);
    });

    onDatabases('says whether one is left that is available', async () => {
      await database().rows(sql`delete from scheduler_pending_run`);
      const { jobId } = await saveJob(database());
      const waits = await pending().add(newRun(jobId));
      const isAnyLeft = async (handler: string) =>
        (await pending().claim('instance-a', { handlers: [handler], limit: 5 })).isAnyLeft;
      expect(await isAnyLeft('another')).toBe(true);
      await availableIn(waits.id, 50_000);
      expect(await isAnyLeft(jobId)).toBe(false);
      await availableIn(waits.id, 0);
      expect(await isAnyLeft(jobId)).toBe(false);
      expect(await executions().getById(waits.id)).toMatchObject({ status: 'RUNNING' });
    });

    onDatabases('leaves what the scheduler added to a disabled or paused job', async () => {
      const { jobId } = await saveJob(database());
      const [own, ordered] = [newRun(jobId, { actor: SCHEDULER_ACTOR }), newRun(jobId)];
      await pending().add(own);
      await pending().add(ordered);
      const stop = (edit: string) =>
        database().rows(sql`update scheduler_job_config set ${sql.raw(edit)} where job_id = ${jobId}`);
      await stop('enabled = false');
      const [started] = await claim(jobId);
      expect(started!.id).toBe(ordered.id);
      await executions().update(started!, succeeded(started!));
      await stop('enabled = true, paused_at = now()');
      expect(await claim(jobId)).toEqual([]);
      await stop("paused_until = now() - interval '1 second'");
      expect((await claim(jobId)).map(({ id }) => id)).toEqual([own.id]);
    });
  });

  it('claim() drops a run whose key has an execution already, and says so', async () => {
    const { jobId } = await saveJob(database());
    const { id, scheduledAt } = await pending().add(newRun(jobId));
    const recorded = sampleRun({ jobId, scheduledAt });
    await executions().create(recorded);
    await executions().update(recorded, succeeded(recorded));
    expect(await claim(jobId)).toEqual([]);
    expect(await pending().getById(id)).toBeNull();
    const [event] = await portsOn(database()).ledger.getRecent(1, jobId);
    expect(event).toMatchObject({ type: 'occurrence.skipped', executionId: id, detail: { cause: 'recorded' } });
  });

  it('getClaimed() finds what was claimed here and runs still, and no run of the schedule', async () => {
    const { jobId } = await saveJob(database(), { overlapPolicy: 'allow' });
    const instanceId = randomUUID();
    await executions().create(sampleRun({ jobId, instanceId }));
    const ids = [(await pending().add(newRun(jobId))).id, (await pending().add(newRun(jobId))).id];
    const claimed = await claimBy(instanceId, [jobId]);
    expect((await pending().getClaimed(instanceId)).map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    await executions().update(claimed[0]!, succeeded(claimed[0]!));
    expect((await pending().getClaimed(instanceId)).map(({ id }) => id)).toEqual([claimed[1]!.id]);
    expect(await pending().getClaimed('another')).toEqual([]);
  });

  onDatabases('waiting runs go with their job', async () => {
    const { jobId } = await saveJob(database());
    const { id } = await pending().add(newRun(jobId));
    await database().rows(sql`delete from scheduler_job_config where job_id = ${jobId}`);
    expect(await pending().getById(id)).toBeNull();
  });
});
