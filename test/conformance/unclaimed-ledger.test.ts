/** The port UnclaimedLedger, on each database and the testing kit's store. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { Unclaimed } from '../../src/modules/foundation/application/ports/unclaimed-ledger.ts';
import type { JobConfig } from '../../src/modules/foundation/domain/job-config.ts';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { armJob, DUE_AT, sampleRun, saveJob, succeeded } from './samples.ts';

const MINUTE = 60_000;
const after = (minutes: number) => new Date(DUE_AT.getTime() + minutes * MINUTE);

describeOnEveryStore('UnclaimedLedger', (database, onDatabases) => {
  const tell = (...unclaimed: Unclaimed[]) => portsOn(database()).unclaimedLedger.tell(unclaimed, 10 * MINUTE);
  const told = async ({ jobId }: JobConfig) =>
    (await portsOn(database()).ledger.getRecent(9, jobId)).filter(({ type }) => type === 'job.unresolved');
  const unclaimed = ({ jobId, revision }: JobConfig, minutes: number, over: Partial<Unclaimed> = {}): Unclaimed => ({
    ...{ revision, cursor: DUE_AT, from: DUE_AT },
    event: {
      ...{ type: 'job.unresolved', jobId, scheduledAt: DUE_AT, key: `${jobId} ${revision}`, reason: 'nobody' },
      detail: { cause: 'unresolved', count: minutes, to: after(minutes).toISOString() },
    },
    ...over,
  });

  it('tells once, and again only where the span has gone on by so much, never back', async () => {
    const config = await armJob(database());
    for (const minutes of [3, 3, 12.9, 13, 1]) await tell(unclaimed(config, minutes));
    expect(await told(config)).toMatchObject([
      { scheduledAt: DUE_AT, detail: { count: 13, to: after(13).toISOString() } },
    ]);
    await Promise.all(Array.from({ length: 8 }, () => tell(unclaimed(config, 30))));
    expect(await told(config)).toHaveLength(1);
  });

  it('tells of a cursor that is not armed, and not of one that stands elsewhere or of another configuration', async () => {
    const [unarmed, moved, edited] = [await saveJob(database()), await armJob(database()), await armJob(database())];
    await tell(
      unclaimed(unarmed, 1, { cursor: null }),
      unclaimed(moved, 1, { cursor: after(1) }),
      unclaimed(edited, 1, { revision: edited.revision - 1 }),
    );
    expect((await Promise.all([unarmed, moved, edited].map(told))).map((events) => events.length)).toEqual([1, 0, 0]);
  });

  it('tells nothing of a job that an instance runs, or has run since', async () => {
    const [running, ran, ranBefore] = [await armJob(database()), await armJob(database()), await armJob(database())];
    const executions = portsOn(database()).executions;
    const runOf = ({ jobId }: JobConfig, startedAt: Date) => sampleRun({ id: randomUUID(), jobId, startedAt });
    for (const run of [runOf(running, after(-60)), runOf(ran, after(1)), runOf(ranBefore, after(-60))]) {
      await executions.create(run);
      if (run.jobId !== running.jobId) await executions.update(run, succeeded(run));
    }
    await tell(...[running, ran, ranBefore].map((config) => unclaimed(config, 1)));
    expect((await Promise.all([running, ran, ranBefore].map(told))).map((events) => events.length)).toEqual([0, 0, 1]);
  });

  onDatabases('one whose job is deleted meanwhile is not told of', async () => {
    const config = await armJob(database());
    await database().rows(sql`delete from scheduler_job_config where job_id = ${config.jobId}`);
    await tell(unclaimed(config, 1));
    expect(await told(config)).toEqual([]);
  });
});
