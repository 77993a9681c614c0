/**
 * What is ordered at one replica starts on another because that hears of it: its time stands still, so that no poll can be
 * the cause. On each database; between two processes, `test/runtime/orders-on-another-replica.test.ts`.
 */
import { randomUUID } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import type { RunOrder } from '../../src/modules/foundation/application/run-admin.ts';
import type { JobFunction } from '../../src/modules/foundation/domain/job-definition.ts';
import { mergeRegistries } from '../../src/main/modules.ts';
import { type DatabaseEngine, databaseEngine } from '../support/database-engine.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { holdLeases, saveJob } from './samples.ts';

const BY: RunOrder = { actor: 'operator' };

describeOnEveryDatabase('an order given to a replica without timers', (database) => {
  const started: DatabaseEngine[] = [];
  afterEach(async () => {
    for (const { lifespan } of started.splice(0)) await lifespan.stop();
  });

  /** One that takes orders and never starts, and one that runs and whose time never goes on. */
  async function twoReplicas() {
    const handler = `test.${randomUUID()}`;
    const begun = new Map<string, PromiseWithResolvers<string>>();
    const ofRun = (id: string): PromiseWithResolvers<string> => {
      if (!begun.has(id)) begun.set(id, Promise.withResolvers());
      return begun.get(id)!;
    };
    const work: JobFunction = (_kwargs, { executionId, trigger }) => ofRun(executionId).resolve(trigger);
    const modules = { test: { [handler]: work } };
    const [orders, runs] = [databaseEngine(database(), modules), databaseEngine(database(), modules)];
    orders.wired.directory.useRegistry(mergeRegistries(modules));
    started.push(runs);
    await runs.lifespan.start();
    expect(runs.wired.feed.state).toBe('heard');
    await holdLeases(database(), [runs.wired.instance.id]);
    const { jobId } = await saveJob(database(), { handler, cronExpression: '0 0 1 1 *', timezone: 'UTC' });
    const ended = (id: string) =>
      eventually(async () => {
        expect(await orders.wired.executions.getById(id)).toMatchObject({ status: 'SUCCESS' });
      });
    return { orders: orders.wired, jobId, runOf: (id: string) => ofRun(id).promise, ended, time: runs.time };
  }

  it('a trigger, a retry and a backfill each start on the other, which has only heard of them', async () => {
    const { orders, jobId, runOf, ended, time } = await twoReplicas();
    const stoodAt = time.monotonicMs();

    const triggered = await orders.jobAdmin.trigger(jobId, BY);
    expect(await runOf(triggered.id)).toBe('manual');
    await ended(triggered.id);

    const again = await orders.runAdmin.retry(triggered.id, BY);
    expect(await runOf(again.id)).toBe('retry');
    await ended(again.id);

    const range = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-01-01T00:00:01Z') };
    const { occurrences } = await orders.backfill.run(jobId, range, BY);
    expect(await runOf(occurrences[0]!.executionId!)).toBe('backfill');
    await ended(occurrences[0]!.executionId!);

    expect(time.monotonicMs()).toBe(stoodAt);
  });
});
