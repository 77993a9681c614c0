/** That a schedule has come to its end, told by whatever exhausts its cursor, on each database and the testing kit's store. */
import { expect, it } from 'vitest';
import type { JobConfig } from '../../src/modules/foundation/domain/job-config.ts';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { armJob, dueFire } from './samples.ts';

describeOnEveryStore('job.expired', (database) => {
  const claims = () => portsOn(database()).claims;
  const expired = async ({ jobId }: JobConfig) =>
    (await portsOn(database()).ledger.getRecent(9, jobId)).filter(({ type }) => type === 'job.expired');

  it('FireClaims.claim() tells of the last occurrence that it takes, and of no other', async () => {
    const endAt = new Date('2026-01-02T03:04:59.000Z');
    const [last, another] = [await armJob(database(), { endAt }), await armJob(database())];
    await claims().claim('instance-a', [dueFire(last, { nextFireAt: null }), dueFire(another)]);
    expect(await expired(last)).toMatchObject([
      { scheduledAt: endAt, reason: expect.stringContaining('end of the job'), detail: { cause: 'expired' } },
    ]);
    expect(await expired(another)).toEqual([]);
  });

  it('a claim that takes nothing tells nothing', async () => {
    const config = await armJob(database());
    const fire = dueFire(config, { nextFireAt: null });
    await claims().claim('instance-a', [{ ...fire, dueAt: new Date('2026-01-02T03:04:06.000Z') }]);
    expect(await expired(config)).toEqual([]);
  });

  it('FireClaims.arm() tells of a schedule without an occurrence, once however many arm it', async () => {
    const config = await armJob(database(), { nextFireAt: null });
    const cursor = { jobId: config.jobId, revision: config.revision, nextFireAt: null };
    await Promise.all(Array.from({ length: 4 }, () => claims().arm([cursor])));
    expect(await expired(config)).toMatchObject([{ reason: expect.stringContaining('no occurrence left') }]);
  });
});
