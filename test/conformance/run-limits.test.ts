/** A job's limit on runs at once, held by the claim and by the start of waiting runs together, on each database and the testing kit's store. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { DueFire } from '../../src/modules/foundation/application/ports/fire-claims.ts';
import type { JobConfig, JobSpec } from '../../src/modules/foundation/domain/job-config.ts';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { armJob, DUE_AT, dueFire, pendingRunsOf, sampleRun, succeeded } from './samples.ts';

const at = (minutes: number) => new Date(DUE_AT.getTime() + minutes * 60_000);

describeOnEveryStore('maxConcurrentRuns', (database, onDatabases) => {
  const executions = () => portsOn(database()).executions;
  const pending = () => portsOn(database()).pending;

  const limitedJob = (limit: number, over: Partial<JobSpec> = {}) =>
    armJob(database(), { overlapPolicy: 'allow', maxConcurrentRuns: limit, ...over });
  const fireAt = (config: JobConfig, minutes: number, over: Partial<DueFire> = {}) =>
    dueFire(config, {
      dueAt: at(minutes),
      nextFireAt: at(minutes + 1),
      run: { id: randomUUID(), scheduledAt: at(minutes), trigger: 'schedule' },
      ...over,
    });
  const claim = (fires: readonly DueFire[], instance = 'instance-a') =>
    portsOn(database()).claims.claim(instance, fires);
  const addManual = (jobId: string) =>
    pending().add({ id: randomUUID(), jobId, trigger: 'manual', jobKwargs: {}, reason: null, actor: 'operator' });
  const startWaiting = async (jobIds: readonly string[], limit = 50) =>
    (await pending().claim('instance-b', { handlers: jobIds, limit })).runs;
  const runningOf = async (jobId: string): Promise<number> =>
    (await executions().getRecentByJobId(jobId, 99)).filter(({ status }) => status === 'RUNNING').length;

  it('claim() starts as many as the limit, then skips each further occurrence and says so', async () => {
    const config = await limitedJob(2);
    for (const minutes of [0, 1]) expect((await claim([fireAt(config, minutes)])).runs).toHaveLength(1);
    const third = await claim([fireAt(config, 2)]);
    expect([third.runs, third.moved.has(config.jobId)]).toEqual([[], true]);
    const [event] = await portsOn(database()).ledger.getRecent(1, config.jobId);
    expect(event).toMatchObject({
      type: 'occurrence.skipped',
      scheduledAt: at(2),
      reason: 'overlap: as many runs were under way as its limit allows (2)',
      detail: { cause: 'overlap' },
    });
  });

  it('claim() of a catch-up waits with its cursor, and goes on when a run has ended', async () => {
    const config = await limitedJob(1);
    const [run] = (await claim([fireAt(config, 0)])).runs;
    const next = () => claim([fireAt(config, 1, { whenOverlapping: 'wait' })]);
    expect((await next()).moved.size).toBe(0);
    await executions().update(run!, succeeded(run!));
    expect((await next()).runs).toHaveLength(1);
  });

  it('claim() of a batch holds the limit of one job and starts the others', async () => {
    const full = await limitedJob(1);
    await claim([fireAt(full, 0)]);
    const others = await Promise.all([
      limitedJob(1),
      armJob(database()),
      armJob(database(), { overlapPolicy: 'allow' }),
    ]);
    const { runs, moved } = await claim([fireAt(full, 1), ...others.map((config) => fireAt(config, 0))]);
    expect(moved.size).toBe(4);
    expect(runs.map(({ jobId }) => jobId).toSorted()).toEqual(others.map(({ jobId }) => jobId).toSorted());
  });

  onDatabases('claim() of a queueing job waits for what an earlier policy let run', async () => {
    const config = await limitedJob(1, { overlapPolicy: 'queueAll' });
    await database().rows(sql`
      insert into scheduler_execution_log (job_id, started_at, status, scheduled_at, instance_id, is_exclusive)
      values (${config.jobId}, now(), 'RUNNING', now(), 'instance-a', false)`);
    const { runs, moved } = await claim([fireAt(config, 0, { whenOverlapping: 'queueAll' })]);
    expect([runs, moved.has(config.jobId)]).toEqual([[], true]);
    expect(await pendingRunsOf(database(), config.jobId)).toMatchObject([{ scheduledAt: DUE_AT }]);
    expect(await startWaiting([config.jobId])).toEqual([]);
  });

  it('PendingRuns.claim() starts the oldest that the limit leaves room for; the others wait, and hold up no other job', async () => {
    const config = await limitedJob(3);
    const other = await limitedJob(5);
    await claim([fireAt(config, 0)]);
    for (let n = 0; n < 6; n += 1) await addManual(config.jobId);
    const last = await addManual(other.jobId);
    const waiting = await pendingRunsOf(database(), config.jobId);
    const started = await startWaiting([config.jobId, other.jobId], 3);
    expect(new Set(started.map(({ id }) => id))).toEqual(new Set([waiting[0]!.id, waiting[1]!.id, last.id]));
    expect(await startWaiting([config.jobId])).toEqual([]);
    await executions().update(started[0]!, succeeded(started[0]!));
    expect((await startWaiting([config.jobId])).map(({ id }) => id)).toEqual([waiting[2]!.id]);
  });

  it('holds while claimers and starters race, and everything is run in the end', async () => {
    const configs = await Promise.all([1, 2, 3].map((limit) => limitedJob(limit)));
    const jobIds = configs.map(({ jobId }) => jobId);
    for (const jobId of jobIds) await Promise.all(Array.from({ length: 12 }, () => addManual(jobId)));
    for (let minutes = 0; minutes < 12; minutes += 1) {
      await Promise.all([
        ...['claimer-1', 'claimer-2'].map((name) =>
          claim(
            configs.map((config) => fireAt(config, minutes)),
            name,
          ),
        ),
        ...Array.from({ length: 3 }, () => startWaiting(jobIds)),
      ]);
      for (const [n, jobId] of jobIds.entries()) expect(await runningOf(jobId)).toBeLessThanOrEqual(n + 1);
      for (const jobId of jobIds) {
        const runs = await executions().getRecentByJobId(jobId, 99);
        const oldest = runs.findLast(({ status }) => status === 'RUNNING');
        if (oldest !== undefined) await executions().update(oldest, succeeded(oldest));
      }
    }
    const endAll = async () => {
      for (const jobId of jobIds) {
        const runs = await executions().getRecentByJobId(jobId, 99);
        for (const run of runs.filter(({ status }) => status === 'RUNNING'))
          await executions().update(run, succeeded(run));
      }
    };
    await endAll();
    while ((await startWaiting(jobIds)).length > 0) await endAll();
    for (const jobId of jobIds) expect(await pendingRunsOf(database(), jobId)).toEqual([]);
  });

  onDatabases('scheduler_running_runs() sees what was written after the statement that asks began', async () => {
    const [row] = await database().rows<{ before: number; after: number }>(sql`
      with started as materialized (
        insert into scheduler_execution_log (job_id, started_at, status) values ('counted', now(), 'RUNNING') returning job_id
      )
      select scheduler_running_runs('nothing of') as before, scheduler_running_runs(job_id) as after from started`);
    expect(row).toEqual({ before: 0, after: 1 });
  });

  it('counts what was recorded without a claim', async () => {
    const config = await limitedJob(1);
    await executions().create(sampleRun({ jobId: config.jobId }));
    expect((await claim([fireAt(config, 0)])).runs).toEqual([]);
  });
});
