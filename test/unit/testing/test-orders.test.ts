/** What a person may order of the service, ordered of `carillon/testing`: by the same names, to the same effect. */
import { expect, it } from 'vitest';
import { createTestScheduler } from '../../../src/testing.ts';

const HOURLY = { jobId: 'a', cronExpression: '0 * * * *' };
const at = (time: string) => new Date(`2026-01-02T${time}:00.000Z`);

async function withJob(over: object = {}) {
  const carillon = await createTestScheduler({ jobs: { a: (kwargs) => kwargs } });
  await carillon.save({ ...HOURLY, ...over });
  const hours = () => carillon.runs('a').map(({ scheduledAt }) => scheduledAt.toISOString().slice(11, 16));
  const told = () => carillon.events('a').map(({ type }) => type);
  return { carillon, hours, told };
}

it('pause() holds the schedule, and resume() leaves out what fell into the pause', async () => {
  const { carillon, hours, told } = await withJob();
  await carillon.advanceTo('2026-01-02T01:30');
  await carillon.pause('a', { reason: 'migration' });
  await carillon.advanceTo('2026-01-02T04:30');
  await carillon.resume('a');
  await carillon.advanceTo('2026-01-02T05:00');
  expect(hours()).toEqual(['01:00', '05:00']);
  expect(told()).toEqual(['job.created', 'job.paused', 'job.resumed', 'occurrence.skipped']);
  expect(carillon.events('a')[1]).toMatchObject({ actor: 'test', reason: 'migration', detail: { until: null } });
});

it('pause() until an instant goes on by itself, and resume() may catch up', async () => {
  const { carillon, hours } = await withJob({ misfirePolicy: 'all', overlapPolicy: 'queueAll' });
  await carillon.pause('a', { until: '2026-01-02T02:30' });
  await carillon.advanceTo('2026-01-02T03:00');
  expect(hours()).toEqual(['03:00']);
  await carillon.pause('a');
  await carillon.advanceTo('2026-01-02T05:30');
  await carillon.resume('a', { catchUp: true });
  await carillon.advanceBy(1_000);
  expect(hours()).toEqual(['03:00', '04:00', '05:00']);
  await expect(carillon.pause('a', { until: '2026-01-01T00:00' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(carillon.pause('b')).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
});

it('cancel() ends a run that goes on, and one that waits behind it', async () => {
  const { carillon } = await withJob();
  carillon.hangNext('a');
  const running = await carillon.trigger('a');
  const waiting = await carillon.trigger('a');
  expect(carillon.runs('a')).toMatchObject([{ id: running, status: 'RUNNING' }]);
  await carillon.cancel(waiting);
  await carillon.cancel(running, { reason: 'enough' });
  await carillon.advanceBy(60_000);
  const cancelled = { status: 'FAILED', failureReason: 'CANCELLED' };
  expect(carillon.runs('a')).toMatchObject([
    { ...cancelled, id: running, errorMessage: expect.stringContaining('enough') },
    { ...cancelled, id: waiting, durationMs: 0 },
  ]);
  await expect(carillon.cancel(running)).rejects.toMatchObject({ code: 'EXECUTION_NOT_RUNNING' });
});

it('retry() runs an execution again with its arguments, as its next attempt', async () => {
  const { carillon } = await withJob();
  carillon.failNext('a');
  const failed = await carillon.trigger('a', { n: 1 });
  const again = await carillon.retry(failed);
  expect(carillon.runs('a')).toMatchObject([
    { id: failed, status: 'FAILED', attempt: 1 },
    { id: again, status: 'SUCCESS', attempt: 2, trigger: 'retry', result: { n: 1 } },
  ]);
  await expect(carillon.retry('nonsense')).rejects.toMatchObject({ code: 'EXECUTION_NOT_FOUND' });
  carillon.hangNext('a');
  const hangs = await carillon.trigger('a');
  await expect(carillon.retry(hangs)).rejects.toMatchObject({ code: 'EXECUTION_RUNNING' });
});

it('backfill() runs occurrences that have passed, oldest first; one that has an execution only where that is asked', async () => {
  const { carillon, hours } = await withJob();
  await carillon.advanceTo('2026-01-02T01:00');
  const range = { from: '2026-01-01T23:00', to: '2026-01-02T02:00' };
  expect(await carillon.backfill('a', { ...range, dryRun: true })).toMatchObject({ count: 2, completed: 1 });
  expect(await carillon.backfill('a', range)).toMatchObject({ count: 2, completed: 1 });
  await carillon.advanceBy(1_000);
  expect(hours()).toEqual(['01:00', '23:00', '00:00']);
  await carillon.backfill('a', { from: at('01:00'), to: at('01:01'), includeCompleted: true });
  await carillon.advanceBy(1_000);
  expect(carillon.runs('a').at(-1)).toMatchObject({ scheduledAt: at('01:00'), attempt: 2, trigger: 'backfill' });
  await expect(carillon.backfill('a', { from: at('09:00'), to: at('10:00') })).rejects.toThrow(/future/);
});

it('delete() takes the job and what waits of it, and leaves its history', async () => {
  const { carillon, told } = await withJob();
  carillon.hangNext('a');
  await carillon.trigger('a');
  await carillon.trigger('a');
  await carillon.delete('a');
  await carillon.advanceTo('2026-01-02T03:00');
  expect(carillon.runs('a')).toHaveLength(1);
  expect(carillon.nextRuns()).toEqual([]);
  expect(told()).toEqual(['job.created', 'job.triggered', 'job.triggered', 'run.dropped', 'job.deleted']);
  await expect(carillon.delete('a')).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
});
