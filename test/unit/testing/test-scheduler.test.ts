/** `carillon/testing`, as a user's own test would use it. */
import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { defineJob, type JobRegistry } from '../../../src/modules/foundation/index.ts';
import { createTestScheduler } from '../../../src/testing.ts';

const closed: string[] = [];
const billingRegistry: JobRegistry = {
  'billing.close-month': defineJob({
    kwargs: v.object({ ledger: v.string() }),
    run: async ({ ledger }, { scheduledAt }) => {
      closed.push(`${ledger} ${scheduledAt.toISOString()}`);
      return { closed: ledger };
    },
  }),
};
const JOB = { jobId: 'billing.close-month', dialect: 'unix', jobKwargs: { ledger: 'main' } } as const;

describe('createTestScheduler()', () => {
  it('runs a job at its wall time, month after month, and shows what became of it', async () => {
    const carillon = await createTestScheduler({
      modules: { billing: billingRegistry },
      timezone: 'Asia/Shanghai',
      startAt: '2026-01-20T12:00',
    });
    await carillon.save({ ...JOB, cronExpression: '0 9 1 * *' });
    expect(carillon.nextRuns()).toEqual([{ jobId: JOB.jobId, at: new Date('2026-02-01T01:00:00Z') }]);

    carillon.failNext(JOB.jobId);
    await carillon.advanceTo('2026-02-01T09:00');
    await carillon.advanceTo('2026-03-01T09:00');

    expect(closed).toEqual(['main 2026-03-01T01:00:00.000Z']);
    expect(carillon.runs(JOB.jobId)).toMatchObject([
      { status: 'FAILED', errorMessage: expect.stringContaining('planned by the test') },
      { status: 'SUCCESS', result: { closed: 'main' }, scheduledAt: new Date('2026-03-01T01:00:00Z') },
    ]);
    await carillon.stop();
  });

  it('refuses what the API refuses, and going back in time', async () => {
    const carillon = await createTestScheduler({ jobs: billingRegistry });
    await expect(carillon.save({ ...JOB, cronExpression: '0 9 31 2 *' })).rejects.toThrow(/no day/);
    await expect(carillon.save({ ...JOB, cronExpression: '0 9 * * *', jobKwargs: {} })).rejects.toThrow(/ledger/);
    await expect(carillon.advanceTo('2026-01-01T00:00')).rejects.toThrow(RangeError);
    await expect(createTestScheduler({ startAt: 'soon' })).rejects.toThrow();
  });

  it('a run that hangs is ended by its timeout, or lost with its process and run again by another', async () => {
    const carillon = await createTestScheduler({ jobs: { a: () => 'done' }, replicas: 2 });
    await carillon.save({ jobId: 'a', cronExpression: '*/5 * * * *', timeoutMs: 1_000, onLost: 'retry' });
    carillon.hangNext('a');
    await carillon.advanceTo('2026-01-02T00:06');
    expect(carillon.runs('a')).toMatchObject([{ status: 'FAILED', failureReason: 'TIMEOUT' }]);
    carillon.hangNext('a');
    await carillon.advanceTo('2026-01-02T00:10');
    const [, lost] = carillon.runs('a');
    carillon.replicas.find(({ id }) => id === lost!.instanceId)!.kill();
    await carillon.advanceBy(30_000);
    expect(carillon.runs('a').slice(1)).toMatchObject([
      { status: 'FAILED', failureReason: 'LOST', attempt: 1 },
      { status: 'SUCCESS', result: 'done', attempt: 2 },
    ]);
    expect(carillon.events('a').map(({ type }) => type)).toContain('run.lost');
  });

  it('a manual run, a database that goes away, a replica that is cut off, and one that joins', async () => {
    const carillon = await createTestScheduler({ jobs: { a: (kwargs) => kwargs } });
    await carillon.save({ jobId: 'a', cronExpression: '0 * * * *', outagePolicy: 'hold' });
    const id = await carillon.trigger('a', { n: 1 });
    expect(carillon.runs()).toMatchObject([{ id, trigger: 'manual', result: { n: 1 } }]);
    carillon.isDatabaseAway = true;
    await carillon.advanceTo('2026-01-02T01:05');
    carillon.isDatabaseAway = false;
    await carillon.advanceBy(5_000);
    expect(carillon.events('a').map(({ type }) => type)).toContain('occurrence.held');
    expect(carillon.runs('a')[1]).toMatchObject({ trigger: 'catchUp', scheduledAt: new Date('2026-01-02T01:00:00Z') });
    carillon.replicas[0]!.disconnect();
    const joined = await carillon.addReplica();
    await carillon.advanceTo('2026-01-02T02:00');
    expect(carillon.runs('a').at(-1)).toMatchObject({ instanceId: joined.id, status: 'SUCCESS' });
    carillon.replicas[0]!.reconnect();
    await carillon.replicas[0]!.stop();
    expect(joined.logs.length).toBeGreaterThan(0);
    await carillon.stop();
  });
});
