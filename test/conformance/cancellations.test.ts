/** The port Cancellations, and the retry that a person orders, on each database and the testing kit's store. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CHANNEL } from '../../src/modules/foundation/infrastructure/feed/feed-subscription.ts';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { failed, holdLeases, pendingRunsOf, sampleRun, saveJob, succeeded } from './samples.ts';

describeOnEveryStore('Cancellations', (database, onDatabases) => {
  const cancellations = () => portsOn(database()).cancellations;
  const executions = () => portsOn(database()).executions;
  const pending = () => portsOn(database()).pending;
  const order = (executionId: string, reason = 'enough') => ({ executionId, reason, actor: 'operator' });
  const arrange = async (over: Parameters<typeof sampleRun>[0] = {}) => {
    const { jobId } = await saveJob(database(), { onLost: 'retry' });
    const run = sampleRun({ jobId, instanceId: randomUUID(), maxAttempts: 3, ...over });
    await executions().create(run);
    return run;
  };

  describe('request()', () => {
    it('marks a run for its instance, with its audit event, and ends nothing', async () => {
      const run = await arrange();
      expect(await cancellations().request(order(run.id))).toBe(true);
      expect(await cancellations().getRequested(run.instanceId)).toEqual([{ executionId: run.id, reason: 'enough' }]);
      expect(await cancellations().getRequested('another')).toEqual([]);
      expect(await executions().getById(run.id)).toMatchObject({ status: 'RUNNING' });
      const [event] = await portsOn(database()).ledger.getRecent(1, run.jobId);
      expect(event).toMatchObject({
        type: 'run.cancelRequested',
        executionId: run.id,
        actor: 'operator',
        reason: 'enough',
      });
    });

    onDatabases('keeps the first reason, and tells its instance once', async () => {
      const run = await arrange();
      const heard: string[] = [];
      const stop = await database().listen(CHANNEL, { onMessage: (text) => heard.push(text), onLost: () => {} });
      await cancellations().request(order(run.id, 'first'));
      await cancellations().request(order(run.id, 'second'));
      await database().notify(CHANNEL, 'last');
      await eventually(async () => expect(heard).toContain('last'));
      await stop();
      const told = heard.filter((text) => text.includes(run.id));
      expect(told.map((text) => JSON.parse(text))).toEqual([{ kind: 'cancel', executionId: run.id }]);
      expect(await cancellations().getRequested(run.instanceId)).toMatchObject([{ reason: 'first' }]);
    });

    it('is false for what has ended, and for what is not there', async () => {
      const run = await arrange();
      await executions().update(run, succeeded(run));
      for (const id of [run.id, randomUUID(), 'nonsense']) expect(await cancellations().request(order(id))).toBe(false);
      expect(await cancellations().getRequested(run.instanceId)).toEqual([]);
    });

    it('ends a run that waits: it is recorded as cancelled, and never starts', async () => {
      const { jobId } = await saveJob(database());
      const id = randomUUID();
      const added = { id, jobId, trigger: 'manual', jobKwargs: { a: 1 }, reason: null, actor: 'operator' } as const;
      const { scheduledAt } = await pending().add(added);
      expect(await cancellations().request(order(id))).toBe(true);
      expect(await pending().getById(id)).toBeNull();
      expect(await executions().getById(id)).toMatchObject({
        ...{ jobId, scheduledAt, status: 'FAILED', failureReason: 'CANCELLED', errorMessage: 'enough', durationMs: 0 },
        jobKwargs: { a: 1 },
      });
    });

    it('a run that waits is either started or cancelled, whoever is first', async () => {
      const jobs = await Promise.all(Array.from({ length: 20 }, () => saveJob(database(), { handler: 'cancelled' })));
      const ids = jobs.map(() => randomUUID());
      for (const [at, { jobId }] of jobs.entries()) {
        await pending().add({ id: ids[at]!, jobId, trigger: 'manual', jobKwargs: {}, reason: null, actor: 'operator' });
      }
      await holdLeases(database());
      const [claimed] = await Promise.all([
        pending().claim('instance-a', { handlers: ['cancelled'], limit: 10 }),
        ...ids.map((id) => cancellations().request(order(id))),
      ]);
      const started = new Set(claimed.runs.map(({ id }) => id));
      for (const id of ids) {
        expect(await executions().getById(id)).toMatchObject({ status: started.has(id) ? 'RUNNING' : 'FAILED' });
      }
    });
  });

  it('a run that succeeded is not tried again, whatever its job says of lost ones', async () => {
    const run = await arrange();
    await executions().update(run, succeeded(run));
    expect(await pendingRunsOf(database(), run.jobId)).toEqual([]);
  });

  it('a run that was to stop is not tried again, however it ends', async () => {
    const [fails, lost] = [await arrange(), await arrange()];
    for (const { id } of [fails, lost]) await cancellations().request(order(id));
    await executions().update(fails, failed(fails, { retryAfterMs: 0 }));
    await portsOn(database()).instances.rescue('rescuer');
    expect(await executions().getById(lost.id)).toMatchObject({ failureReason: 'LOST' });
    for (const { jobId } of [fails, lost]) expect(await pendingRunsOf(database(), jobId)).toEqual([]);
  });

  describe('addRetry()', () => {
    const retry = (run: { id: string; jobId: string }) => {
      const ordered = { id: randomUUID(), executionId: run.id, jobId: run.jobId, reason: 'again', actor: 'operator' };
      return pending().addRetry(ordered);
    };

    it('is the next attempt at the same occurrence, with its audit event', async () => {
      const run = await arrange({ maxAttempts: 1 });
      await executions().update(run, failed(run));
      const added = await retry(run);
      expect(added).toMatchObject({
        ...{ jobId: run.jobId, scheduledAt: run.scheduledAt, jobKwargs: run.jobKwargs },
        ...{ attempt: 2, maxAttempts: 2, trigger: 'retry', actor: 'operator' },
      });
      const [event] = await portsOn(database()).ledger.getRecent(1, run.jobId);
      expect(event).toMatchObject({ type: 'job.triggered', executionId: added!.id, detail: { retryOf: run.id } });
    });

    it('each of many has an attempt of its own', async () => {
      const run = await arrange();
      await executions().update(run, succeeded(run));
      const added = await Promise.all([1, 2, 3, 4].map(() => retry(run)));
      expect(new Set(added.map((one) => one!.attempt))).toEqual(new Set([2, 3, 4, 5]));
    });

    it('is null for a run that goes on, and for what is not there', async () => {
      const run = await arrange();
      expect(await retry(run)).toBeNull();
      expect(await retry({ ...run, id: randomUUID() })).toBeNull();
      expect(await retry({ ...run, id: 'nonsense' })).toBeNull();
    });
  });
});
