/** The port JobPauses, on each database and the testing kit's store. */
import { expect, it } from 'vitest';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { armJob, DUE_AT } from './samples.ts';

const UNTIL = new Date('2126-01-01T00:00:00.000Z');

describeOnEveryStore('JobPauses', (database) => {
  const pauses = () => portsOn(database()).pauses;
  const claims = () => portsOn(database()).claims;
  const pause = (jobId: string, until: Date | null = null, reason: string | null = 'migration') =>
    pauses().pause({ jobId, actor: 'operator', reason, until });
  const resume = (jobId: string, catchUp = false) => pauses().resume({ jobId, actor: 'operator', catchUp });
  const eventsOf = async (jobId: string) =>
    (await portsOn(database()).ledger.getRecent(10, jobId)).filter(({ type }) => type !== 'job.created');

  it('pause() stops a job where its cursor stands, at a new revision, with its audit event', async () => {
    const { jobId, revision } = await armJob(database());
    const paused = await pause(jobId, UNTIL);
    expect(paused).toMatchObject({ pausedAt: expect.any(Date), pausedUntil: UNTIL, pauseReason: 'migration' });
    expect(paused!.revision).toBeGreaterThan(revision);
    expect(await claims().getCursors([jobId])).toEqual([{ jobId, revision: paused!.revision, nextFireAt: DUE_AT }]);
    expect(await eventsOf(jobId)).toMatchObject([
      { type: 'job.paused', actor: 'operator', reason: 'migration', detail: { until: UNTIL.toISOString() } },
    ]);
  });

  it('pause() of one that is paused gives it the new reason and end, and keeps its beginning', async () => {
    const { jobId } = await armJob(database());
    const first = await pause(jobId);
    const second = await pause(jobId, UNTIL, null);
    expect(second).toMatchObject({ pausedAt: first!.pausedAt, pausedUntil: UNTIL, pauseReason: null });
  });

  it('resume() ends the pause now, and leaves the cursor and what the pause was', async () => {
    const { jobId } = await armJob(database());
    const paused = await pause(jobId);
    const resumed = await resume(jobId);
    expect(resumed).toMatchObject({ pausedAt: paused!.pausedAt, pausedUntil: expect.any(Date) });
    expect(Math.abs(resumed!.pausedUntil!.getTime() - (await database().now()))).toBeLessThan(5_000);
    expect(await claims().getCursors([jobId])).toMatchObject([{ nextFireAt: DUE_AT }]);
    expect((await eventsOf(jobId))[0]).toMatchObject({ type: 'job.resumed', detail: { catchUp: false } });
  });

  it('resume() to catch up forgets the pause, also one that is just over', async () => {
    for (const isOver of [false, true]) {
      const { jobId } = await armJob(database());
      await pause(jobId);
      if (isOver) await resume(jobId);
      expect(await resume(jobId, true)).toMatchObject({ pausedAt: null, pausedUntil: null, pauseReason: null });
      expect(await claims().getCursors([jobId])).toMatchObject([{ nextFireAt: DUE_AT }]);
    }
  });

  it('resume() of one that is not paused changes nothing, and tells nothing', async () => {
    const config = await armJob(database());
    expect(await resume(config.jobId)).toEqual(config);
    expect(await resume(config.jobId, true)).toEqual(config);
    expect(await eventsOf(config.jobId)).toEqual([]);
  });

  it('pause() and resume() know no job that is not there', async () => {
    expect(await pause('missing')).toBeNull();
    expect(await resume('missing')).toBeNull();
  });

  it('getOverdue() leaves out what is paused', async () => {
    const { jobId } = await armJob(database(), { nextFireAt: new Date('2001-01-01T00:00:00Z') });
    const overdue = async () =>
      (await claims().getOverdue(1_000, { limit: 500, after: null })).map((cursor) => cursor.jobId);
    await pause(jobId);
    expect(await overdue()).not.toContain(jobId);
    await resume(jobId);
    expect(await overdue()).toContain(jobId);
  });
});
