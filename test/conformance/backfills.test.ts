/** Backfills: what is added, once, and what is left alone. On each database and the testing kit's store. */
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { holdLeases, pendingRunsOf, sampleRun, saveJob, succeeded } from './samples.ts';

const range = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-01-02T00:00:00Z') };
const at = (hour: number): Date => new Date(Date.UTC(2026, 0, 1, hour));

describeOnEveryStore('Backfills', (database) => {
  const backfills = () => portsOn(database()).backfills;
  const log = () => portsOn(database()).executions;
  const orderOf = (jobId: string, over: object = {}) => ({
    ...{ jobId, actor: 'operator', reason: 'why', range, includeCompleted: false },
    occurrences: [1, 2, 3].map((hour) => ({ id: randomUUID(), scheduledAt: at(hour) })),
    ...over,
  });
  /** One that ran at two o'clock, and succeeded. */
  const jobThatRan = async (): Promise<{ jobId: string; ranId: string }> => {
    const { jobId } = await saveJob(database(), { jobKwargs: { a: 1 }, handler: randomUUID() });
    const run = sampleRun({ jobId, scheduledAt: at(2) });
    await log().create(run);
    await log().update(run, succeeded(run));
    return { jobId, ranId: run.id };
  };

  it('add() leaves a waiting run for each occurrence without an execution, and its audit event', async () => {
    const { jobId, ranId } = await jobThatRan();
    const order = orderOf(jobId);
    const [one, , three] = order.occurrences;
    expect(await backfills().add(order)).toEqual([
      { scheduledAt: at(1), fate: 'added', executionId: one!.id },
      { scheduledAt: at(2), fate: 'completed', executionId: ranId },
      { scheduledAt: at(3), fate: 'added', executionId: three!.id },
    ]);
    expect(await pendingRunsOf(database(), jobId)).toMatchObject([
      { id: one!.id, trigger: 'backfill', attempt: 1, jobKwargs: { a: 1 }, reason: 'why', actor: 'operator' },
      { id: three!.id, trigger: 'backfill', attempt: 1 },
    ]);
    const [event] = await portsOn(database()).ledger.getRecent(1, jobId);
    expect(event).toMatchObject({
      ...{ type: 'job.backfilled', actor: 'operator', reason: 'why' },
      detail: { from: range.from.toISOString(), to: range.to.toISOString(), includeCompleted: false, count: 2 },
    });
  });

  it('add() asked twice adds nothing more, also after the runs have begun', async () => {
    const { jobId } = await jobThatRan();
    const order = orderOf(jobId, { includeCompleted: true });
    await backfills().add(order);
    expect((await backfills().add(order))!.map(({ fate }) => fate)).toEqual(['waiting', 'waiting', 'waiting']);
    const handlers = [(await portsOn(database()).configs.getByJobId(jobId))!.handler!];
    await holdLeases(database());
    const { runs: started } = await portsOn(database()).pending.claim('instance-a', { handlers, limit: 9 });
    expect(started.map(({ scheduledAt }) => scheduledAt)).toEqual([at(1)]);
    expect((await backfills().add(order))!.map(({ fate }) => fate)).toEqual(['completed', 'waiting', 'waiting']);
    expect(await pendingRunsOf(database(), jobId)).toHaveLength(2);
  });

  it('add() runs what has an execution again as its next attempt, where that is asked for', async () => {
    const { jobId } = await jobThatRan();
    await backfills().add(orderOf(jobId, { includeCompleted: true }));
    expect(await pendingRunsOf(database(), jobId)).toMatchObject([
      { attempt: 1 },
      { attempt: 2, maxAttempts: 2 },
      { attempt: 1 },
    ]);
  });

  it('the runs start one after another, oldest first, where overlap is forbidden', async () => {
    const handler = `f-${randomUUID()}`;
    const { jobId } = await saveJob(database(), { handler });
    await backfills().add(orderOf(jobId));
    const pending = portsOn(database()).pending;
    await holdLeases(database());
    const claim = async () => (await pending.claim('instance-a', { handlers: [handler], limit: 9 })).runs;
    const [first, ...others] = await claim();
    expect(first).toMatchObject({ scheduledAt: at(1), trigger: 'backfill' });
    expect(others).toEqual([]);
    expect(await claim()).toEqual([]);
    await log().update(first!, succeeded(first!));
    expect(await claim()).toMatchObject([{ scheduledAt: at(2) }]);
  });

  it('look() says the same of each, and writes nothing', async () => {
    const { jobId, ranId } = await jobThatRan();
    expect(await backfills().look(jobId, orderOf(jobId).occurrences)).toEqual([
      { scheduledAt: at(1), fate: 'open', executionId: null },
      { scheduledAt: at(2), fate: 'completed', executionId: ranId },
      { scheduledAt: at(3), fate: 'open', executionId: null },
    ]);
    expect(await pendingRunsOf(database(), jobId)).toEqual([]);
  });

  it('add() of no occurrence is told all the same, and of no job is null', async () => {
    const { jobId } = await saveJob(database());
    expect(await backfills().add(orderOf(jobId, { occurrences: [] }))).toEqual([]);
    expect(await backfills().add(orderOf('none'))).toBeNull();
  });
});
