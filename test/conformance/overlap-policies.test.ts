/** What becomes of an occurrence while a run of its job is RUNNING, on each database and the testing kit's store. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { DueFire, WhenOverlapping } from '../../src/modules/foundation/application/ports/fire-claims.ts';
import type { JobConfig } from '../../src/modules/foundation/domain/job-config.ts';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { armJob, DUE_AT, dueFire, pendingRunsOf, sampleRun, succeeded } from './samples.ts';

const at = (minutes: number) => new Date(DUE_AT.getTime() + minutes * 60_000);

describeOnEveryStore('FireClaims', (database, onDatabases) => {
  const claims = () => portsOn(database()).claims;
  const executions = () => portsOn(database()).executions;
  const pending = () => portsOn(database()).pending;
  const skippedOf = async (jobId: string) =>
    (await portsOn(database()).ledger.getRecent(20, jobId)).filter(({ type }) => type === 'occurrence.skipped');

  /** A job whose occurrences are a minute apart, with a run that goes on. */
  const arrange = async (overlapPolicy: 'queueOne' | 'queueAll' | 'cancelPrevious') => {
    const config = await armJob(database(), { overlapPolicy, maxAttempts: 3, jobKwargs: { n: 1 } });
    const running = sampleRun({ jobId: config.jobId, instanceId: randomUUID() });
    await executions().create(running);
    return { config, running };
  };
  /** The occurrence so many minutes after the first. */
  const fireAt = (config: JobConfig, minutes: number): DueFire =>
    dueFire(config, {
      dueAt: at(minutes),
      nextFireAt: at(minutes + 1),
      run: { id: randomUUID(), scheduledAt: at(minutes), trigger: 'schedule' },
      whenOverlapping: config.overlapPolicy as WhenOverlapping,
    });
  const claimNext = async (config: JobConfig, minutes: number) => {
    const { runs, moved } = await claims().claim('instance-a', [fireAt(config, minutes)]);
    expect(moved.has(config.jobId)).toBe(true);
    return runs;
  };
  const startWaiting = async (jobId: string) =>
    (await pending().claim('instance-a', { handlers: [jobId], limit: 9 })).runs;

  onDatabases(
    'claim() waits behind a run that catches up, where it is said to, and skips because of another',
    async () => {
      const { config, running } = await arrange('queueOne');
      const fire = dueFire(config, { whenOverlapping: 'waitBehindCatchUp' });
      await database().rows(sql`update scheduler_execution_log set trigger = 'catchUp' where id = ${running.id}`);
      expect((await claims().claim('instance-a', [fire])).moved.size).toBe(0);
      await database().rows(sql`update scheduler_execution_log set trigger = 'schedule' where id = ${running.id}`);
      expect((await claims().claim('instance-a', [fire])).moved.size).toBe(1);
      expect(await skippedOf(config.jobId)).toHaveLength(1);
    },
  );

  it('claim() of a job that queues one keeps one waiting, and names each further one', async () => {
    const { config, running } = await arrange('queueOne');
    for (const minutes of [0, 1, 2]) expect(await claimNext(config, minutes)).toEqual([]);
    expect(await pendingRunsOf(database(), config.jobId)).toMatchObject([
      { scheduledAt: DUE_AT, trigger: 'schedule', attempt: 1, maxAttempts: 3, jobKwargs: { n: 1 }, actor: 'scheduler' },
    ]);
    const skipped = await skippedOf(config.jobId);
    expect(skipped.map(({ scheduledAt }) => scheduledAt)).toEqual([at(2), at(1)]);
    expect(skipped[0]).toMatchObject({
      reason: expect.stringMatching(/^overlap: another/),
      detail: { cause: 'overlap' },
    });
    expect(await startWaiting(config.jobId)).toEqual([]);
    await executions().update(running, succeeded(running));
    expect(await startWaiting(config.jobId)).toMatchObject([
      { scheduledAt: DUE_AT, trigger: 'schedule', maxAttempts: 3 },
    ]);
  });

  it('claim() of what is caught up one by one overtakes none that was queued before it, and waits for its run to end', async () => {
    const { config, running } = await arrange('cancelPrevious');
    await claimNext(config, 0);
    await executions().update(running, succeeded(running));
    const caughtUp = (minutes: number): DueFire => {
      const fire = fireAt(config, minutes);
      return { ...fire, run: { ...fire.run!, trigger: 'catchUp' }, whenOverlapping: 'wait' };
    };
    const claim = () => claims().claim('instance-a', [caughtUp(1)]);
    expect((await claim()).moved.size).toBe(0);
    const [first] = await startWaiting(config.jobId);
    expect(first).toMatchObject({ scheduledAt: DUE_AT });
    expect((await claim()).moved.size).toBe(0);
    await executions().update(first!, succeeded(first!));
    expect((await claim()).runs).toMatchObject([{ scheduledAt: at(1), trigger: 'catchUp' }]);
  });

  it('claim() of a job that queues all keeps each waiting, and none overtakes another', async () => {
    const { config, running } = await arrange('queueAll');
    for (const minutes of [0, 1]) expect(await claimNext(config, minutes)).toEqual([]);
    await executions().update(running, succeeded(running));
    expect(await claimNext(config, 2)).toEqual([]);
    for (const minutes of [0, 1, 2]) {
      const [run, ...others] = await startWaiting(config.jobId);
      expect([run!.scheduledAt, others]).toEqual([at(minutes), []]);
      await executions().update(run!, succeeded(run!));
    }
    expect(await claimNext(config, 3)).toHaveLength(1);
    expect(await skippedOf(config.jobId)).toEqual([]);
  });

  it('claim() of a job that queues one loses nothing between the end of a run and the start of the next', async () => {
    const { config, running } = await arrange('queueOne');
    await claimNext(config, 0);
    await executions().update(running, succeeded(running));
    expect(await claimNext(config, 1)).toEqual([]);
    expect(await pendingRunsOf(database(), config.jobId)).toHaveLength(2);
    expect(await skippedOf(config.jobId)).toEqual([]);
  });

  it('claim() of a job that cancels what was before stops it once, and the latest alone waits', async () => {
    const { config, running } = await arrange('cancelPrevious');
    for (const minutes of [0, 1]) expect(await claimNext(config, minutes)).toEqual([]);
    expect(await portsOn(database()).cancellations.getRequested(running.instanceId)).toMatchObject([
      { executionId: running.id, reason: expect.stringContaining('cancelPrevious') },
    ]);
    expect(await pendingRunsOf(database(), config.jobId)).toMatchObject([{ scheduledAt: at(1) }]);
    expect(await skippedOf(config.jobId)).toMatchObject([
      { scheduledAt: DUE_AT, reason: expect.stringMatching(/later/) },
    ]);
    const events = await portsOn(database()).ledger.getRecent(20, config.jobId);
    expect(events.filter(({ type }) => type === 'run.cancelRequested')).toMatchObject([{ executionId: running.id }]);
  });

  it('claim() of a job that queues starts at once what nothing is in the way of', async () => {
    for (const overlapPolicy of ['queueOne', 'queueAll', 'cancelPrevious'] as const) {
      const config = await armJob(database(), { overlapPolicy });
      expect(await claimNext(config, 0)).toHaveLength(1);
      expect(await pendingRunsOf(database(), config.jobId)).toEqual([]);
    }
  });

  it('claim() of a batch queues for some, starts others, and loses none', async () => {
    const busy = await Promise.all((['queueOne', 'queueAll', 'cancelPrevious'] as const).map(arrange));
    const idle = await Promise.all([armJob(database()), armJob(database(), { overlapPolicy: 'queueAll' })]);
    const configs = [...busy.map(({ config }) => config), ...idle];
    const { runs, moved } = await claims().claim(
      'instance-a',
      configs.map((config) => fireAt(config, 0)),
    );
    expect(moved.size).toBe(5);
    expect(runs.map(({ jobId }) => jobId).toSorted()).toEqual(idle.map(({ jobId }) => jobId).toSorted());
  });

  onDatabases(
    'claimers, editors and deleters at once: each occurrence ends once, and nobody blocks another',
    async () => {
      const all = await Promise.all(
        Array.from({ length: 24 }, (_, n) => arrange((['queueOne', 'queueAll', 'cancelPrevious'] as const)[n % 3]!)),
      );
      const configs = all.map(({ config }) => config);
      const claimBy = (order: readonly JobConfig[], name: string) =>
        claims().claim(
          name,
          order.map((config) => fireAt(config, 0)),
        );
      const [first, second] = await Promise.all([
        claimBy(configs, 'claimer-1'),
        claimBy(configs.toReversed(), 'claimer-2'),
        ...configs.map(({ jobId }, n) =>
          n % 4 === 0
            ? database().rows(sql`delete from scheduler_job_config where job_id = ${jobId}`)
            : database().rows(
                sql`update scheduler_job_config set notes = 'edited' where job_id = ${jobId} and ${n % 4 === 1}`,
              ),
        ),
        ...all.map(({ running }) => executions().update(running, succeeded(running))),
      ]);
      const moved = [...first.moved, ...second.moved];
      expect(new Set(moved).size).toBe(moved.length);
      for (const jobId of moved) {
        const waiting = (await pendingRunsOf(database(), jobId)).filter((run) => +run.scheduledAt === +DUE_AT).length;
        const runs = await executions().getRecentByJobId(jobId, 9);
        const started = runs.filter((run) => +run.scheduledAt === +DUE_AT).length;
        const isDeleted = configs.findIndex((config) => config.jobId === jobId) % 4 === 0;
        if (!isDeleted) expect(waiting + started).toBe(1);
      }
    },
  );
});
