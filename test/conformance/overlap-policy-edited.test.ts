/** A job whose runs may overlap gets a policy by which they may not, while runs of it go on: on each database and the testing kit's store. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { WhenOverlapping } from '../../src/modules/foundation/application/ports/fire-claims.ts';
import type { JobConfig, OverlapPolicy } from '../../src/modules/foundation/domain/job-config.ts';
import type { Run } from '../../src/modules/foundation/domain/run.ts';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { aheadSamples } from './ahead-samples.ts';
import { armJob, DUE_AT, dueFire, pendingRunsOf, sampleRun, sampleSpec, succeeded } from './samples.ts';

describeOnEveryStore('FireClaims', (database, onDatabases) => {
  const ports = () => portsOn(database());
  const { claimAhead, claimedAndDue, ahead } = aheadSamples(database);

  const edit = ({ jobId, cronExpression }: JobConfig, overlapPolicy: OverlapPolicy): Promise<JobConfig> =>
    ports().configs.upsert(sampleSpec({ jobId, cronExpression, overlapPolicy }), { actor: 'test' });
  const run = async ({ jobId }: JobConfig): Promise<Run> => {
    const started = sampleRun({ jobId, instanceId: randomUUID() });
    await ports().executions.create(started);
    return started;
  };
  const end = (ended: Run) => ports().executions.update(ended, succeeded(ended));
  /** The policy allows overlaps, two runs go on, and the next occurrence is due. */
  const arrange = async () => {
    const config = await armJob(database(), { overlapPolicy: 'allow' });
    return { config, older: await run(config), newer: await run(config) };
  };
  const fireOf = (config: JobConfig) =>
    dueFire(config, {
      whenOverlapping: config.overlapPolicy as WhenOverlapping,
      nextFireAt: new Date(+DUE_AT + 1_000),
    });
  const claimNext = async (config: JobConfig) => (await ports().claims.claim('instance-a', [fireOf(config)])).runs;
  const startWaiting = async ({ jobId }: JobConfig) =>
    (await ports().pending.claim('instance-a', { handlers: [jobId], limit: 9 })).runs;
  const order = ({ jobId }: JobConfig) =>
    ports().pending.add({ id: randomUUID(), jobId, trigger: 'manual', jobKwargs: {}, reason: null, actor: 'test' });
  const exclusiveOf = async (...runs: readonly Run[]) => {
    const found = await Promise.all(runs.map(({ id, instanceId }) => ports().claims.getExclusive(instanceId, [id])));
    return found.map((ids) => ids.size === 1);
  };

  it('the newest keeps the next occurrence away, which is skipped', async () => {
    const { config, older, newer } = await arrange();
    expect(await exclusiveOf(older, newer)).toEqual([false, false]);
    const edited = await edit(config, 'skip');
    expect(await exclusiveOf(older, newer)).toEqual([false, true]);
    expect(await claimNext(edited)).toEqual([]);
    const [event] = await ports().ledger.getRecent(1, config.jobId);
    expect(event).toMatchObject({ type: 'occurrence.skipped', scheduledAt: DUE_AT, detail: { cause: 'overlap' } });
  });

  it('those beside the newest are not waited for', async () => {
    const { config, newer } = await arrange();
    const edited = await edit(config, 'skip');
    await end(newer);
    expect(await claimNext(edited)).toHaveLength(1);
  });

  it.each(['queueOne', 'queueAll'] as const)(
    'what is due is queued behind it where the policy is %s',
    async (policy) => {
      const { config, newer } = await arrange();
      const edited = await edit(config, policy);
      expect(await claimNext(edited)).toEqual([]);
      expect(await pendingRunsOf(database(), config.jobId)).toHaveLength(1);
      expect(await startWaiting(config)).toEqual([]);
      await end(newer);
      expect(await startWaiting(config)).toHaveLength(1);
    },
  );

  it('it is told to stop for what is due where the policy is cancelPrevious', async () => {
    const { config, newer } = await arrange();
    expect(await claimNext(await edit(config, 'cancelPrevious'))).toEqual([]);
    const { cancellations } = ports();
    expect(await cancellations.getRequested(newer.instanceId)).toMatchObject([{ executionId: newer.id }]);
  });

  it('what is ordered waits for it', async () => {
    const { config, newer } = await arrange();
    await edit(config, 'skip');
    const { id } = await order(config);
    expect(await startWaiting(config)).toEqual([]);
    await end(newer);
    expect((await startWaiting(config)).map((started) => started.id)).toEqual([id]);
  });

  it('a run that keeps others away already does so alone', async () => {
    const config = await armJob(database(), { overlapPolicy: 'skip' });
    const first = await run(config);
    const second = await run(await edit(config, 'allow'));
    await edit(config, 'queueAll');
    expect(await exclusiveOf(first, second)).toEqual([true, false]);
  });

  it('nothing is marked where overlaps stay allowed, or were not before', async () => {
    const { config, older, newer } = await arrange();
    await ports().configs.upsert({ ...sampleSpec(config), notes: 'edited' }, { actor: 'test' });
    expect(await exclusiveOf(older, newer)).toEqual([false, false]);
    const other = await armJob(database(), { overlapPolicy: 'skip' });
    const runs = [await run(other), await run(other)];
    await edit(other, 'queueOne');
    expect(await exclusiveOf(...runs)).toEqual([true, false]);
  });

  it('what is claimed ahead and has not started keeps nothing away: it is given back', async () => {
    for (const claimed of [
      await claimAhead({ overlapPolicy: 'allow' }),
      await claimedAndDue({ overlapPolicy: 'allow' }),
    ]) {
      const { config, held, instanceId } = claimed;
      const running = await run(config);
      await edit(config, 'skip');
      expect(await exclusiveOf(held.run, running)).toEqual([false, true]);
      expect(await ahead().giveBack(instanceId, [held])).toContain(held.run.id);
    }
  });

  onDatabases('an edit of many rows by plain SQL is followed in each', async () => {
    const both = [await arrange(), await arrange()];
    const ids = both.map(({ config }) => config.jobId);
    await database().rows(sql`
      update scheduler_job_config set overlap_policy = 'skip' where job_id in (${ids[0]}, ${ids[1]})`);
    for (const { older, newer } of both) expect(await exclusiveOf(older, newer)).toEqual([false, true]);
  });
});
